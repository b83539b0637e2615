import type { Sha256 } from '../core/crypto.js';
import type { SpareSlot } from '../ports/firmware.js';
import type { Timer, TimerHandle } from '../ports/timer.js';
import { blockFor } from './slot-layout.js';

/** Blocks that are read without a break: some 20 ms on a chip. */
const BLOCKS_AT_ONCE = 4;

export interface ReadBackOptions {
  readonly timer: Timer;
  readonly slot: SpareSlot;
  /** Room for one block, used until it is over. */
  readonly block: Uint8Array;
  /** So many bytes from the beginning of the image. */
  readonly bytes: number;
  /** Takes them in. */
  readonly digest: Sha256;
  onDone(): void;
  /** The flash cannot be read. Neither is called from inside the constructor, nor after `close()`. */
  onFailed(): void;
}

/** Reads what is in the spare slot of an image, in slices between which everything else has its turn. */
export class ReadBack {
  readonly #options: ReadBackOptions;
  readonly #readSome = (): void => this.#read();
  #timer: TimerHandle | undefined;
  #at = 0;

  constructor(options: ReadBackOptions) {
    this.#options = options;
    this.#timer = options.timer.set(this.#readSome);
  }

  /** Gives it up, silently. May be called twice. */
  close(): void {
    this.#options.timer.clear(this.#timer);
    this.#timer = undefined;
  }

  #read(): void {
    const { timer, slot, block, bytes, digest, onDone, onFailed } = this.#options;
    this.#timer = undefined;
    try {
      for (let count = 0; count < BLOCKS_AT_ONCE && this.#at < bytes; count++) {
        slot.read(block, blockFor(slot, this.#at / block.length) * block.length);
        const left = bytes - this.#at;
        digest.update(left < block.length ? block.subarray(0, left) : block);
        this.#at += block.length;
      }
    } catch {
      onFailed();
      return;
    }
    if (this.#at < bytes) this.#timer = timer.set(this.#readSome);
    else onDone();
  }
}
