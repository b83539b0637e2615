import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { sendGatewayFailure } from '../dialects/gateway/envelope.js';
import { gatewayRoutes, isOfGateway } from '../dialects/gateway/gateway-routes.js';
import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import { listenOn } from '../listen.js';
import type { ApiServices } from './context.js';
import { failure, sendFailure } from './envelope.js';
import { notFound, toCloudError } from './failures.js';
import { createLimits } from './limits.js';
import { lingerOnClose } from './lingering-close.js';
import { activationRoutes } from './routes/activation.js';
import { certificateRoutes } from './routes/certificates.js';
import { deviceRoutes } from './routes/devices.js';
import { authorityRoutes, environmentRoutes } from './routes/environment.js';
import { healthRoutes } from './routes/health.js';
import { mqttHookRoutes } from './routes/mqtt-hooks.js';
import { otaRoutes } from './routes/ota.js';
import { otaFileRoutes } from './routes/ota-files.js';
import { productRoutes } from './routes/products.js';
import { projectRoutes } from './routes/projects.js';
import { collectRoutes, referenceRoutes } from './routes/reference.js';
import { serviceRoutes } from './routes/services.js';
import { userRoutes } from './routes/users.js';
import { SecureEntrance, type UpgradeListener } from './secure-entrance.js';
import { IDLE_TIMEOUT_MS, SlowRequestGuard } from './slow-request-guard.js';
import { useValidation } from './validation.js';

const BASE_PATH = '/api/v1';
const BODY_LIMIT_BYTES = 65_536;
/** As long as a request's head may be: a name in a path that is too long for anything names nothing. */
const MAX_PARAM_LENGTH = 16_384;
/** These timeouts are the guard's, by the cloud's own clock; Node's keep-alive is what clients are told. */
const TIMEOUTS = { requestTimeout: 0, keepAliveTimeout: IDLE_TIMEOUT_MS } as const;
/** A request without Host is answered by `checkHead`, in the envelope. */
const HTTP_OPTIONS = { noDelay: true, headersTimeout: 0, requireHostHeader: false } as const;
/** Turns of the event loop for answers that are ready when the API closes. */
const CLOSING_TURNS = 4;

const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Retry-After',
} as const;
const PREFLIGHT_HEADERS = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-allow-headers': 'Authorization, Content-Type, Accept-Language, X-API-Key, X-API-Secret',
  'access-control-max-age': '86400',
} as const;

/** The HTTP API: Fastify as a thin skin over the domain services. */
export class ApiServer {
  readonly #app: FastifyInstance;
  readonly #entrance: SecureEntrance | undefined;
  readonly #environment: CloudEnvironment;

  private constructor(app: FastifyInstance, entrance: SecureEntrance | undefined, environment: CloudEnvironment) {
    this.#app = app;
    this.#entrance = entrance;
    this.#environment = environment;
  }

  /** @param onUpgrade takes requests for another protocol, on encrypted connections; absent: there are none such */
  static async create(parts: Omit<ApiServices, 'isSecure'>, onUpgrade?: UpgradeListener): Promise<ApiServer> {
    const secure = new WeakSet<IncomingMessage>();
    const services: ApiServices = { ...parts, isSecure: ({ raw }) => secure.has(raw) };
    const app = Fastify({
      bodyLimit: BODY_LIMIT_BYTES,
      ...TIMEOUTS,
      routerOptions: { maxParamLength: MAX_PARAM_LENGTH, ignoreTrailingSlash: true },
      http: HTTP_OPTIONS,
      frameworkErrors: (error, request, reply) => {
        addCommonHeaders(reply, services.environment.now());
        const send = isOfGateway(request.url) ? sendGatewayFailure : sendFailure;
        send(reply, toCloudError(error, services.log));
      },
      clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket),
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
    app.setErrorHandler((error: FastifyError, _request, reply) =>
      sendFailure(reply, toCloudError(error, services.log)),
    );

    guard(app.server as Server, services.environment);
    const limits = createLimits(() => services.environment.now(), services.activationRate);
    const routes = collectRoutes(app);
    healthRoutes(app, services);
    environmentRoutes(app, services);
    await app.register(
      async (api) => {
        userRoutes(api, services, limits);
        productRoutes(api, services);
        projectRoutes(api, services);
        activationRoutes(api, services, limits);
        deviceRoutes(api, services);
        certificateRoutes(api, services, limits);
        await otaRoutes(api, services);
        otaFileRoutes(api, services);
        serviceRoutes(api, services);
        mqttHookRoutes(api, services);
      },
      { prefix: BASE_PATH },
    );
    await gatewayRoutes(app, services, limits);
    referenceRoutes(app, routes);
    authorityRoutes(app, services);
    await app.ready();
    const onSecure: RequestListener = (request, response) => {
      secure.add(request);
      app.routing(request, response);
    };
    const entrance = onUpgrade && secureEntrance(onSecure, onUpgrade, services.environment);
    return new ApiServer(app, entrance, services.environment);
  }

  /** Starts to listen; resolves with the port. @throws CloudStartError `port_in_use`, `listen_failed` */
  listen(host: string, port: number): Promise<number> {
    return listenOn(this.#app.server, { host, port, listener: 'api' });
  }

  /** Serves HTTP on a byte stream, whatever carries it. */
  accept(stream: Duplex): void {
    (this.#app.server as Server).emit('connection', stream);
  }

  /** Serves HTTP on a byte stream that is encrypted already, and there whatever upgrades. */
  acceptSecure(stream: Duplex): void {
    this.#entrance?.accept(stream);
  }

  /** Stops listening, lets answers that are ready go out, and ends every connection. */
  async close(): Promise<void> {
    const { server } = this.#app;
    const closed = new Promise<void>((resolve) => {
      if (server.listening) server.close(() => resolve());
      else resolve();
    });
    for (let turn = 0; turn < CLOSING_TURNS; turn += 1)
      await new Promise<void>((resolve) => this.#environment.defer(resolve));
    server.closeAllConnections();
    this.#entrance?.close();
    await closed;
    await this.#app.close();
  }
}

function secureEntrance(
  onRequest: RequestListener,
  onUpgrade: UpgradeListener,
  environment: CloudEnvironment,
): SecureEntrance {
  const entrance = new SecureEntrance({ ...HTTP_OPTIONS, ...TIMEOUTS }, onRequest, (request, socket, head) => {
    slowRequests.release(socket);
    onUpgrade(request, socket, head);
  });
  entrance.server.on('clientError', answerBrokenRequest);
  const slowRequests = guard(entrance.server, environment);
  return entrance;
}

/** What both servers have: deadlines, and an answer to everything. */
function guard(server: Server, environment: CloudEnvironment): SlowRequestGuard {
  // Answered by `checkHead`, where Node would say nothing but 417.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  const slowRequests = new SlowRequestGuard({
    environment,
    onTimeout: (socket) => answerBrokenRequest({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket),
  });
  slowRequests.watch(server);
  lingerOnClose(server, environment);
  return slowRequests;
}

function addCommonHeaders(reply: FastifyReply, now: number): void {
  // Boards set their clock by this header, and it is the cloud's own clock that counts.
  (reply.raw as ServerResponse).sendDate = false;
  reply.headers({ ...CORS_HEADERS, date: new Date(now).toUTCString() });
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

/** Answers what is not even HTTP, in the same envelope, and ends the connection. */
function answerBrokenRequest(error: { readonly code?: string | undefined }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason, detail] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large', 'the headers are too large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout', 'the request did not arrive in time']
        : [400, 'Bad Request', 'this is not an HTTP request'];
  const body = JSON.stringify(failure(new CloudError('invalid_parameter', String(detail), { status: Number(status) })));
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    // Without a time limit of its own: whoever does not read is cut off.
    () => socket.destroy(),
  );
}
