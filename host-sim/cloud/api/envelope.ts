import type { FastifyReply } from 'fastify';
import type { CloudError } from '../errors.js';

/** Every answer of the API (API reference, 6.1); `detail` is for people and stands in errors only. */
export interface Envelope {
  readonly code: number;
  readonly message: string;
  readonly data: unknown;
  readonly detail?: string;
}

export function success(data: unknown): Envelope {
  return { code: 200, message: 'success', data };
}

export function failure(error: CloudError): Envelope {
  return {
    code: error.status,
    message: error.word,
    data: null,
    ...(error.detail !== undefined && { detail: error.detail }),
  };
}

/** Answers an error; the HTTP status is the envelope's code. */
export function sendFailure(reply: FastifyReply, error: CloudError): FastifyReply {
  if (error.retryAfterS !== undefined) reply.header('retry-after', String(error.retryAfterS));
  return reply.status(error.status).send(failure(error));
}
