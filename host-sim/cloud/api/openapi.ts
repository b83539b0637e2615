import { END_USER_TAGS } from '../dialects/enduser/services.js';
import { GATEWAY_TAGS } from '../dialects/gateway/microservices.js';
import { API_VERSION } from '../domain/master-data/master-data.js';
import { ERROR_STATUS, type ErrorWord } from '../errors.js';
import { type CodeOf, ERROR_SCHEMAS, envelopeOf } from './envelope-docs.js';
import { type Operation, TAGS } from './operation.js';
import { OPERATIONS, schemasOf } from './operations.js';
import { takesNull } from './schema-parts.js';
import { NAMED_SCHEMAS } from './schemas.js';

/** A route as it was registered: what validates its requests is what the document says. */
export interface RegisteredRoute {
  readonly method: string;
  /** With `:name` for its parameters. */
  readonly path: string;
  readonly body?: object | undefined;
  readonly querystring?: ObjectSchema | undefined;
  readonly params?: ObjectSchema | undefined;
}

export interface ObjectSchema {
  readonly properties: Readonly<Record<string, { readonly description?: string; readonly allowEmptyValue?: boolean }>>;
  readonly required?: readonly string[];
}

/** A request and its answer, as they went over the wire in a test. */
export interface Example {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean>>;
  readonly body?: unknown;
  readonly answer: unknown;
}
export type Examples = Readonly<Record<string, Example>>;

type Json = Readonly<Record<string, unknown>>;

const SECURITY_SCHEMES = {
  token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `token` of a login.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  apiSecret: { type: 'apiKey', in: 'header', name: 'X-API-Secret' },
  hookSecret: { type: 'apiKey', in: 'header', name: 'X-Hook-Secret' },
} as const;

const SECURITY: Readonly<Record<Operation['auth'], readonly object[]>> = {
  none: [],
  user: [{ token: [] }, { apiKey: [], apiSecret: [] }],
  token: [{ token: [] }],
  hook: [{ hookSecret: [] }],
};

const AUTH_ERRORS: Readonly<Record<Operation['auth'], readonly ErrorWord[]>> = {
  none: [],
  user: ['unauthorized'],
  token: ['unauthorized', 'forbidden'],
  hook: ['unauthorized', 'forbidden'],
};

/** Whether one or several files are taken, their field is the same. */
const FORM = {
  'multipart/form-data': {
    schema: {
      type: 'object',
      properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
      required: ['file'],
    },
  },
};

/** The OpenAPI 3.1 document of the routes that are served. */
export function createOpenApi(routes: readonly RegisteredRoute[], examples: Examples): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operation(route, examples);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'SmartLink cloud API',
      version: API_VERSION,
      description:
        'Answers are `{"code","message","data"}`; the HTTP status equals `code`. An error has a machine word as its `message`, `data` null, and may have a sentence for people as its `detail`. Bodies are JSON, at most 64 KiB; null for a field that may be left out says the same, where its type allows it, as does an empty parameter of a list.',
    },
    tags: Object.entries({ ...TAGS, ...GATEWAY_TAGS, ...END_USER_TAGS }).map(([name, description]) => ({
      name,
      description,
    })),
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: {
        ...Object.fromEntries(Object.entries(NAMED_SCHEMAS).map(([name, schema]) => [name, inlined(schema)])),
        ...ERROR_SCHEMAS,
      },
    },
  };
}

function operation(route: RegisteredRoute, examples: Examples): Json {
  const known = OPERATIONS[`${route.method} ${route.path}`];
  const example = known && examples[known.id];
  const parameters = [
    ...parametersOf('path', route.params, example?.params),
    ...parametersOf('query', route.querystring, example?.query),
    ...(known?.localized
      ? [
          {
            name: 'Accept-Language',
            in: 'header',
            schema: { type: 'string' },
            description: 'Of texts for people, as `statusText`: zh or en.',
          },
        ]
      : []),
  ];
  const content = (schema: unknown, value: unknown, type = 'application/json') => ({
    [type]: { schema, ...(value !== undefined && { example: value }) },
  });
  const file = { 'application/octet-stream': { schema: {} } };
  const { codeOf } = envelopeOf(known);
  return {
    operationId: operationId(route, known),
    summary: known?.summary ?? `${route.method} ${route.path}`,
    ...(known?.description !== undefined && { description: known.description }),
    ...(known && { tags: [known.tag] }),
    security: SECURITY[known?.auth ?? 'user'],
    ...(parameters.length > 0 && { parameters }),
    ...(route.body && {
      requestBody: { required: !takesNull(route.body), content: content(referenced(route.body), example?.body) },
    }),
    ...(known?.deniesUnreadable && {
      requestBody: {
        required: true,
        content: content(
          inlined(schemasOf(known).body),
          example?.body,
          known.takesForm ? 'application/x-www-form-urlencoded' : undefined,
        ),
      },
    }),
    ...(known?.takesFile && { requestBody: { required: true, content: known.takesFile === 'form' ? FORM : file } }),
    responses:
      known && codeOf && !known.bare
        ? responsesByCode(route, known, codeOf, example?.answer)
        : {
            ...(!known?.unserved && {
              200: {
                description: 'Success',
                content: known?.givesFile
                  ? file
                  : content(answerSchema(known), example?.answer, known?.takesForm ? 'text/plain' : undefined),
              },
            }),
            ...errorResponses(route, known),
          },
  };
}

/** Two paths of one operation have the same schemas and differ in their id. */
function operationId(route: RegisteredRoute, known: Operation | undefined): string {
  const twin = Object.entries(OPERATIONS).find(([, other]) => other.id === known?.id)?.[0];
  if (known && twin === `${route.method} ${route.path}`) return known.id;
  return `${route.method} ${route.path}`.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}

function parametersOf(place: 'path' | 'query', schema: ObjectSchema | undefined, values: Example['query']): Json[] {
  return Object.entries(schema?.properties ?? {}).map(([name, { description, allowEmptyValue, ...rest }]) => ({
    name,
    in: place,
    ...(place === 'path' ? { required: true } : schema?.required?.includes(name) && { required: true }),
    ...(description !== undefined && { description }),
    ...(allowEmptyValue && { allowEmptyValue }),
    schema: rest,
    ...(values?.[name] !== undefined && { example: values[name] }),
  }));
}

function answerSchema(known: Operation | undefined): unknown {
  const data = known ? referenced(schemasOf(known).data) : {};
  return known?.bare ? data : envelopeOf(known).success(data);
}

/** Where every answer has the HTTP status 200, its code says which error it is. */
function responsesByCode(route: RegisteredRoute, known: Operation, codeOf: CodeOf, example: unknown): Json {
  const codes = errorWords(route, known).map((word) => `${codeOf(word, ERROR_STATUS[word])} (\`${word}\`)`);
  const schema = { anyOf: [answerSchema(known), envelopeOf(known).error()] };
  const description = `Success, by code 200, or an error${codes.length > 0 ? `: ${codes.sort().join(', ')}` : ''}`;
  return {
    200: { description, content: { 'application/json': { schema, ...(example !== undefined && { example }) } } },
  };
}

function errorWords(route: RegisteredRoute, known: Operation | undefined): ErrorWord[] {
  const words = new Set<ErrorWord>(known?.errors);
  if (!known?.deniesUnreadable && (route.body || route.querystring || route.params)) words.add('invalid_parameter');
  for (const word of AUTH_ERRORS[known?.auth ?? 'user']) words.add(word);
  return [...words];
}

function errorResponses(route: RegisteredRoute, known: Operation | undefined): Json {
  const words = errorWords(route, known);
  const byStatus = new Map<number, string[]>();
  for (const word of words) byStatus.set(ERROR_STATUS[word], [...(byStatus.get(ERROR_STATUS[word]) ?? []), word]);
  if (route.body || known?.takesFile) byStatus.set(413, ['invalid_parameter']);
  const responses = [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, list]) => [
      status,
      {
        description: list.map((word) => `\`${word}\``).join(', '),
        ...((status === 429 || status === 503) && {
          headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } },
        }),
        content: {
          'application/json': {
            schema: envelopeOf(known).error({ status, words: list }),
          },
        },
      },
    ]);
  return Object.fromEntries(responses) as Json;
}

/** A schema with those that have a name replaced by references, itself included. */
function referenced(schema: unknown): unknown {
  const name = Object.keys(NAMED_SCHEMAS).find((key) => NAMED_SCHEMAS[key] === schema);
  return name === undefined ? inlined(schema) : { $ref: `#/components/schemas/${name}` };
}

function inlined(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(referenced);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, referenced(value)]));
}
