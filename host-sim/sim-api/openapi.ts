import type { Described } from './endpoint.js';
import { type ErrorWord, SimApiError } from './errors.js';
import { NAMED_SCHEMAS } from './schemas.js';

type Json = Readonly<Record<string, unknown>>;

const ANY_TIME: readonly ErrorWord[] = ['unauthorized', 'forbidden'];

/** The OpenAPI 3.1 document of this API. */
export function describeApi(endpoints: readonly Described[]): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'The simulated world',
      version: '1',
      description:
        'What a person does to simulated boards, and what he sees of them. For programs on the same machine alone. Answers are `{"code","message","data"}`, errors have a sentence as `detail`; bodies are JSON, at most 4 KiB.',
    },
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of `sim.json`, or of a login of the development account.',
        },
      },
      schemas: NAMED_SCHEMAS,
    },
    security: [{ token: [] }],
  };
}

function operation({ id, summary, params, query, body, errors, answer }: Described): Json {
  const parameters = [...parametersOf('path', params), ...parametersOf('query', query)];
  const type = answer.type ?? 'application/json';
  return {
    operationId: id,
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: body.schema } } } }),
    responses: {
      200: {
        description: 'Success',
        content: { [type]: { schema: answer.type === undefined ? enveloped(answer.schema) : answer.schema } },
      },
      ...errorResponses([
        ...ANY_TIME,
        ...errors,
        ...(parameters.length > 0 || body ? (['invalid_parameter'] as const) : []),
      ]),
      ...(body && errorResponse(413, ['invalid_parameter'])),
    },
  };
}

function parametersOf(place: 'path' | 'query', schema: object | undefined): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Readonly<Record<string, { description?: string }>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...rest }]) => ({
    name,
    in: place,
    ...(required.includes(name) && { required: true }),
    ...(description !== undefined && { description }),
    schema: rest,
  }));
}

function errorResponses(words: readonly ErrorWord[]): Json {
  const byStatus = new Map<number, ErrorWord[]>();
  for (const word of words) {
    const { status } = new SimApiError(word, '');
    byStatus.set(status, [...(byStatus.get(status) ?? []), word]);
  }
  return Object.assign({}, ...[...byStatus].map(([status, of]) => errorResponse(status, of))) as Json;
}

function errorResponse(status: number, words: readonly ErrorWord[]): Json {
  const schema = {
    type: 'object',
    properties: {
      code: { const: status },
      message: { enum: words },
      data: { type: 'null' },
      detail: { type: 'string' },
    },
    required: ['code', 'message', 'data', 'detail'],
    additionalProperties: false,
  };
  const description = words.map((word) => `\`${word}\``).join(', ');
  return { [status]: { description, content: { 'application/json': { schema } } } };
}

function enveloped(data: object): object {
  return {
    type: 'object',
    properties: { code: { const: 200 }, message: { const: 'success' }, data },
    required: ['code', 'message', 'data'],
    additionalProperties: false,
  };
}
