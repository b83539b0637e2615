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

  /** @param options.burst lines at once, 20 by default; `perSecond`: a second afterwards, 1 by default */
  constructor(options: { log: Logger; now: () => number; burst?: number; perSecond?: number }) {
    const { burst = BURST, perSecond = PER_SECOND, now } = options;
    this.#log = options.log;
    this.#limit = new TokenBuckets({ capacity: burst, refillPerS: perSecond, now });
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
