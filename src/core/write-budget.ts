const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Rations flash writes of state that changes often: at most one a minute and 100 a day. Times are monotonic milliseconds. */
export class WriteBudget {
  #lastMs = Number.NEGATIVE_INFINITY;
  #dayStartMs = Number.NEGATIVE_INFINITY;
  #today = 0;
  readonly #perDay: number;

  constructor(perDay = 100) {
    this.#perDay = perDay;
  }

  /** Milliseconds until the next write is allowed; 0: now. */
  waitMs(nowMs: number): number {
    const minute = this.#lastMs + MINUTE_MS - nowMs;
    const day = this.#today < this.#perDay ? 0 : this.#dayStartMs + DAY_MS - nowMs;
    return Math.max(0, minute, day);
  }

  /** A write was made. */
  spend(nowMs: number): void {
    if (nowMs - this.#dayStartMs >= DAY_MS) {
      this.#dayStartMs = nowMs;
      this.#today = 0;
    }
    this.#today++;
    this.#lastMs = nowMs;
  }
}
