import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CloudError } from '../../errors.js';
import { type ApiServices, checkUser } from '../context.js';
import { success } from '../envelope.js';

/** Codes of one answer. */
const MAX_CODES = 50;
/** What is told here is for one pair of eyes. */
const HEADERS = { 'cache-control': 'no-store' } as const;

/** What only who runs the cloud is told: an extension. */
export function operatorRoutes(app: FastifyInstance, services: ApiServices): void {
  const { accounts, endUsers, operatorId } = services;
  const { onTokenRequest, caller } = checkUser(services);
  const onRequest = async (request: FastifyRequest) => {
    await onTokenRequest(request);
    if (caller(request).userId !== operatorId) {
      throw new CloudError('forbidden', 'this is for the development account, which runs the cloud');
    }
  };

  app.get('/operator/codes', { onRequest }, async (_request, reply) =>
    reply.headers(HEADERS).send(success({ list: accounts.codes.list(MAX_CODES) })),
  );

  app.get('/operator/user-domain', { onRequest }, async (_request, reply) => {
    const { domain, secret } = endUsers.userDomain;
    return reply.headers(HEADERS).send(success({ domain, secret }));
  });
}
