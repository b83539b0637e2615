import type { PeerEnd, VirtualPeer } from '../world/virtual-network.js';
import { sever } from './peer-stream.js';

/** Time from the last byte that passes to the end of the connection, ms: longer than what is under way takes. */
const GRACE_MS = 2_000;

export type Direction = 'up' | 'down';

interface Cut {
  bytesLeft: number;
  readonly how: PeerEnd;
}

/** Cuts the connections of one board in the middle of a packet: so many bytes still pass, then nothing, then it ends. */
export class Scissors {
  readonly #later: (callback: () => void, delayMs: number) => void;
  readonly #cuts: Partial<Record<Direction, Cut>> = {};
  readonly #severed = new WeakSet<VirtualPeer>();

  constructor(later: (callback: () => void, delayMs: number) => void) {
    this.#later = later;
  }

  /** Of what travels in this direction on the connection that is used next, so many bytes still arrive. */
  cutAfter(direction: Direction, bytes: number, how: PeerEnd): void {
    this.#cuts[direction] = { bytesLeft: bytes, how };
  }

  /** What of these bytes still arrives. */
  pass<B extends Uint8Array>(peer: VirtualPeer, direction: Direction, bytes: B): B {
    if (this.#severed.has(peer)) return bytes.subarray(0, 0) as B;
    const cut = this.#cuts[direction];
    if (cut === undefined) return bytes;
    cut.bytesLeft -= bytes.length;
    if (cut.bytesLeft >= 0) return bytes;
    delete this.#cuts[direction];
    this.#severed.add(peer);
    this.#later(() => sever(peer, cut.how), GRACE_MS);
    return bytes.subarray(0, Math.max(0, bytes.length + cut.bytesLeft)) as B;
  }
}
