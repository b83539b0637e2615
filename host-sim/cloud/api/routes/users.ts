import type { FastifyInstance } from 'fastify';
import type { TokenBuckets } from '../../domain/rate-limits.js';
import type { Credentials } from '../../domain/users.js';
import { type ApiServices, limitByAddress, requestUser } from '../context.js';
import { success } from '../envelope.js';
import { SCHEMAS } from '../schemas.js';

/** API reference, 2. */
export function userRoutes(app: FastifyInstance, { users }: ApiServices, logins: TokenBuckets): void {
  app.post<{ Body: Credentials & { name?: string | null } }>(
    '/users/register',
    { schema: { body: SCHEMAS.register.body } },
    async (request) => {
      const { username, email, password, name } = request.body;
      return success(await users.register({ username, email, password, name: name ?? undefined }));
    },
  );

  app.post<{ Body: Credentials }>(
    '/users/login',
    { schema: { body: SCHEMAS.login.body }, onRequest: async (request) => limitByAddress(logins, request) },
    async (request) => success(await users.login(request.body, request.ip ?? '')),
  );

  app.post<{ Body: { refreshToken: string } }>(
    '/users/refresh-token',
    { schema: { body: SCHEMAS.refreshToken.body } },
    async (request) => success(await users.refresh(request.body.refreshToken)),
  );

  app.get('/users/me', async (request) => success(await requestUser(request, users)));
}
