import Time from 'time';
import type { Clock } from '../ports/clock.js';

/**
 * The chip's clocks. Its tick counter has 32 bits and wraps after 49.7 days; differences are summed up here, which is right
 * as long as it is read at least every 24.8 days (a board reads it at every heartbeat).
 */
export class XsClock implements Clock {
  /** An ESP32 does not know the time when it is switched on. */
  readonly hasTime = false;
  #ticks = Time.ticks;
  #elapsedMs = 0;
  /** What the system's clock, which is set in whole seconds, lacks. */
  #restMs = 0;

  monotonicMs(): number {
    const ticks = Time.ticks;
    this.#elapsedMs += Math.max(0, Time.delta(this.#ticks, ticks));
    this.#ticks = ticks;
    return this.#elapsedMs;
  }

  nowMs(): number {
    return Date.now() + this.#restMs;
  }

  setNow(epochMs: number): void {
    // The system's clock too: `Date` and the SDK's certificate checks read it.
    Time.set(Math.floor(epochMs / 1_000));
    this.#restMs = epochMs - Date.now();
  }
}
