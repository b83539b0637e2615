import type { AnalogDefinition, PropertyDefinition } from '../core/product.js';
import { nearestFitting } from '../core/property-value.js';
import type { Clock } from '../ports/clock.js';
import type { Analog, Pins } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

export interface AnalogInputOptions {
  readonly timer: Timer;
  readonly clock: Clock;
  readonly io: Pins;
  readonly definition: AnalogDefinition;
  /** The property that shows it, in the finest steps where there are several: gives range and step. Absent: the scale alone counts. */
  readonly property: PropertyDefinition | undefined;
  /** `value` is another one. Never called from inside a method. */
  readonly onChanged: () => void;
}

/**
 * A voltage that stands for something: measured every `sampleMs`, scaled, and rounded to its property's step, within its
 * range. The value follows a change of at least `deadBand`, at most every `minIntervalMs`, and then it is the latest.
 */
export class AnalogInput {
  readonly #timer: Timer;
  readonly #clock: Clock;
  readonly #definition: AnalogDefinition;
  readonly #onChanged: () => void;
  readonly #pin: Analog;
  readonly #sampling: TimerHandle;
  readonly #highestReading: number;
  readonly #property: PropertyDefinition | undefined;
  /** The measurement that `value` was made of. */
  #measured: number;
  #value: number;
  #changedMs = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: AnalogInputOptions) {
    const { definition, property } = options;
    this.#timer = options.timer;
    this.#clock = options.clock;
    this.#definition = definition;
    this.#onChanged = options.onChanged;
    this.#property = property;
    this.#pin = new options.io.Analog({ pin: definition.pin });
    this.#highestReading = 2 ** this.#pin.resolution - 1;
    this.#measured = this.#measure();
    this.#value = this.#rounded(this.#measured);
    this.#sampling = options.timer.repeat(this.#onSample, definition.sampleMs);
  }

  /** In the unit of its property. */
  get value(): number {
    return this.#value;
  }

  /** Lets the pin go. May be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer.clear(this.#sampling);
    this.#pin.close();
  }

  readonly #onSample = (): void => {
    const measured = this.#measure();
    if (Math.abs(measured - this.#measured) < this.#definition.deadBand) return;
    const value = this.#rounded(measured);
    if (value === this.#value) return;
    const nowMs = this.#clock.monotonicMs();
    // Too early: what is measured next decides anew.
    if (nowMs - this.#changedMs < this.#definition.minIntervalMs) return;
    this.#measured = measured;
    this.#value = value;
    this.#changedMs = nowMs;
    this.#onChanged();
  };

  #measure(): number {
    const { min, max } = this.#definition.scale;
    return min + ((max - min) * this.#pin.read()) / this.#highestReading;
  }

  #rounded(measured: number): number {
    return this.#property === undefined ? measured : nearestFitting(this.#property, measured);
  }
}
