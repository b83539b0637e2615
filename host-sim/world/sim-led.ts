import type { Clock } from '../../src/ports/clock.js';
import { blinkCycle } from './blink-cycle.js';
import type { DutySource } from './sim-lamp.js';

/** Times that are remembered: the longest pattern twice, and somewhat more to tell it from a shorter one. */
const MOST_TIMES = 16;
/** A change may come so much later than its pattern says before the light counts as steady, ms. */
const PATIENCE_MS = 250;

export interface SimLedOptions {
  readonly clock: Clock;
  /** Level of the pin that lights it (default 1). */
  readonly activeLevel?: 0 | 1;
}

/** A light-emitting diode as a thing: lit or not, and how it blinks, as somebody sees it who watches its pin. It needs no timer. */
export class SimLed {
  readonly #clock: Clock;
  readonly #activeLevel: 0 | 1;
  #on = false;
  /** When it was switched last, ms. */
  #sinceMs: number;
  /** How long it was on and off in turn, ms, newest last: what came before the light of now. */
  readonly #times: number[] = [];

  constructor({ clock, activeLevel = 1 }: SimLedOptions) {
    this.#clock = clock;
    this.#activeLevel = activeLevel;
    this.#sinceMs = clock.monotonicMs();
  }

  get on(): boolean {
    return this.#on;
  }

  /** How it blinks: times in ms, on and off in turn, repeated; empty while it is steady, or not yet known. */
  get cycle(): readonly number[] {
    // What it was before the light of now tells on which side the newest time is.
    const cycle = blinkCycle(this.#times, !this.#on);
    const waitedMs = this.#clock.monotonicMs() - this.#sinceMs;
    return waitedMs > Math.max(0, ...cycle) + PATIENCE_MS ? [] : cycle;
  }

  /** Wires it to a pin, dark while nothing drives that; the result takes the wire off. */
  connect(source: DutySource, pin: number): () => void {
    const follow = (): void => {
      const high = source.highShare(pin);
      if (high === undefined) this.#goOut();
      else this.#light((this.#activeLevel === 1 ? high : 1 - high) > 0);
    };
    follow();
    return source.onChange((changed) => {
      if (changed === pin) follow();
    });
  }

  #light(on: boolean): void {
    if (on === this.#on) return;
    this.#on = on;
    const nowMs = this.#clock.monotonicMs();
    this.#times.push(nowMs - this.#sinceMs);
    if (this.#times.length > MOST_TIMES) this.#times.shift();
    this.#sinceMs = nowMs;
  }

  /** Without power nothing of the pattern is left. */
  #goOut(): void {
    this.#light(false);
    this.#times.length = 0;
  }
}
