import { headBytesOf, MAX_HEAD_BYTES } from '../core/package-header.js';

/** Puts together what comes before the image of a package. */
export class HeadCollector {
  readonly #bytes = new Uint8Array(MAX_HEAD_BYTES);
  #count = 0;
  #length = 0;

  /** All of it; `undefined` while some is missing. */
  get head(): Uint8Array | undefined {
    return this.#length > 0 && this.#count === this.#length ? this.#bytes.subarray(0, this.#length) : undefined;
  }

  /** Takes from the bytes what belongs to it; returns where the rest begins. @throws {PackageError} as soon as it is none */
  take(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && (this.#length === 0 || this.#count < this.#length)) {
      this.#bytes[this.#count++] = bytes[at++]!;
      if (this.#length === 0) this.#length = headBytesOf(this.#bytes, this.#count);
    }
    return at;
  }
}
