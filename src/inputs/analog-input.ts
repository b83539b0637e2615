import type { AnalogDefinition, PropertyDefinition } from '../core/product.js';
import type { Clock } from '../ports/clock.js';
import type { Analog, Pins } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

/** More decimals than this are no measurement any more. */
const MAX_DECIMALS = 6;
/** What decimals miss in binary. */
const ALMOST = 1e-9;

export interface AnalogInputOptions {
  readonly timer: Timer;
  readonly clock: Clock;
  readonly io: Pins;
  readonly definition: AnalogDefinition;
  /** The property that shows it: gives range and step. Absent: the scale alone counts. */
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
  readonly #min: number;
  readonly #max: number;
  /** 0: no rounding. */
  readonly #step: number;
  /** Whole steps in the range. */
  readonly #lastStep: number;
  /** A power of ten that makes a step whole: what is rounded reads like a decimal. */
  readonly #decimals: number;
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
    const { min, max } = definition.scale;
    this.#min = property?.min ?? Math.min(min, max);
    this.#max = property?.max ?? Math.max(min, max);
    this.#step = property?.step ?? 0;
    this.#lastStep = Math.floor((this.#max - this.#min) / this.#step + ALMOST);
    this.#decimals = decimalsOf(this.#min, this.#step);
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
    const min = this.#min;
    const max = this.#max;
    const value = measured < min ? min : measured > max ? max : measured;
    const step = this.#step;
    if (step === 0) return value;
    let steps = Math.round((value - min) / step);
    // Where the range is no whole number of steps, the last one lies below its end.
    if (steps > this.#lastStep) steps = this.#lastStep;
    return Math.round((min + steps * step) * this.#decimals) / this.#decimals;
  }
}

/** The least power of ten that makes both whole, to 10^6. */
function decimalsOf(min: number, step: number): number {
  let power = 1;
  for (let decimals = 0; decimals < MAX_DECIMALS; decimals++) {
    if (isNearlyWhole(min * power) && isNearlyWhole(step * power)) break;
    power *= 10;
  }
  return power;
}

function isNearlyWhole(value: number): boolean {
  return Math.abs(value - Math.round(value)) < ALMOST;
}
