import { Duplex } from 'node:stream';
import type { PeerEnd, VirtualPeer } from '../world/virtual-network.js';

/** What is done to the bytes of a connection on their way, and learnt from them. */
export interface Tap {
  /** Bytes that a board sent; returns what the server reads of them. */
  up?(bytes: Uint8Array): Uint8Array;
  /** Bytes that the server sends; returns what goes on its way instead, in pieces. */
  down?(bytes: Buffer): readonly Uint8Array[];
}

/** Something on the way ends a connection: both ends are told. */
export function sever(peer: VirtualPeer, how: PeerEnd): void {
  const tell = peer.onClosed;
  if (how === 'reset') peer.reset();
  else peer.end();
  tell?.(how);
}

/**
 * The server's end of a connection of the virtual network, as Node's servers want it: a stream in memory. It takes whatever
 * the server writes: a board that does not read is one whose way is frozen.
 */
export class PeerStream extends Duplex {
  /** Whom the server takes the peer for. */
  readonly remoteAddress: string;
  readonly #peer: VirtualPeer;
  readonly #tap: Tap;

  constructor(peer: VirtualPeer, remoteAddress: string, tap: Tap = {}) {
    super({ allowHalfOpen: false });
    this.remoteAddress = remoteAddress;
    this.#peer = peer;
    this.#tap = tap;
    peer.onData = (bytes) => {
      const read = tap.up?.(bytes) ?? bytes;
      // Nothing at all would be taken for the end.
      if (read.length > 0) this.push(Buffer.from(read));
    };
    peer.onClosed = (how) => {
      if (how === 'reset') this.destroy(Object.assign(new Error('connection reset'), { code: 'ECONNRESET' }));
      else this.push(null);
    };
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#peer.open) for (const bytes of this.#tap.down?.(chunk) ?? [chunk]) this.#peer.write(bytes);
    done();
  }

  override _final(done: () => void): void {
    this.#peer.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What was written before has left, as a kernel sends what it was given when a process closes.
    this.#peer.end();
    done(error);
  }

  /** As a socket's: it closes once everything is written, whether or not the other end does. */
  destroySoon(): void {
    this.end(() => this.destroy());
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }
}
