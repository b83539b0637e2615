import type { FastifyError, FastifyRequest } from 'fastify';
import { CloudError } from '../errors.js';
import type { Logger } from '../events.js';
import { describeValidation } from './validation.js';

/** RabbitMQ can show its secret nowhere else, and writes what it is answered into its log. */
const RABBITMQ_SECRET = /(\/mqtt\/rabbitmq\/)[^/]+/i;

/** For a path or method that is not served. */
export function notFound(request: FastifyRequest): CloudError {
  const path = request.url.split('?', 1)[0]!.replace(RABBITMQ_SECRET, '$1***').slice(0, 256);
  return new CloudError('not_found', `there is no ${request.method} ${path}`);
}

/** What went wrong with a request, as an answer tells it; what nobody foresaw is logged. */
export function toCloudError(error: unknown, log: Logger): CloudError {
  if (error instanceof CloudError) return error;
  const { statusCode, code, validation, validationContext, message } = error as Partial<FastifyError> & Error;
  if (validation) {
    const errors = validation as Parameters<typeof describeValidation>[1];
    return new CloudError('invalid_parameter', describeValidation(validationContext ?? 'request', errors));
  }
  if (statusCode === 413) return new CloudError('invalid_parameter', 'body is too large', { status: 413 });
  if (code === 'FST_ERR_BAD_URL') return new CloudError('invalid_parameter', 'the path is not valid');
  if (statusCode !== undefined && statusCode < 500) {
    const isJson = error instanceof SyntaxError || code === 'FST_ERR_CTP_INVALID_JSON_BODY';
    return new CloudError('invalid_parameter', isJson ? 'body is not valid JSON' : message);
  }
  log.error('request_failed', { why: message, stack: (error as Error).stack });
  return new CloudError('internal_error');
}
