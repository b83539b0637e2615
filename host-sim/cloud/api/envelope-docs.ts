import { endUserCode } from '../dialects/enduser/envelope.js';
import { ERROR_STATUS, type ErrorWord } from '../errors.js';
import type { Operation } from './operation.js';

export type CodeOf = (word: ErrorWord, status: number) => number;

/** Errors of one HTTP status. */
interface ErrorsOf {
  readonly status: number;
  readonly words: readonly string[];
}

/** How an API wraps what it answers, as JSON Schemas. */
interface EnvelopeDocs {
  /** Around the schema of `data`. */
  readonly success: (data: unknown) => object;
  /** Of errors; those of one status, where an HTTP status tells them. */
  readonly error: (errors?: ErrorsOf) => object;
  /** Where every answer has the HTTP status 200: the code of an error. */
  readonly codeOf?: CodeOf;
}

/** By the dialect of an operation. */
const ENVELOPES: Readonly<Record<NonNullable<Operation['dialect']> | 'own', EnvelopeDocs>> = {
  own: {
    success: (data) => wrapped({ code: { const: 200 }, message: { const: 'success' }, data }),
    error: (errors) => error('Error', errors && { code: { const: errors.status }, message: { enum: errors.words } }),
  },
  gateway: {
    success: (data) => wrapped({ code: { const: 200 }, msg: { const: 'success' }, data }),
    error: (errors) => error('GatewayError', errors && { code: { const: errors.status } }),
  },
  enduser: {
    success: (data) => wrapped({ code: { const: 200 }, msg: { const: '' }, data, extMsg: { type: 'null' } }),
    error: () => error('EndUserError'),
    codeOf: endUserCode,
  },
};

export function envelopeOf(operation: Operation | undefined): EnvelopeDocs {
  return ENVELOPES[operation?.dialect ?? 'own'];
}

/** What stands behind the names that those schemas refer to. */
export const ERROR_SCHEMAS = {
  Error: {
    type: 'object',
    properties: {
      code: { type: 'integer', description: 'The HTTP status.' },
      message: { type: 'string', enum: Object.keys(ERROR_STATUS) },
      data: { type: 'null' },
      detail: { type: 'string', description: 'For people.' },
    },
    required: ['code', 'message', 'data'],
  },
  GatewayError: {
    type: 'object',
    properties: {
      code: { type: 'integer', description: 'The HTTP status.' },
      msg: { type: 'string', description: 'A machine word, and what stands behind its colon is for people.' },
      data: { type: 'null' },
    },
    required: ['code', 'msg', 'data'],
  },
  EndUserError: {
    type: 'object',
    properties: {
      code: { type: 'integer', minimum: 5_000, maximum: 5_999 },
      msg: { type: 'string', description: 'For people; in front of a colon may stand a machine word.' },
      data: { type: 'null' },
      extMsg: { type: 'null' },
    },
    required: ['code', 'msg', 'data', 'extMsg'],
  },
} as const;

function wrapped(properties: Readonly<Record<string, unknown>>): object {
  return { type: 'object', properties, required: Object.keys(properties) };
}

function error(name: keyof typeof ERROR_SCHEMAS, properties?: object): object {
  const reference = { $ref: `#/components/schemas/${name}` };
  return properties ? { allOf: [reference, { properties }] } : reference;
}
