import { IDENTIFY, type LedPattern } from '../core/led-pattern.js';
import type { Digital, Pins } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

const IDENTIFY_MS = 5_000;

/** Shows a pattern on the status LED. */
export class StatusLed {
  readonly #timer: Timer;
  readonly #pin: Digital;
  readonly #activeLevel: 0 | 1;
  #pattern: LedPattern | undefined;
  #step = 0;
  #pending: TimerHandle | undefined;
  /** What it shows again once it has been found. */
  #later: LedPattern | undefined;
  #identifying: TimerHandle | undefined;

  constructor(timer: Timer, io: Pins, options: { readonly pin: number; readonly activeLevel: 0 | 1 }) {
    this.#timer = timer;
    this.#activeLevel = options.activeLevel;
    this.#pin = new io.Digital({ pin: options.pin, mode: io.Digital.Output, initialValue: this.#level(false) });
  }

  show(pattern: LedPattern): void {
    if (this.#identifying === undefined) this.#show(pattern);
    else this.#later = pattern;
  }

  /** Blinks fast for five seconds, so that somebody finds the board. */
  identify(): void {
    if (this.#identifying === undefined) this.#later = this.#pattern;
    this.#timer.clear(this.#identifying);
    this.#identifying = this.#timer.set(() => {
      this.#identifying = undefined;
      if (this.#later !== undefined) this.#show(this.#later);
    }, IDENTIFY_MS);
    this.#show(IDENTIFY);
  }

  #show(pattern: LedPattern): void {
    if (pattern === this.#pattern) return;
    this.#pattern = pattern;
    this.#step = 0;
    this.#timer.clear(this.#pending);
    this.#pending = undefined;
    if (pattern.length === 1) this.#pin.write(this.#level(pattern[0] === 1));
    else this.#next();
  }

  /** Switches the LED off and lets the pin go. May be called twice. */
  close(): void {
    this.#timer.clear(this.#pending);
    this.#timer.clear(this.#identifying);
    this.#pending = this.#identifying = undefined;
    this.#pattern = undefined;
    this.#pin.close();
  }

  /** One for all steps: a closure made each time is garbage each time. */
  readonly #onStep = (): void => this.#next();

  #next(): void {
    const pattern = this.#pattern!;
    this.#pin.write(this.#level(this.#step % 2 === 0));
    this.#pending = this.#timer.set(this.#onStep, pattern[this.#step]);
    this.#step = (this.#step + 1) % pattern.length;
  }

  #level(on: boolean): 0 | 1 {
    return on ? this.#activeLevel : ((1 - this.#activeLevel) as 0 | 1);
  }
}
