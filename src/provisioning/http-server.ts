import type { HttpRequest } from '../core/http-request-parser.js';
import type { Listener, ListenerConstructor } from '../ports/socket.js';
import type { Text } from '../ports/text.js';
import type { Timer } from '../ports/timer.js';
import { HttpConnection } from './http-connection.js';
import { type HttpResponse, PIECE_BYTES } from './http-response.js';
import { inSameSubnet } from './subnet.js';

export interface HttpServerOptions {
  readonly Listener: ListenerConstructor;
  readonly timer: Timer;
  readonly text: Text;
  readonly port: number;
  /** The board's, in the network that is served: whoever is not of its 256 addresses is sent away unheard. */
  readonly address: string;
  answer(request: HttpRequest): HttpResponse;
}

const MAX_CONNECTIONS = 4;

/** A small HTTP server: four connections, one exchange on each, and about a kilobyte for each. Others wait their turn. */
export class HttpServer {
  readonly #options: HttpServerOptions;
  readonly #buffer = new Uint8Array(PIECE_BYTES);
  readonly #connections = new Set<HttpConnection>();
  readonly #listener: Listener;
  #closed = false;

  /** @throws {Error} when the port is taken, or there is no memory */
  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#listener = new options.Listener({ port: options.port, onReadable: () => this.#onReadable() });
  }

  /** May be called twice. */
  close(): void {
    this.#closed = true;
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  #onReadable(): void {
    if (this.#connections.size === MAX_CONNECTIONS) this.#closeIdle();
    this.#accept();
  }

  #accept(): void {
    const { timer, text, address, answer } = this.#options;
    while (!this.#closed && this.#connections.size < MAX_CONNECTIONS) {
      let connection: HttpConnection | undefined;
      const socket = this.#listener.accept({
        onReadable: () => connection?.onReadable(),
        onWritable: (count) => connection?.onWritable(count),
        onError: () => connection?.onError(),
      });
      if (socket === undefined) return;
      if (!inSameSubnet(socket.remoteAddress, address)) {
        socket.close();
        continue;
      }
      connection = new HttpConnection(socket, {
        timer,
        text,
        buffer: this.#buffer,
        answer,
        onClosed: (closed) => {
          this.#connections.delete(closed);
          this.#accept();
        },
      });
      this.#connections.add(connection);
    }
  }

  /** Somebody waits: the oldest connection that a browser only holds in reserve makes room. */
  #closeIdle(): void {
    for (const connection of this.#connections) {
      if (!connection.isIdle) continue;
      connection.close();
      this.#connections.delete(connection);
      return;
    }
  }
}
