import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type ApiServices, allowNoBody, checkUser, limitByAddress } from '../../api/context.js';
import type { AddressLimits } from '../../api/limits.js';
import { gatewaySuccess } from './envelope.js';
import { GATEWAY_SCHEMAS } from './schemas.js';

/** `midppkic`: client certificates of apps, and the time by which they hold. */
export function pkiRoutes(service: FastifyInstance, services: ApiServices, limits: AddressLimits): void {
  const { certificates, environment } = services;
  const { onTokenRequest, caller } = checkUser(services);
  const limit = async (request: FastifyRequest) => limitByAddress(limits.certificates, request);

  service.post<{ Body: { password?: string } }>(
    '/cert/app/v1/pfx',
    {
      onRequest: [onTokenRequest, limit],
      preValidation: allowNoBody,
      schema: { body: GATEWAY_SCHEMAS.gatewayIssuePfx.body },
    },
    async (request) => {
      const issued = await certificates.issue(caller(request), { password: request.body.password });
      const { pfx, password, serialNumber, notAfter } = issued;
      return gatewaySuccess({ pfx, password, serialNumber, notAfter });
    },
  );

  service.post<{ Body: { serialNumber: string } }>(
    '/cert/app/revoke',
    { onRequest: onTokenRequest, schema: { body: GATEWAY_SCHEMAS.gatewayRevoke.body } },
    async (request) => {
      certificates.revoke(caller(request), request.body.serialNumber);
      return gatewaySuccess(null);
    },
  );

  service.get('/cert/app/v2/now/utc-time', async () => {
    const timestamp = environment.now();
    return gatewaySuccess({ utcTime: new Date(timestamp).toISOString(), timestamp });
  });
}
