import { createServer as createHttpServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { DIALECTS } from '../dialects/dialects.js';
import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import { listenOn } from '../listen.js';
import { createApp } from './app.js';
import type { ApiServices } from './context.js';
import { failure, sendFailure } from './envelope.js';
import { LazyDialect } from './lazy-dialect.js';
import { createLimits } from './limits.js';
import { lingerOnClose } from './lingering-close.js';
import type { Mount } from './mount.js';
import type { PanelFiles } from './panel-files.js';
import { activationRoutes } from './routes/activation.js';
import { certificateRoutes } from './routes/certificates.js';
import { deviceRoutes } from './routes/devices.js';
import { authorityRoutes, environmentRoutes } from './routes/environment.js';
import { healthRoutes } from './routes/health.js';
import { mqttHookRoutes } from './routes/mqtt-hooks.js';
import { operatorRoutes } from './routes/operator.js';
import { otaRoutes } from './routes/ota.js';
import { otaFileRoutes } from './routes/ota-files.js';
import { panelRoutes } from './routes/panel.js';
import { productRoutes } from './routes/products.js';
import { projectRoutes } from './routes/projects.js';
import { collectRoutes, referenceRoutes } from './routes/reference.js';
import { serviceRoutes } from './routes/services.js';
import { userRoutes } from './routes/users.js';
import { SecureEntrance, type UpgradeListener } from './secure-entrance.js';
import { IDLE_TIMEOUT_MS, SlowRequestGuard } from './slow-request-guard.js';
import { pathOf } from './target-path.js';

const BASE_PATH = '/api/v1';
/** These timeouts are the guard's, by the cloud's own clock; Node's keep-alive is what clients are told. */
const TIMEOUTS = { requestTimeout: 0, keepAliveTimeout: IDLE_TIMEOUT_MS } as const;
/** A request without Host is answered by `checkHead`, in the envelope. */
const HTTP_OPTIONS = { noDelay: true, headersTimeout: 0, requireHostHeader: false } as const;
/** Turns of the event loop for answers that are ready when the API closes. */
const CLOSING_TURNS = 4;

export interface ApiServerOptions {
  readonly parts: Omit<ApiServices, 'isSecure'>;
  /** Takes requests for another protocol, on encrypted connections; undefined: there are none such. */
  readonly onUpgrade: UpgradeListener | undefined;
  /** Go before every other path. */
  readonly mounts: readonly Mount[];
  readonly panel: PanelFiles;
}

/** The HTTP API: Fastify as a thin skin over the domain services. */
export class ApiServer {
  readonly #app: FastifyInstance;
  readonly #dialects: readonly LazyDialect[];
  readonly #entrance: SecureEntrance | undefined;
  readonly #environment: CloudEnvironment;

  private constructor(
    app: FastifyInstance,
    dialects: readonly LazyDialect[],
    entrance: SecureEntrance | undefined,
    environment: CloudEnvironment,
  ) {
    this.#app = app;
    this.#dialects = dialects;
    this.#entrance = entrance;
    this.#environment = environment;
  }

  static async create({ parts, onUpgrade, mounts, panel }: ApiServerOptions): Promise<ApiServer> {
    const secure = new WeakSet<IncomingMessage>();
    const services: ApiServices = { ...parts, isSecure: ({ raw }) => secure.has(raw) };
    const limits = createLimits(() => services.environment.now(), services.activations);
    const dialects = DIALECTS.map((dialect) => new LazyDialect(dialect, services, limits));
    let serve: RequestListener = () => {};
    const app = createApp(services, sendFailure, {
      clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket),
      serverFactory: (routing) => {
        serve = (request, response) => {
          const path = pathOf(request.url ?? '');
          const other = [...mounts, ...dialects].find((one) => one.serves(path));
          if (other) other.handle(request, response);
          else routing(request, response);
        };
        return createHttpServer({ ...HTTP_OPTIONS, ...TIMEOUTS }, serve);
      },
    });

    guard(app.server as Server, services.environment);
    const routes = collectRoutes(app);
    healthRoutes(app, services);
    environmentRoutes(app, services, mounts);
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
        operatorRoutes(api, services);
        await mqttHookRoutes(api, services);
      },
      { prefix: BASE_PATH },
    );
    referenceRoutes(app, routes);
    authorityRoutes(app, services);
    panelRoutes(app, services, panel);
    await app.ready();
    const onSecure: RequestListener = (request, response) => {
      secure.add(request);
      serve(request, response);
    };
    const entrance = onUpgrade && secureEntrance(onSecure, onUpgrade, services.environment);
    return new ApiServer(app, dialects, entrance, services.environment);
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
    for (const dialect of this.#dialects) await dialect.close();
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
