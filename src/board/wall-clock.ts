import type { Clock } from '../ports/clock.js';

/**
 * What a board knows of the time. Until a time has come from outside, the clock stands at its floor (the build date) and
 * counts as not set; a time before the floor is a lie and is not taken.
 */
export class WallClock {
  readonly #clock: Clock;
  readonly #floorMs: number;
  #known: boolean;

  constructor(clock: Clock, floorMs: number) {
    this.#clock = clock;
    this.#floorMs = floorMs;
    this.#known = clock.hasTime;
    if (!this.#known && clock.nowMs() < floorMs) clock.setNow(floorMs);
  }

  /** Whether the time is known, and not just the floor of it. */
  get known(): boolean {
    return this.#known;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Takes a time that came over the network. Returns whether it was taken. A host that has a clock of its own keeps it. */
  offer(epochMs: number): boolean {
    if (this.#clock.hasTime || epochMs < this.#floorMs) return false;
    this.#clock.setNow(epochMs);
    this.#known = true;
    return true;
  }
}
