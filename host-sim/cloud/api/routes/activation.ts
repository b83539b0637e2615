import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ActivationRequest } from '../../domain/activation.js';
import { type ApiServices, limitByAddress, requestHost } from '../context.js';
import { success } from '../envelope.js';
import type { AddressLimits } from '../limits.js';
import { SCHEMAS } from '../schemas.js';

/** API reference, 4.1: called by boards, without authentication. */
export function activationRoutes(
  app: FastifyInstance,
  { activation, broker, isSecure }: ApiServices,
  { activations }: AddressLimits,
): void {
  app.post<{ Body: ActivationRequest }>(
    '/devices/activate',
    { schema: { body: SCHEMAS.activate.body }, onRequest: async (request) => limitByAddress(activations, request) },
    async (request) => {
      const caller = { host: requestHost(request), isSecure: isSecure(request as FastifyRequest) };
      return success(await activation.activate(request.body, broker, caller));
    },
  );
}
