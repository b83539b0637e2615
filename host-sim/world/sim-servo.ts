import type { Clock } from '../../src/ports/clock.js';

/** Where a servo's signal comes from: a bank of pins. */
export interface PulseSource {
  /** Width of the pulses on a pin, µs; 0 when there are none. */
  pulseUs(pin: number): number;
  onChange(listener: (pin: number) => void): () => void;
}

export interface SimServoOptions {
  readonly clock: Clock;
  /** Pulse widths that it takes for 0° and for 180°, µs (default 500 and 2400). */
  readonly pulseUs?: { readonly min: number; readonly max: number };
  /** Where the horn is at first, degrees (default 90). */
  readonly startDeg?: number;
  /** Its own highest speed (default 500: 60° in 0.12 s). */
  readonly speedDegPerS?: number;
}

/**
 * A hobby servo as a thing: while it gets pulses, the horn turns towards their angle at the servo's own speed; without
 * pulses it stays where it is. Its angle is worked out when asked for; it needs no timer.
 */
export class SimServo {
  readonly #clock: Clock;
  readonly #minUs: number;
  readonly #maxUs: number;
  readonly #speedDegPerMs: number;
  #angleDeg: number;
  #targetDeg: number | undefined;
  #atMs: number;

  constructor(options: SimServoOptions) {
    this.#clock = options.clock;
    this.#minUs = options.pulseUs?.min ?? 500;
    this.#maxUs = options.pulseUs?.max ?? 2400;
    this.#speedDegPerMs = (options.speedDegPerS ?? 500) / 1000;
    this.#angleDeg = withinStops(options.startDeg ?? 90);
    this.#atMs = options.clock.monotonicMs();
  }

  /** Where the horn is now, degrees. */
  get angleDeg(): number {
    this.#turn();
    return this.#angleDeg;
  }

  /** Whether it gets pulses and holds its place by force. */
  get attached(): boolean {
    return this.#targetDeg !== undefined;
  }

  /** Pulses of this width from now on; 0: none. A width beyond its ends turns it against its stop. */
  drive(pulseUs: number): void {
    this.#turn();
    if (pulseUs <= 0) {
      this.#targetDeg = undefined;
      return;
    }
    const deg = ((pulseUs - this.#minUs) * 180) / (this.#maxUs - this.#minUs);
    this.#targetDeg = withinStops(deg);
  }

  /** A hand turns the horn; against the force of an attached servo it does not stay. */
  turnByHand(angleDeg: number): void {
    this.#turn();
    this.#angleDeg = withinStops(angleDeg);
  }

  /** Wires its signal to a pin; the result takes the wire off. */
  connect(source: PulseSource, pin: number): () => void {
    this.drive(source.pulseUs(pin));
    return source.onChange((changed) => {
      if (changed === pin) this.drive(source.pulseUs(pin));
    });
  }

  #turn(): void {
    const nowMs = this.#clock.monotonicMs();
    const elapsedMs = nowMs - this.#atMs;
    this.#atMs = nowMs;
    if (this.#targetDeg === undefined) return;
    const distance = this.#targetDeg - this.#angleDeg;
    const reach = elapsedMs * this.#speedDegPerMs;
    this.#angleDeg = Math.abs(distance) <= reach ? this.#targetDeg : this.#angleDeg + Math.sign(distance) * reach;
  }
}

function withinStops(angleDeg: number): number {
  return Math.min(180, Math.max(0, angleDeg));
}
