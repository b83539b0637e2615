import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Call, Endpoint, SimServices } from './endpoint.js';
import { ENDPOINTS } from './endpoints.js';
import { failure, SimApiError } from './errors.js';
import { SIM_PATH } from './messages.js';
import { NOTHING } from './requests.js';
import { check, checkText } from './validation.js';

const BODY_LIMIT_BYTES = 4_096;
/** As long as a request's head may be: a name that is too long for anything names nothing. */
const MAX_PARAM_LENGTH = 16_384;

/** Told of what nobody foresaw. */
export type OnFault = (error: unknown) => void;

/** The routes of this API, for callers who may ask; it listens nowhere itself. */
export async function createApp(services: SimServices, onFault: OnFault): Promise<FastifyInstance> {
  const fail = (error: unknown, reply: FastifyReply): FastifyReply => {
    const known = toSimApiError(error, onFault);
    return reply.headers(HEADERS).status(known.status).send(failure(known));
  };
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
    exposeHeadRoutes: false,
    frameworkErrors: (error, _request, reply) => fail(error, reply),
  });
  readEveryBodyAsJson(app);
  app.addHook('onRequest', async (request) => {
    // Whatever the body holds.
    if (request.is404) throw notFound(request);
  });
  app.setNotFoundHandler((request, reply) => fail(notFound(request), reply));
  app.setErrorHandler((error: FastifyError, _request, reply) => fail(error, reply));
  for (const endpoint of ENDPOINTS) addRoute(app, endpoint, services);
  await app.ready();
  return app;
}

/** What goes with every answer: nobody keeps it, and it is what it says it is. */
export const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-type': 'application/json; charset=utf-8',
} as const;

function addRoute(app: FastifyInstance, endpoint: Endpoint, services: SimServices): void {
  const { method, path, params = NOTHING, query = NOTHING, body, answer } = endpoint;
  app.route({
    method,
    url: path,
    handler: (request, reply) => {
      checkText(params, request.params);
      checkText(query, request.query);
      if (body && !body.checked) check(body.schema, request.body);
      const call: Call = {
        params: request.params,
        query: request.query,
        body: request.body,
        raw: request.raw,
        response: reply.raw,
      };
      const data = endpoint.run(services, call);
      if (data === undefined) return reply.hijack();
      return reply.headers(HEADERS).send(answer.type === undefined ? { code: 200, message: 'success', data } : data);
    },
  });
}

/** Clients of every kind (`curl -d` among them) send JSON under other content types; nothing else is ever meant. */
function readEveryBodyAsJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => parse(request, body as string, done));
}

function notFound({ method, url }: FastifyRequest): SimApiError {
  const path = url.split('?', 1)[0]!.slice(0, 256);
  return new SimApiError('not_found', `There is no ${method} ${path}: see GET ${SIM_PATH}.`);
}

/** An error as a caller is told of it. */
export function toSimApiError(error: unknown, onFault: OnFault): SimApiError {
  if (error instanceof SimApiError) return error;
  const { statusCode = 500, code } = error as Partial<FastifyError>;
  if (statusCode === 413) {
    return new SimApiError('invalid_parameter', `The body must have at most ${BODY_LIMIT_BYTES} bytes.`, 413);
  }
  if (code === 'FST_ERR_BAD_URL') return new SimApiError('invalid_parameter', 'The path must be a valid URL.');
  if (statusCode < 500) return new SimApiError('invalid_parameter', 'The body must be valid JSON.');
  onFault(error);
  return new SimApiError('internal_error', 'This went wrong here: the log of the program says what.');
}
