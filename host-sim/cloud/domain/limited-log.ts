import type { Logger } from '../events.js';
import { TokenBuckets } from './rate-limits.js';

/** Lines at once, and a second afterwards. */
const BURST = 20;
const PER_SECOND = 1;

/** Warnings of what strangers can cause at will: beyond a rate they are counted, and the next line says how many there were. */
export class LimitedLog {
  readonly #log: Logger;
  readonly #limit: TokenBuckets;
  #untold = 0;

  constructor(options: { log: Logger; now: () => number }) {
    this.#log = options.log;
    this.#limit = new TokenBuckets({ capacity: BURST, refillPerS: PER_SECOND, now: options.now });
  }

  warn(name: string, data: Readonly<Record<string, unknown>>): void {
    if (this.#limit.take('') > 0) {
      this.#untold += 1;
      return;
    }
    this.#log.warn(name, { ...data, ...(this.#untold > 0 && { untold: this.#untold }) });
    this.#untold = 0;
  }
}
