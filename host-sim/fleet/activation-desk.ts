import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseJsonObject } from '../../src/core/json-guard.js';
import { boardTopics } from '../cloud/domain/topics.js';
import type { BrokerTarget } from './broker-driver.js';

/** More is no activation, bytes. */
const MAX_BODY_BYTES = 16_384;
const DEFAULT_KEEP_ALIVE_S = 60;
const DEFAULT_SPREAD_S = 10;

export interface DeskOptions {
  readonly broker: BrokerTarget;
  /** What boards are told, s. */
  readonly keepAliveS?: number | undefined;
  readonly reconnectSpreadS?: number | undefined;
}

/**
 * Activates boards (API reference, 4.1) and sends them to a broker: all that they need of a cloud. It is not in the way of what is measured,
 * as a whole cloud in the same process would be.
 */
export class ActivationDesk {
  readonly #server: Server;
  readonly #options: DeskOptions;
  readonly #host: string;
  readonly #port: number;

  static async open(options: DeskOptions): Promise<ActivationDesk> {
    const desk = new ActivationDesk(options);
    await new Promise<void>((resolve, reject) => {
      desk.#server.once('error', reject);
      desk.#server.listen(0, '127.0.0.1', resolve);
    });
    return desk;
  }

  private constructor(options: DeskOptions) {
    const { hostname, port } = new URL(options.broker.url);
    this.#options = options;
    this.#host = hostname;
    this.#port = port === '' ? 1883 : Number(port);
    this.#server = createServer({ noDelay: true }, (request, response) => this.#serve(request, response));
  }

  /** Base URL of its API. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece: string) => {
      text += piece;
      if (text.length > MAX_BODY_BYTES) request.destroy();
    });
    request.on('end', () => {
      const { productKey, deviceSN } = parseJsonObject(text) ?? {};
      const isActivation = request.url === '/api/v1/devices/activate' && request.method === 'POST';
      if (!isActivation || typeof productKey !== 'string' || typeof deviceSN !== 'string') {
        answer(response, 404, { code: 404, message: 'not_found', data: null });
      } else answer(response, 200, { code: 200, message: 'success', data: this.#activate(productKey, deviceSN) });
    });
  }

  #activate(productKey: string, deviceSN: string): object {
    const { broker, keepAliveS = DEFAULT_KEEP_ALIVE_S, reconnectSpreadS = DEFAULT_SPREAD_S } = this.#options;
    const deviceId = `dev_${deviceSN.toLowerCase()}`;
    const name = `${productKey}&${deviceId}`;
    return {
      deviceId,
      deviceSecret: `sk_${randomBytes(16).toString('hex')}`,
      mqtt: {
        server: this.#host,
        port: this.#port,
        username: broker.username ?? name,
        password: broker.password ?? `tk_${randomBytes(16).toString('hex')}`,
        clientId: name,
        keepAlive: keepAliveS,
      },
      topics: boardTopics(productKey, deviceId),
      extensions: { reconnectSpread: reconnectSpreadS },
    };
  }
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' });
  response.end(JSON.stringify(body));
}
