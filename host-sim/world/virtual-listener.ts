import type { AcceptedSocket, Listener, ListenerOptions, TcpEvents } from '../../src/ports/socket.js';
import type { Deliver, Link } from './virtual-link.js';

/** Connections that may wait to be accepted, as lwIP's backlog. */
const MOST_WAITING = 5;

/** A board's end of a connection. */
export class VirtualTcp implements AcceptedSocket {
  readonly remoteAddress: string;
  readonly #link: Link;

  constructor(link: Link, remoteAddress: string) {
    this.#link = link;
    this.remoteAddress = remoteAddress;
  }

  read(into: Uint8Array): number {
    return this.#link.read(into);
  }

  write(bytes: Uint8Array): number {
    return this.#link.send(bytes);
  }

  close(): void {
    this.#link.close();
  }
}

/** A listener of a board. */
export class VirtualListening implements Listener {
  readonly #deliver: Deliver;
  readonly #options: ListenerOptions;
  readonly #onClose: () => void;
  readonly #waiting: { readonly link: Link; readonly from: string }[] = [];
  #closed = false;

  constructor(deliver: Deliver, options: ListenerOptions, onClose: () => void) {
    this.#deliver = deliver;
    this.#options = options;
    this.#onClose = onClose;
  }

  /** Whether there is room for it. */
  take(link: Link, from: string): boolean {
    if (this.#waiting.length === MOST_WAITING) return false;
    this.#waiting.push({ link, from });
    this.#deliver(() => this.#options.onReadable(this.#waiting.length));
    return true;
  }

  accept(events: TcpEvents): AcceptedSocket | undefined {
    if (this.#closed) throw new Error('listener is closed');
    const next = this.#waiting.shift();
    if (next === undefined) return undefined;
    next.link.accept(events);
    return new VirtualTcp(next.link, next.from);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onClose();
    for (const { link } of this.#waiting) link.refuse();
  }
}
