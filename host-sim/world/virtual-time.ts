import type { Clock } from '../../src/ports/clock.js';
import type { Timer, TimerHandle } from '../../src/ports/timer.js';

interface Event {
  dueMs: number;
  sequence: number;
  /** Interval of a repeating timer, 0 for one that fires once. */
  readonly intervalMs: number;
  /** Undefined once cleared. */
  callback: (() => void) | undefined;
}

/** Callbacks at one and the same instant after which time is taken to stand still (a timer that sets itself with delay 0). */
const STANDSTILL = 100_000;

/**
 * Time that passes only when a test says so: a timer and a clock over one heap of events, ordered by (time, sequence).
 * Timers that are due at the same millisecond fire in the order in which they were set; nothing fires outside
 * `advance` and `runUntil`, so no callback comes from inside `timer.set`. A callback that throws ends the `advance`
 * with its error, and the next `advance` goes on behind it.
 */
export class VirtualTime {
  readonly timer: Timer;
  readonly clock: Clock;
  /** Set by a callback that left nothing behind for Node's event loop: no promise, no stream, no immediate. */
  isCalm = false;
  readonly #heap: Event[] = [];
  #nowMs = 0;
  #sequence = 0;
  /** Callbacks since time went on last. */
  #atOneInstant = 0;

  /** `epochMs` is the wall time at the start, `hasTime` whether the clock claims to know it. */
  constructor(options: { readonly epochMs?: number; readonly hasTime?: boolean } = {}) {
    let wallOffsetMs = options.epochMs ?? Date.UTC(2026, 0, 10);
    this.timer = {
      set: (callback, delayMs) => this.#push(callback, positive(delayMs, 0), 0),
      repeat: (callback, intervalMs) => {
        const everyMs = positive(intervalMs, 1);
        return this.#push(callback, everyMs, everyMs);
      },
      clear: (handle) => {
        if (handle !== undefined && handle !== null) (handle as Event).callback = undefined;
      },
    };
    this.clock = {
      monotonicMs: () => this.#nowMs,
      nowMs: () => wallOffsetMs + this.#nowMs,
      setNow: (epochMs) => {
        wallOffsetMs = epochMs - this.#nowMs;
      },
      hasTime: options.hasTime ?? true,
    };
  }

  /** Milliseconds since this time began; what `clock.monotonicMs()` says. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Timers that would still fire. */
  get pending(): number {
    let count = 0;
    for (const event of this.#heap) if (event.callback) count++;
    return count;
  }

  /** Lets `ms` pass, firing what falls due on the way (`advance(0)`: what is due now), and stops exactly there. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + positive(ms, 0);
    this.#run(untilMs, undefined);
    this.#nowMs = untilMs;
  }

  /**
   * Lets time pass until `predicate` holds, asked before the first and after each callback, and stops at that instant.
   * @throws {Error} when it does not hold after `maxMs` (default one hour).
   */
  runUntil(predicate: () => boolean, maxMs = 3_600_000): void {
    if (predicate()) return;
    const untilMs = this.#nowMs + maxMs;
    if (this.#run(untilMs, predicate)) return;
    this.#nowMs = untilMs;
    if (!predicate()) throw new Error(`virtual time: the condition did not come true within ${maxMs} ms`);
  }

  /**
   * Runs the one callback that is due next, if it is due within `untilMs` milliseconds since the beginning; else goes to
   * that instant and says false.
   */
  step(untilMs: number): boolean {
    for (;;) {
      const event = this.#heap[0];
      if (!event || event.dueMs > untilMs) {
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return false;
      }
      if (this.#fire(event)) return true;
    }
  }

  #run(untilMs: number, predicate: (() => boolean) | undefined): boolean {
    for (;;) {
      const event = this.#heap[0];
      if (!event || event.dueMs > untilMs) return false;
      if (this.#fire(event) && predicate?.()) return true;
    }
  }

  /** Takes the first event off the heap and calls it back; false where it was cleared. */
  #fire(event: Event): boolean {
    this.#pop();
    const callback = event.callback;
    if (!callback) return false;
    this.#atOneInstant = event.dueMs === this.#nowMs ? this.#atOneInstant + 1 : 0;
    if (this.#atOneInstant > STANDSTILL) throw new Error(`virtual time stands still at ${this.#nowMs} ms`);
    this.#nowMs = event.dueMs;
    if (event.intervalMs > 0) {
      event.dueMs += event.intervalMs;
      event.sequence = this.#sequence++;
      this.#insert(event);
    } else event.callback = undefined;
    this.isCalm = false;
    callback();
    return true;
  }

  #push(callback: () => void, delayMs: number, intervalMs: number): TimerHandle {
    const event: Event = { dueMs: this.#nowMs + delayMs, sequence: this.#sequence++, intervalMs, callback };
    this.#insert(event);
    return event;
  }

  #insert(event: Event): void {
    const heap = this.#heap;
    let index = heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(event, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function before(a: Event, b: Event): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.sequence < b.sequence);
}

function positive(ms: number | undefined, least: number): number {
  return ms !== undefined && ms > least ? ms : least;
}
