import type { Clock } from '../../src/ports/clock.js';
import type { Random } from '../../src/ports/random.js';

/** The pin that a source is wired to: of a bank of pins. */
export interface AnalogTarget {
  /** Gives a voltage to a pin, 0 to 1 of the converter's range; `undefined`: nothing connected. */
  setAnalog(pin: number, level: (() => number) | undefined): void;
}

export interface SimSourceOptions {
  readonly clock: Clock;
  /** Seeds its noise; asked once. */
  readonly random: Random;
  /** Voltage at first, 0 to 1 of the converter's range (default 0.5). */
  readonly level?: number;
  /** Standard deviation of the noise on it, in the same measure (default 0.001: 4 steps of 12 bits). */
  readonly noise?: number;
}

/** Four random bytes: their mean, and the standard deviation of their sum. */
const BYTES_MEAN = 4 * 127.5;
const BYTES_DEVIATION = Math.sqrt((4 * (256 ** 2 - 1)) / 12);

/**
 * A voltage as a thing: it stays or goes evenly to another, and there is noise on it. Worked out when asked for; within one
 * millisecond it is the same however often that is, so that who looks does not change what others see.
 */
export class SimSource {
  readonly #clock: Clock;
  readonly #seed: number;
  #noise: number;
  #fromLevel: number;
  #toLevel: number;
  #fromMs: number;
  #overMs = 0;

  constructor(options: SimSourceOptions) {
    this.#clock = options.clock;
    this.#seed = options.random.uint32();
    this.#noise = options.noise ?? 0.001;
    this.#fromLevel = this.#toLevel = within(options.level ?? 0.5);
    this.#fromMs = options.clock.monotonicMs();
  }

  /** The voltage without its noise, 0 to 1. */
  get level(): number {
    const elapsedMs = this.#clock.monotonicMs() - this.#fromMs;
    if (elapsedMs >= this.#overMs) return this.#toLevel;
    return this.#fromLevel + ((this.#toLevel - this.#fromLevel) * elapsedMs) / this.#overMs;
  }

  /** The voltage as it is measured now, 0 to 1. */
  get measured(): number {
    const value = hash((this.#seed + Math.floor(this.#clock.monotonicMs())) >>> 0);
    const sum = (value & 0xff) + ((value >>> 8) & 0xff) + ((value >>> 16) & 0xff) + (value >>> 24);
    return within(this.level + (this.#noise * (sum - BYTES_MEAN)) / BYTES_DEVIATION);
  }

  /** Another voltage from now on, or, over some time, a slope towards it. */
  set(level: number, overMs = 0): void {
    this.#fromLevel = this.level;
    this.#toLevel = within(level);
    this.#fromMs = this.#clock.monotonicMs();
    this.#overMs = overMs;
  }

  /** Standard deviation of the noise from now on. */
  setNoise(noise: number): void {
    this.#noise = noise;
  }

  /** Wires it to a pin; the result takes the wire off. */
  connect(target: AnalogTarget, pin: number): () => void {
    target.setAnalog(pin, () => this.measured);
    return () => target.setAnalog(pin, undefined);
  }
}

function within(level: number): number {
  return Math.min(1, Math.max(0, level));
}

/** 32 bits that look random, the same for the same number (the finish of MurmurHash3). */
function hash(number: number): number {
  let value = number;
  value = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2_ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
