import type { Clock } from '../ports/clock.js';

/** A time of whole seconds that took a moment to arrive says no more than this, ms. */
const COARSE_MS = 2_000;

/**
 * What a board knows of the time. Until a time has come from outside, the clock stands at its floor and counts as not set; a
 * time before the floor is a lie and is not taken. What comes later corrects it, forward or back.
 */
export class WallClock {
  readonly #clock: Clock;
  #floorMs: number;
  #known: boolean;
  #provenUntilMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, floorMs: number) {
    this.#clock = clock;
    this.#floorMs = floorMs;
    this.#known = clock.hasTime;
    if (!this.#known && clock.nowMs() < floorMs) clock.setNow(floorMs);
  }

  /** The host has a clock of its own and keeps it right. */
  get hostKeepsTime(): boolean {
    return this.#clock.hasTime;
  }

  /** Whether the time is known, and not just the floor of it. */
  get known(): boolean {
    return this.#known;
  }

  /** It is at least so late, epoch milliseconds. */
  get floorMs(): number {
    return this.#floorMs;
  }

  /** Time is at least this, epoch milliseconds: somebody has told it who is believed. A host's own clock needs no floor. */
  raiseFloor(epochMs: number): void {
    if (!this.#clock.hasTime && epochMs > this.#floorMs) this.#floorMs = epochMs;
  }

  /** A server has proven itself by certificates of which the first ends then, epoch milliseconds. */
  proven(untilMs: number): void {
    this.#provenUntilMs = untilMs;
  }

  /** Whether the latest server to prove itself could not have done so at that time: one that tells it is wrong. */
  isBeyondProof(epochMs: number): boolean {
    return epochMs > this.#provenUntilMs;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  /**
   * Takes a time that came over the network. A host that has a clock of its own keeps it.
   * @param coarse a time of whole seconds, which corrects a known time only where that is further off
   * @returns by how many ms the clock was moved, or `undefined` where it was not
   */
  offer(epochMs: number, coarse: boolean): number | undefined {
    if (this.#clock.hasTime || epochMs < this.#floorMs) return undefined;
    const shiftMs = epochMs - this.#clock.nowMs();
    if (coarse && this.#known && Math.abs(shiftMs) <= COARSE_MS) return undefined;
    this.#clock.setNow(epochMs);
    this.#known = true;
    return shiftMs;
  }
}
