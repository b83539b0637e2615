import type { CloudEnvironment } from '../environment.js';

/** What one answer counts for in the mean of those before. */
const SHARE = 1 / 8;
/** The mean is forgotten by half in this time, ms. */
const HALF_LIFE_MS = 15_000;
/** Few boards are so much slower than the mean. */
const TIMES = 3;

/**
 * How long an answer is waited for: longer where answers of others have taken long lately. Where broker or machine have too much to do
 * all boards are slow, and to hold them to be deaf would have them come again, and make it worse.
 */
export class AnswerPatience {
  readonly #environment: Pick<CloudEnvironment, 'now'>;
  readonly #leastMs: number;
  readonly #mostMs: number;
  #meanMs = 0;
  #at = 0;

  constructor(options: { environment: Pick<CloudEnvironment, 'now'>; leastMs: number; mostMs: number }) {
    this.#environment = options.environment;
    this.#leastMs = options.leastMs;
    this.#mostMs = options.mostMs;
  }

  /** An answer has come so long after the question, ms. */
  took(ms: number): void {
    const meanMs = this.#mean();
    this.#meanMs = meanMs + SHARE * (ms - meanMs);
    this.#at = this.#environment.now();
  }

  /** For an answer, ms. */
  get ms(): number {
    return Math.min(this.#mostMs, Math.max(this.#leastMs, TIMES * this.#mean()));
  }

  #mean(): number {
    // A clock that was set back forgets nothing.
    const elapsedMs = Math.max(0, this.#environment.now() - this.#at);
    return this.#meanMs * 0.5 ** (elapsedMs / HALF_LIFE_MS);
  }
}
