/** Lets a burst through and then one at an interval (a token bucket), so that a peer cannot make a board busy with its own log. */
export class Throttle {
  readonly #burst: number;
  readonly #intervalMs: number;
  #left: number;
  #refilledMs = Number.NEGATIVE_INFINITY;

  /**
   * @param burst how many pass at once
   * @param intervalMs time after which one more may pass
   */
  constructor(burst: number, intervalMs: number) {
    this.#burst = this.#left = burst;
    this.#intervalMs = intervalMs;
  }

  /** Whether one more may pass at `nowMs` (monotonic). */
  allow(nowMs: number): boolean {
    if (this.#left === this.#burst) this.#refilledMs = nowMs;
    const grown = Math.floor((nowMs - this.#refilledMs) / this.#intervalMs);
    if (grown > 0) {
      this.#left = Math.min(this.#burst, this.#left + grown);
      this.#refilledMs += grown * this.#intervalMs;
    }
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }
}
