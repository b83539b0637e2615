import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import type { MessageBroker } from '../broker/message-broker.js';
import type { WatchService } from '../domain/watching.js';
import type { CloudEnvironment } from '../environment.js';
import type { Logger } from '../events.js';
import { listenOn } from '../listen.js';
import { FrameSession, messageFrame } from './frame-session.js';

const PATH = '/mqtt';
const MAX_FRAME_BYTES = 65_536;
/** Time for the request to upgrade to arrive, ms. */
const REQUEST_TIMEOUT_MS = 10_000;
/** A connection that says nothing is looked after by TCP: MQTT with a keep alive of 0 has nothing else. */
const KEEP_ALIVE_MS = 60_000;
/** Subprotocols that ask for MQTT itself (MQTT 3.1.1, 6; the older name is that of 3.1). */
const MQTT_PROTOCOLS = ['mqtt', 'mqttv3.1'];
const REFUSALS = {
  404: ['not_found', `the WebSocket is at ${PATH}`],
  426: ['invalid_parameter', 'this is a WebSocket'],
  501: [
    'not_implemented',
    'this cloud works over an external broker: speak MQTT to that one, or JSON frames without a subprotocol here',
  ],
} as const;
/** MQTT travels in binary frames [MQTT-6.0.0-1]; any other closes the connection with this code (RFC 6455, 7.4.1). */
const UNSUPPORTED_DATA = 1003;

/** The WebSocket (API reference, 7): JSON frames, or MQTT itself for who asks for the `mqtt` subprotocol. */
export class WebSocketListener {
  readonly #watching: WatchService;
  readonly #broker: MessageBroker;
  readonly #accept: ((stream: Duplex) => void) | undefined;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #server: Server;
  readonly #webSockets: WebSocketServer;
  readonly #sessions = new Set<FrameSession>();

  /** @param options.accept serves MQTT on a stream; undefined: who asks for that subprotocol is refused */
  constructor(options: {
    watching: WatchService;
    broker: MessageBroker;
    accept: ((stream: Duplex) => void) | undefined;
    environment: CloudEnvironment;
    log: Logger;
  }) {
    this.#watching = options.watching;
    this.#broker = options.broker;
    this.#accept = options.accept;
    this.#environment = options.environment;
    this.#log = options.log;
    this.#webSockets = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_FRAME_BYTES,
      clientTracking: true,
      handleProtocols: (offered) => MQTT_PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
    });
    this.#server = createServer(
      {
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
        headersTimeout: REQUEST_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: REQUEST_TIMEOUT_MS / 4,
      },
      (request, response) => {
        const upgrade = pathOf(request) === PATH;
        response.writeHead(upgrade ? 426 : 404, {
          'content-type': 'application/json; charset=utf-8',
          connection: upgrade ? 'upgrade, close' : 'close',
          ...(upgrade && { upgrade: 'websocket' }),
        });
        response.end(refusal(upgrade ? 426 : 404));
      },
    );
    this.#server.on('upgrade', (request, socket, head) => this.upgrade(request, socket, head));
  }

  /** Starts to listen; resolves with the port. @throws CloudStartError `port_in_use`, `listen_failed` */
  listen(host: string, port: number): Promise<number> {
    return listenOn(this.#server, { host, port, listener: 'ws' });
  }

  /** Takes a request to upgrade, whatever server it came to. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    if (pathOf(request) !== PATH) {
      refuse(socket, 404);
      return;
    }
    if (!this.#accept && offersMqtt(request)) {
      refuse(socket, 501);
      return;
    }
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      if (MQTT_PROTOCOLS.includes(webSocket.protocol)) this.#serveMqtt(webSocket);
      else this.#serveFrames(webSocket);
    });
  }

  /** Passes a message of the broker on to whom it is for. */
  deliver(topic: string, payload: Buffer): void {
    let frame: string | undefined;
    const build = () => {
      frame ??= messageFrame(topic, payload);
      return frame;
    };
    for (const session of this.#sessions) session.deliver(topic, build);
  }

  /** Stops listening and ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      if (this.#server.listening) this.#server.close(() => resolve());
      else resolve();
    });
    for (const session of this.#sessions) session.close();
    // What is written gets a turn to go out; who does not read is not waited for.
    await new Promise<void>((resolve) => this.#environment.defer(resolve));
    for (const socket of this.#webSockets.clients) socket.terminate();
    this.#server.closeAllConnections();
    await closed;
  }

  #serveMqtt(socket: WebSocket): void {
    socket.on('message', (_data, isBinary) => {
      if (!isBinary) socket.close(UNSUPPORTED_DATA);
    });
    const stream = createWebSocketStream(socket);
    // The broker hears of it too; this one stays when the broker has let go.
    stream.on('error', (error) => this.#log.debug('websocket_error', { why: error.message }));
    this.#accept?.(stream);
  }

  #serveFrames(socket: WebSocket): void {
    const session = new FrameSession({
      socket,
      watching: this.#watching,
      broker: this.#broker,
      environment: this.#environment,
      log: this.#log,
    });
    this.#sessions.add(session);
    socket.once('close', () => this.#sessions.delete(session));
  }
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?', 1)[0]!.replace(/\/$/, '');
}

function offersMqtt({ headers }: IncomingMessage): boolean {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim());
  return MQTT_PROTOCOLS.some((protocol) => offered.includes(protocol));
}

function refuse(socket: Duplex, code: 404 | 501): void {
  const body = refusal(code);
  const status = code === 404 ? '404 Not Found' : '501 Not Implemented';
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

function refusal(code: keyof typeof REFUSALS): string {
  const [message, detail] = REFUSALS[code];
  return JSON.stringify({ code, message, data: null, detail });
}
