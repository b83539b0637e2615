import type { FastifyReply } from 'fastify';
import type { CloudError } from '../../errors.js';

/** Every answer of the gateway: success is 200 and `success`, an error its HTTP status, a word and a sentence. */
export interface GatewayEnvelope {
  readonly code: number;
  readonly msg: string;
  readonly data: unknown;
}

export function gatewaySuccess(data: unknown): GatewayEnvelope {
  return { code: 200, msg: 'success', data };
}

/** Answers an error; the HTTP status is the envelope's code. */
export function sendGatewayFailure(reply: FastifyReply, error: CloudError): FastifyReply {
  if (error.retryAfterS !== undefined) reply.header('retry-after', String(error.retryAfterS));
  return reply.status(error.status).send({ code: error.status, msg: error.message, data: null });
}
