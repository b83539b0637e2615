import type { LedPattern } from '../core/led-pattern.js';
import type { Digital, Pins } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

/** Shows a pattern on the status LED. */
export class StatusLed {
  readonly #timer: Timer;
  readonly #pin: Digital;
  readonly #activeLevel: 0 | 1;
  #pattern: LedPattern | undefined;
  #step = 0;
  #pending: TimerHandle | undefined;

  constructor(timer: Timer, io: Pins, options: { readonly pin: number; readonly activeLevel: 0 | 1 }) {
    this.#timer = timer;
    this.#activeLevel = options.activeLevel;
    this.#pin = new io.Digital({ pin: options.pin, mode: io.Digital.Output, initialValue: this.#level(false) });
  }

  show(pattern: LedPattern): void {
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
    this.#pending = undefined;
    this.#pattern = undefined;
    this.#pin.close();
  }

  #next(): void {
    const pattern = this.#pattern!;
    this.#pin.write(this.#level(this.#step % 2 === 0));
    this.#pending = this.#timer.set(() => this.#next(), pattern[this.#step]);
    this.#step = (this.#step + 1) % pattern.length;
  }

  #level(on: boolean): 0 | 1 {
    return on ? this.#activeLevel : ((1 - this.#activeLevel) as 0 | 1);
  }
}
