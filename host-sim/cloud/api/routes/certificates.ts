import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PageRequest } from '../../domain/paging.js';
import { type ApiServices, allowNoBody, checkUser, limitByAddress } from '../context.js';
import { success } from '../envelope.js';
import type { AddressLimits } from '../limits.js';
import { SCHEMAS } from '../schemas.js';

/** Client certificates for the mutual TLS listener: an extension. They outlive an API key, so a key issues none. */
export function certificateRoutes(app: FastifyInstance, services: ApiServices, limits: AddressLimits): void {
  const { certificates } = services;
  const { onRequest, onTokenRequest, caller } = checkUser(services);
  const limit = async (request: FastifyRequest) => limitByAddress(limits.certificates, request);

  app.post<{ Body: { password?: string; deviceId?: string } }>(
    '/certificates',
    {
      onRequest: [onTokenRequest, limit],
      preValidation: allowNoBody,
      schema: { body: SCHEMAS.issueCertificate.body },
    },
    async (request) => success(await certificates.issue(caller(request), request.body)),
  );

  app.get<{ Querystring: PageRequest }>(
    '/certificates',
    { onRequest, schema: { querystring: SCHEMAS.listCertificates.querystring } },
    async (request) => success(certificates.list(caller(request), request.query)),
  );

  app.delete<{ Params: { serialNumber: string } }>(
    '/certificates/:serialNumber',
    { onRequest: onTokenRequest, schema: { params: SCHEMAS.revokeCertificate.params } },
    async (request) => {
      certificates.revoke(caller(request), request.params.serialNumber);
      return success(null);
    },
  );
}
