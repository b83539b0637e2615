import type { TimerHandle } from '../../src/ports/timer.js';
import type { Uplink } from './uplink.js';

interface Segment {
  readonly dueMs: number;
  arrive(): void;
}

/** One direction of a connection over an uplink: what is put in arrives later, in the same order, or waits until something gets through. */
export class Lane {
  readonly #uplink: Uplink;
  readonly #underWay: Segment[] = [];
  #pending: TimerHandle | undefined;
  #dead = false;

  constructor(uplink: Uplink) {
    this.#uplink = uplink;
  }

  /** Nothing is under way, and what is put in now would arrive at once. */
  get isClear(): boolean {
    return this.#uplink.isClear && this.isEmpty;
  }

  get isEmpty(): boolean {
    return this.#underWay.length === 0 && !this.#dead;
  }

  /** A segment got lost so often that TCP has given up: nothing arrives any more. */
  get isDead(): boolean {
    return this.#dead;
  }

  /** @param arrive called by a timer, never from inside of this
   * @param ways how often it goes there or back */
  push(arrive: () => void, ways = 1): void {
    if (this.#dead) return;
    const delayMs = this.#uplink.delayMs(ways);
    if (delayMs === undefined) {
      this.#dead = true;
      return;
    }
    const before = this.#underWay.at(-1)?.dueMs ?? 0;
    this.#underWay.push({ dueMs: Math.max(before, this.#uplink.nowMs + delayMs), arrive });
    this.resume();
  }

  /** Something gets through again, perhaps. */
  resume(): void {
    const [first] = this.#underWay;
    if (first === undefined || this.#pending !== undefined || this.#uplink.isSilent) return;
    const delayMs = Math.max(0, first.dueMs - this.#uplink.nowMs);
    this.#pending = this.#uplink.timer.set(() => this.#run(), delayMs);
  }

  /** What is under way never arrives. */
  clear(): void {
    this.#underWay.length = 0;
    this.#uplink.timer.clear(this.#pending);
    this.#pending = undefined;
  }

  #run(): void {
    this.#pending = undefined;
    for (;;) {
      const [first] = this.#underWay;
      if (first === undefined || this.#uplink.isSilent || first.dueMs > this.#uplink.nowMs) break;
      this.#underWay.shift();
      first.arrive();
    }
    this.resume();
  }
}
