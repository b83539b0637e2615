import { Ajv, type ErrorObject } from 'ajv';
import type { FastifyInstance } from 'fastify';

/**
 * Compiles the schemas of requests: a body is taken as it is, a query string or path is text and may become a number.
 * Unknown fields are allowed and left alone.
 */
export function useValidation(app: FastifyInstance): void {
  const options = {
    useDefaults: true,
    removeAdditional: false,
    allErrors: false,
    strictTypes: false,
    validateFormats: false,
  } as const;
  const strict = new Ajv({ ...options, coerceTypes: false });
  const textual = new Ajv({ ...options, coerceTypes: true });
  app.setValidatorCompiler<object>(({ schema, httpPart }) => (httpPart === 'body' ? strict : textual).compile(schema));
  app.setSerializerCompiler(() => JSON.stringify);
}

/** One sentence about the first thing that is wrong, naming its field. */
export function describeValidation(
  part: string,
  errors: readonly Pick<ErrorObject, 'instancePath' | 'keyword' | 'params' | 'message'>[],
): string {
  const error = errors[0];
  if (!error) return `${part} is not valid`;
  const missing = error.params['missingProperty'] as unknown;
  if (error.keyword === 'required' && typeof missing === 'string') return `${missing} is required`;
  const field = error.instancePath.slice(1).replaceAll('/', '.') || part;
  return `${field} ${error.message ?? 'is not valid'}`;
}
