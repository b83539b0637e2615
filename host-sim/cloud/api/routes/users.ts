import type { FastifyInstance } from 'fastify';
import type { PageRequest } from '../../domain/paging.js';
import type { Credentials } from '../../domain/users.js';
import { type ApiServices, checkUser, limitByAddress } from '../context.js';
import { success } from '../envelope.js';
import type { AddressLimits } from '../limits.js';
import { SCHEMAS } from '../schemas.js';

/** API reference, 2, and what goes beyond it. */
export function userRoutes(app: FastifyInstance, services: ApiServices, limits: AddressLimits): void {
  const { accounts, users, apiKeys } = services;
  const { onRequest, onTokenRequest, caller, login } = checkUser(services);

  app.post<{ Body: Credentials & { name?: string | null } }>(
    '/users/register',
    { schema: { body: SCHEMAS.register.body } },
    async (request) => success(await users.register(request.body)),
  );

  app.post<{ Body: Credentials }>(
    '/users/login',
    { schema: { body: SCHEMAS.login.body }, onRequest: async (request) => limitByAddress(limits.logins, request) },
    async (request) => success(await users.login(request.body, request.ip ?? '')),
  );

  app.post<{ Body: { code: string } }>(
    '/users/login-code',
    {
      schema: { body: SCHEMAS.loginByCode.body },
      onRequest: async (request) => limitByAddress(limits.logins, request),
    },
    async (request) => success(await accounts.signInCodes.logIn(request.body.code)),
  );

  app.post<{ Body: { refreshToken: string } }>(
    '/users/refresh-token',
    {
      schema: { body: SCHEMAS.refreshToken.body },
      onRequest: async (request) => limitByAddress(limits.refreshes, request),
    },
    async (request) => success(await users.refresh(request.body.refreshToken)),
  );

  app.post('/users/logout', { onRequest: onTokenRequest }, async (request) => {
    users.logout(login(request)!);
    return success(null);
  });

  app.get('/users/me', { onRequest }, async (request) => success(caller(request)));

  app.post<{ Body: { description?: string; name?: string } }>(
    '/users/api-keys',
    { onRequest: onTokenRequest, schema: { body: SCHEMAS.createApiKey.body } },
    async (request) => {
      const { description, name } = request.body;
      return success(apiKeys.create(caller(request), description ?? name ?? ''));
    },
  );

  app.get<{ Querystring: PageRequest }>(
    '/users/api-keys',
    { onRequest, schema: { querystring: SCHEMAS.listApiKeys.querystring } },
    async (request) => success(apiKeys.list(caller(request), request.query)),
  );

  app.delete<{ Params: { keyId: string } }>(
    '/users/api-keys/:keyId',
    { onRequest: onTokenRequest, schema: { params: SCHEMAS.deleteApiKey.params } },
    async (request) => {
      apiKeys.delete(caller(request), request.params.keyId);
      return success(null);
    },
  );
}
