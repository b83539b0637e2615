import type { ServerResponse } from 'node:http';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { CloudError } from '../errors.js';
import type { ApiServices } from './context.js';
import { notFound, toCloudError } from './failures.js';
import { useValidation } from './validation.js';

const BODY_LIMIT_BYTES = 65_536;
/** As long as a request's head may be: a name in a path that is too long for anything names nothing. */
const MAX_PARAM_LENGTH = 16_384;

const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
} as const;
const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, Accept-Language, X-API-Key, X-API-Secret',
  'access-control-max-age': '86400',
} as const;

/** Answers an error in the envelope of an API. */
export type SendFailure = (reply: FastifyReply, error: CloudError) => FastifyReply;

/**
 * A Fastify without routes, by the rules of all APIs here: CORS, bodies that are JSON whatever they are called, the cloud's
 * own clock, and errors in one envelope.
 */
export function createApp(
  services: Pick<ApiServices, 'environment' | 'log'>,
  sendFailure: SendFailure,
  server: Pick<FastifyServerOptions, 'serverFactory' | 'clientErrorHandler'> = {},
): FastifyInstance {
  const send = (error: unknown, reply: FastifyReply) => sendFailure(reply, toCloudError(error, services.log));
  const app = Fastify({
    bodyLimit: BODY_LIMIT_BYTES,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
    ...server,
    frameworkErrors: (error, _request, reply) => {
      addCommonHeaders(reply, services.environment.now());
      send(error, reply);
    },
  });
  useValidation(app);
  readEveryBodyAsJson(app);
  app.addHook('onRequest', async (request, reply) => {
    addCommonHeaders(reply, services.environment.now());
    checkHead(request);
    if (request.method !== 'OPTIONS') {
      // Whatever the body holds.
      if (request.is404) throw notFound(request);
      return undefined;
    }
    return reply.headers(PREFLIGHT_HEADERS).status(204).send();
  });
  app.setNotFoundHandler((request, reply) => sendFailure(reply, notFound(request)));
  app.setErrorHandler((error: FastifyError, _request, reply) => send(error, reply));
  return app;
}

function addCommonHeaders(reply: FastifyReply, now: number): void {
  // Boards set their clock by this header, and it is the cloud's own clock that counts.
  (reply.raw as ServerResponse).sendDate = false;
  reply.headers({ ...CORS_HEADERS, date: new Date(now).toUTCString() });
}

/** For what is of no concern to pages of other sites. */
export function dropCors(reply: FastifyReply): void {
  for (const name of Object.keys(CORS_HEADERS)) reply.removeHeader(name);
}

/** What a request's head must and must not say (RFC 9110, 7.2 and 10.1.1). @throws CloudError `invalid_parameter` */
function checkHead({ raw }: FastifyRequest): void {
  if (raw.headers.host === undefined && raw.httpVersion === '1.1') {
    throw new CloudError('invalid_parameter', 'the Host header is required');
  }
  const { expect } = raw.headers;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') {
    throw new CloudError('invalid_parameter', 'only 100-continue can be expected', { status: 417 });
  }
}

/** Clients of every kind (curl -d among them) send JSON under other content types; nothing else is ever meant. */
function readEveryBodyAsJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parse(request, body as string, done);
  });
}
