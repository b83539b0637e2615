import type { Clock } from '../../src/ports/clock.js';

/** Where a lamp's current comes from: a bank of pins. */
export interface DutySource {
  /** Share of the time that a pin is high, 0 to 1; `undefined` while nothing drives it. */
  highShare(pin: number): number | undefined;
  onChange(listener: (pin: number) => void): () => void;
}

export interface SimLampOptions {
  readonly clock: Clock;
  /** Level of the pin that lights it (default 1). */
  readonly activeLevel?: 0 | 1;
  /** How fast its light follows its current: in this time by 63 % of what is left (default 20), ms. */
  readonly afterglowMs?: number;
  /** Exponent from what the eye sees to the light (default 2.2). */
  readonly eyeGamma?: number;
}

/** A lamp as a thing: it gives light in proportion to its duty, a little later. Worked out when asked for; it needs no timer. */
export class SimLamp {
  readonly #clock: Clock;
  readonly #activeLevel: 0 | 1;
  readonly #afterglowMs: number;
  readonly #eyeGamma: number;
  #power = 0;
  #light = 0;
  #atMs: number;

  constructor(options: SimLampOptions) {
    this.#clock = options.clock;
    this.#activeLevel = options.activeLevel ?? 1;
    this.#afterglowMs = options.afterglowMs ?? 20;
    this.#eyeGamma = options.eyeGamma ?? 2.2;
    this.#atMs = options.clock.monotonicMs();
  }

  /** Share of its full current that it gets, 0 to 1. */
  get power(): number {
    return this.#power;
  }

  /** Share of its full light, 0 to 1. */
  get brightness(): number {
    this.#glow();
    return this.#light;
  }

  /** How bright it looks, percent: the eye tells small differences in the dark. */
  get perceivedLevel(): number {
    return 100 * this.brightness ** (1 / this.#eyeGamma);
  }

  /** It gets this share of its full current from now on. */
  drive(power: number): void {
    this.#glow();
    this.#power = Math.min(1, Math.max(0, power));
  }

  /** Wires it to a pin, dark while nothing drives that; the result takes the wire off. */
  connect(source: DutySource, pin: number): () => void {
    const follow = (): void => {
      const high = source.highShare(pin);
      this.drive(high === undefined ? 0 : this.#activeLevel === 1 ? high : 1 - high);
    };
    follow();
    return source.onChange((changed) => {
      if (changed === pin) follow();
    });
  }

  #glow(): void {
    const nowMs = this.#clock.monotonicMs();
    const elapsedMs = nowMs - this.#atMs;
    this.#atMs = nowMs;
    const left = this.#afterglowMs > 0 ? Math.exp(-elapsedMs / this.#afterglowMs) : elapsedMs > 0 ? 0 : 1;
    this.#light = this.#power + (this.#light - this.#power) * left;
  }
}
