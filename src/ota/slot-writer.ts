import type { Sha256 } from '../core/crypto.js';
import type { SpareSlot } from '../ports/firmware.js';
import { blockFor, paddedBytes } from './slot-layout.js';

/** Writes an image into the spare slot as its bytes come: block by block, each erased just before it is written. */
export class SlotWriter {
  readonly #slot: SpareSlot;
  readonly #block: Uint8Array;
  readonly #digest: Sha256;
  readonly #imageBytes: number;
  #written: number;
  /** Bytes in `#block` that are not in the slot yet. */
  #waiting = 0;

  /**
   * @param block room for one block, the writer's alone until it has finished
   * @param digest has taken in the bytes that are written already
   * @param written so many: whole blocks
   */
  constructor(slot: SpareSlot, block: Uint8Array, digest: Sha256, imageBytes: number, written: number) {
    this.#slot = slot;
    this.#block = block;
    this.#digest = digest;
    this.#imageBytes = imageBytes;
    this.#written = written;
  }

  /** Bytes of the image that are in the slot: whole blocks, until the writer has finished. */
  get written(): number {
    return this.#written;
  }

  /** Bytes of the image that have not been taken. */
  get missing(): number {
    return this.#imageBytes - this.#written - this.#waiting;
  }

  /** Takes the next bytes, `missing` at most. @throws {Error} when the flash fails */
  take(bytes: Uint8Array, start: number, end: number): void {
    const block = this.#block;
    let at = start;
    while (at < end) {
      // Not as soon as it is full: the last block waits until it is certain that nothing follows it.
      if (this.#waiting === block.length) this.#write();
      const count = Math.min(end - at, block.length - this.#waiting);
      block.set(bytes.subarray(at, at + count), this.#waiting);
      this.#waiting += count;
      at += count;
    }
  }

  /** Writes the last block, and gives the digest of all that was written. Nothing is missing. @throws {Error} when the flash fails */
  finish(): Uint8Array {
    this.#write();
    return this.#digest.digest();
  }

  #write(): void {
    const slot = this.#slot;
    const imageBlock = this.#written / slot.blockBytes;
    const block = blockFor(slot, imageBlock);
    // What began here was an image once; from now on it is none.
    if (imageBlock === 0) slot.eraseBlock(0);
    slot.eraseBlock(block);
    this.#digest.update(this.#first(this.#waiting));
    const length = paddedBytes(this.#waiting);
    this.#block.fill(0xff, this.#waiting, length);
    slot.write(this.#first(length), block * slot.blockBytes);
    this.#written += this.#waiting;
    this.#waiting = 0;
  }

  #first(count: number): Uint8Array {
    return count === this.#block.length ? this.#block : this.#block.subarray(0, count);
  }
}
