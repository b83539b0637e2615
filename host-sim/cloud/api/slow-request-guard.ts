import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { CancelTimer, CloudEnvironment } from '../environment.js';

/** Time for the headers of a connection's first request to arrive, ms. */
export const HEADERS_TIMEOUT_MS = 15_000;
/** Time for a request's body to arrive, ms. */
export const BODY_TIMEOUT_MS = 30_000;
/** Time to send the next request's headers after an answer, ms: longer than boards and proxies keep a connection. */
export const IDLE_TIMEOUT_MS = 65_000;

interface Watch {
  /** Of the timer after which it is to be judged whether the connection gets on. */
  cancel: CancelTimer | undefined;
  /** The newest request, which alone can still be arriving. */
  request: IncomingMessage | undefined;
  /** Answers that have not left yet. */
  readonly open: Set<ServerResponse>;
  /** When it was judged last, nothing was left to do but for the peer to read. */
  unread: boolean;
}

/**
 * Ends connections that do not get on, by the cloud's own timers (Node's own timeouts look once in 30 s, and at the real
 * time). No clock is read, so that none moves a deadline when it is set.
 */
export class SlowRequestGuard {
  readonly #environment: CloudEnvironment;
  readonly #onTimeout: (socket: Duplex) => void;
  readonly #watches = new WeakMap<Duplex, Watch>();

  /** @param onTimeout a request did not arrive in time; it is to be answered, and the connection ended */
  constructor(options: { environment: CloudEnvironment; onTimeout: (socket: Duplex) => void }) {
    this.#environment = options.environment;
    this.#onTimeout = options.onTimeout;
  }

  watch(server: Server): void {
    server.on('connection', (socket: Duplex) => {
      const watch: Watch = { cancel: undefined, request: undefined, open: new Set(), unread: false };
      this.#watches.set(socket, watch);
      this.#allow(socket, watch, HEADERS_TIMEOUT_MS);
      socket.once('close', () => watch.cancel?.());
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request;
      const watch = this.#watches.get(socket);
      if (!watch) return;
      watch.request = request;
      watch.open.add(response);
      this.#allow(socket, watch, BODY_TIMEOUT_MS);
      response.once('close', () => {
        watch.open.delete(response);
        this.#allow(socket, watch, IDLE_TIMEOUT_MS);
      });
    });
  }

  /** Lets a connection be that speaks another protocol from here on. */
  release(socket: Duplex): void {
    this.#watches.get(socket)?.cancel?.();
    this.#watches.delete(socket);
  }

  #allow(socket: Duplex, watch: Watch, ms: number): void {
    watch.cancel?.();
    watch.unread = false;
    if (socket.destroyed || this.#watches.get(socket) !== watch) return;
    watch.cancel = this.#environment.setTimer(() => this.#judge(socket, watch), ms);
  }

  #judge(socket: Duplex, watch: Watch): void {
    const { request, open, unread } = watch;
    const working = [...open].some((response) => !response.writableEnded);
    const late = !request || (working && !request.complete);
    this.#allow(socket, watch, IDLE_TIMEOUT_MS);
    // It is the cloud's turn: a caller may wait for his board, or take a long download.
    if (working && !late) return;
    if (!unread && (late || open.size > 0)) {
      if (late) this.#onTimeout(socket);
      // The last bytes may be on a slow way.
      watch.unread = true;
      return;
    }
    // Without a word: the peer would take it for the answer to its next request.
    socket.destroy();
  }
}
