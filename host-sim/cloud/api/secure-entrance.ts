import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http';
import type { Duplex } from 'node:stream';

export type UpgradeListener = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * HTTP on connections that are encrypted already, where a request may also ask for the WebSocket. A server of its own: one that
 * listens for upgrades leaves every request that offers one to the listener, and on plain HTTP some clients always offer HTTP/2.
 */
export class SecureEntrance {
  readonly server: Server;
  readonly #streams = new Set<Duplex>();
  #closed = false;

  constructor(options: ServerOptions, onRequest: RequestListener, onUpgrade: UpgradeListener) {
    this.server = createServer(options, onRequest);
    this.server.on('upgrade', (request, socket, head) => {
      // From here on it is not HTTP's.
      this.#streams.delete(socket);
      onUpgrade(request, socket, head);
    });
  }

  accept(stream: Duplex): void {
    if (this.#closed) {
      stream.destroy();
      return;
    }
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    this.server.emit('connection', stream);
  }

  /** Ends every connection, and those that still come. */
  close(): void {
    this.#closed = true;
    for (const stream of this.#streams) stream.destroy();
  }
}
