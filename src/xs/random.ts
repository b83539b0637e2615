import type { Random } from '../ports/random.js';
import type { Native } from './native.js';

/** The chip's generator: noise of the radio, true randomness while it is on (ESP-IDF, Random Number Generation). */
export class XsRandom implements Random {
  readonly #native: Native;

  constructor(native: Native) {
    this.#native = native;
  }

  uint32(): number {
    return this.#native.esp_random() >>> 0;
  }
}
