import type { FastifyInstance } from 'fastify';
import type { ActivationRequest } from '../../domain/activation.js';
import type { TokenBuckets } from '../../domain/rate-limits.js';
import { type ApiServices, limitByAddress, requestHost } from '../context.js';
import { success } from '../envelope.js';
import { SCHEMAS } from '../schemas.js';

/** API reference, 4.1: called by boards, without authentication. */
export function activationRoutes(
  app: FastifyInstance,
  { activation, broker }: ApiServices,
  activations: TokenBuckets,
): void {
  app.post<{ Body: ActivationRequest }>(
    '/devices/activate',
    { schema: { body: SCHEMAS.activate.body }, onRequest: async (request) => limitByAddress(activations, request) },
    async (request) => success(activation.activate(request.body, broker, requestHost(request))),
  );
}
