import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { FastifyInstance } from 'fastify';
import { takesNull } from './schema-parts.js';

interface Properties {
  readonly properties?: Readonly<Record<string, { readonly allowEmptyValue?: boolean }>>;
  readonly required?: readonly string[];
}
type Values = Record<string, unknown>;

/**
 * Compiles the schemas of requests: a body is taken as it is, a query string or path is text and may become a number.
 * Unknown fields are allowed and left alone. What may be left out is gone afterwards where it says nothing: null in a body,
 * an empty filter in a query.
 */
export function useValidation(app: FastifyInstance): void {
  const options = {
    useDefaults: true,
    removeAdditional: false,
    allErrors: false,
    strictTypes: false,
    validateFormats: false,
    // The reference's test does, once for all.
    validateSchema: false,
  } as const;
  const strict = new Ajv({ ...options, coerceTypes: false });
  const textual = new Ajv({ ...options, coerceTypes: true }).addKeyword('allowEmptyValue');
  app.setValidatorCompiler<object>(({ schema, httpPart }) => {
    // At the first request: a cloud that starts need not wait for all of them.
    let validate: ValidateFunction | undefined;
    const [before, after] = httpPart === 'body' ? [[], optionalNulls(schema)] : [filters(schema), []];
    return (data: unknown) => {
      validate ??= (httpPart === 'body' ? strict : textual).compile(schema);
      leaveOut(data, before, '');
      if (!validate(data)) return { error: validate.errors ?? [] };
      leaveOut(data, after, null);
      return { value: data };
    };
  });
  app.setSerializerCompiler(() => JSON.stringify);
}

function filters({ properties = {} }: Properties): string[] {
  return Object.keys(properties).filter((name) => properties[name]!.allowEmptyValue);
}

function optionalNulls({ properties = {}, required = [] }: Properties): string[] {
  return Object.keys(properties).filter((name) => takesNull(properties[name]!) && !required.includes(name));
}

function leaveOut(data: unknown, names: readonly string[], nothing: '' | null): void {
  for (const name of names) if ((data as Values)[name] === nothing) delete (data as Values)[name];
}

/** One sentence about the first thing that is wrong, naming its field. */
export function describeValidation(
  part: string,
  errors: readonly Pick<ErrorObject, 'instancePath' | 'keyword' | 'params' | 'message'>[],
): string {
  const error = errors[0];
  if (!error) return `${part} is not valid`;
  const missing = error.params['missingProperty'] as unknown;
  const place = error.instancePath.slice(1).replaceAll('/', '.');
  if (error.keyword === 'required' && typeof missing === 'string')
    return `${place && `${place}.`}${missing} is required`;
  const field = place || part;
  const allowed = error.params['allowedValues'] as unknown;
  if (Array.isArray(allowed)) return `${field} must be one of ${allowed.filter((value) => value !== null).join(', ')}`;
  return `${field} ${error.message ?? 'is not valid'}`;
}
