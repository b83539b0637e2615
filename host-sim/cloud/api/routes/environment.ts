import type { FastifyInstance } from 'fastify';
import { apiUrl, describePlace } from '../../place.js';
import { type ApiServices, requestHost } from '../context.js';
import { success } from '../envelope.js';
import type { Mount } from '../mount.js';

/** Where everything is, for whoever asks: an extension. @param mounts may tell this caller where they are */
export function environmentRoutes(app: FastifyInstance, services: ApiServices, mounts: readonly Mount[]): void {
  const { place, endUsers, isSecure } = services;
  app.get('/env', async (request) => {
    const { urls, ...rest } = describePlace(place, requestHost(request));
    const announced = mounts.flatMap((mount) => mount.announce?.(request.raw) ?? []);
    // By the host that he used: what he is told of may be for this host alone.
    const base = apiUrl({ ...place, publicHost: undefined }, requestHost(request), isSecure(request));
    const beside = Object.fromEntries(announced.map(({ name, path }) => [name, base + path]));
    return success({
      ...rest,
      urls: { ...beside, ...urls },
      userDomain: endUsers.userDomain.domain,
    });
  });
}

/** The certificate that clients are to trust, for a desk: over plain HTTP nobody knows whose it is. */
export function authorityRoutes(app: FastifyInstance, { place: { ca } }: ApiServices): void {
  if (ca === undefined) return;
  app.get('/ca.pem', async (_request, reply) => reply.type('application/x-pem-file').send(ca.toString()));
}
