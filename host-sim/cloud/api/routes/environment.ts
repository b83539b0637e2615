import type { FastifyInstance } from 'fastify';
import { describePlace } from '../../place.js';
import { type ApiServices, requestHost } from '../context.js';
import { success } from '../envelope.js';

/** Where everything is, for whoever asks: an extension. */
export function environmentRoutes(app: FastifyInstance, { place, endUsers }: ApiServices): void {
  app.get('/env', async (request) =>
    success({ ...describePlace(place, requestHost(request)), userDomain: endUsers.userDomain.domain }),
  );
}

/** The certificate that clients are to trust, for a desk: over plain HTTP nobody knows whose it is. */
export function authorityRoutes(app: FastifyInstance, { place: { ca } }: ApiServices): void {
  if (ca === undefined) return;
  app.get('/ca.pem', async (_request, reply) => reply.type('application/x-pem-file').send(ca.toString()));
}
