import type { ContactDefinition } from '../core/product.js';
import type { Clock } from '../ports/clock.js';
import type { Pins } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';
import { DebouncedPin } from './debounced-pin.js';

export interface ContactOptions {
  readonly timer: Timer;
  readonly clock: Clock;
  readonly io: Pins;
  readonly definition: ContactDefinition;
  /** `value` is another one. Never called from inside a method. */
  readonly onChanged: () => void;
}

/**
 * A contact: on or off, without its bounces. Its value changes at most every `minIntervalMs`, to what the contact is then;
 * what went by in between is not told.
 */
export class Contact {
  readonly #timer: Timer;
  readonly #clock: Clock;
  readonly #minIntervalMs: number;
  readonly #onChanged: () => void;
  readonly #pin: DebouncedPin;
  #value: boolean;
  #changedMs = Number.NEGATIVE_INFINITY;
  #waiting: TimerHandle | undefined;

  constructor(options: ContactOptions) {
    const { timer, io, definition } = options;
    this.#timer = timer;
    this.#clock = options.clock;
    this.#minIntervalMs = definition.minIntervalMs;
    this.#onChanged = options.onChanged;
    this.#pin = new DebouncedPin({ timer, io, definition, onChange: this.#onPin });
    this.#value = this.#pin.isOn;
  }

  get value(): boolean {
    return this.#value;
  }

  /** Lets the pin go. May be called twice. */
  close(): void {
    this.#pin.close();
    this.#timer.clear(this.#waiting);
    this.#waiting = undefined;
  }

  readonly #onPin = (): void => {
    if (this.#waiting !== undefined) return;
    const waitMs = this.#changedMs + this.#minIntervalMs - this.#clock.monotonicMs();
    if (waitMs <= 0) this.#take();
    else this.#waiting = this.#timer.set(this.#onWaited, waitMs);
  };

  readonly #onWaited = (): void => {
    this.#waiting = undefined;
    this.#take();
  };

  #take(): void {
    if (this.#pin.isOn === this.#value) return;
    this.#value = this.#pin.isOn;
    this.#changedMs = this.#clock.monotonicMs();
    this.#onChanged();
  }
}
