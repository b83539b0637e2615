import SdkListener from 'embedded:io/socket/listener';
import type SdkTcp from 'embedded:io/socket/tcp';
import Timer from 'timer';
import type { AcceptedSocket, Listener, ListenerOptions, TcpEvents } from '../ports/socket.js';
import { XsAcceptedTcp } from './tcp.js';

/** Connections that may wait to be accepted; one more is reset. */
const MAX_WAITING = 8;
/**
 * A connection is shown this much after it was made, ms. The SDK moves it to the object with the callbacks without a lock
 * against the network's task (modules/io/socket/lwip/tcp.c, `from`), and a client's first bytes come right behind the
 * handshake: they shall be there before, not in the middle.
 */
const SETTLE_MS = 20;

/**
 * The SDK's listener. Its connections are taken off it at once, since one whose peer goes before that leaves the SDK with a
 * pointer to nothing; and never one more than it has told of, since a `read` in vain leaves an object that is never freed.
 */
export class XsListener implements Listener {
  readonly #options: ListenerOptions;
  #listener: SdkListener | undefined;
  readonly #waiting: SdkTcp[] = [];
  #timer: ReturnType<typeof Timer.set> | undefined;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#listener = new SdkListener({ port: options.port, onReadable: (count) => this.#take(count) });
  }

  accept(events: TcpEvents): AcceptedSocket | undefined {
    if (this.#listener === undefined) throw new Error('the listener is closed');
    for (let socket = this.#waiting.shift(); socket !== undefined; socket = this.#waiting.shift()) {
      try {
        return new XsAcceptedTcp(socket, events);
      } catch {
        // Its peer has gone.
        socket.close();
      }
    }
    return undefined;
  }

  close(): void {
    Timer.clear(this.#timer);
    this.#listener?.close();
    this.#listener = undefined;
    for (const socket of this.#waiting.splice(0)) socket.close();
  }

  #take(count: number): void {
    const listener = this.#listener;
    if (listener === undefined) return;
    for (; count > 0; count--) {
      const socket = listener.read();
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(socket);
      else socket.close();
    }
    this.#timer ??= Timer.set(() => {
      this.#timer = undefined;
      if (this.#waiting.length > 0) this.#options.onReadable(this.#waiting.length);
    }, SETTLE_MS);
  }
}
