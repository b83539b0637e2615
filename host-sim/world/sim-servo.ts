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
  /** What its motor makes of the inertia of horn and gears (default 10,000: full speed after 50 ms). */
  readonly accelerationDegPerS2?: number;
}

/** Current of a small servo, mA: without pulses, at rest on its place, at full speed, and with all its force. */
const IDLE_MA = 6;
const HOLD_MA = 10;
const RUN_MA = 150;
const STALL_MA = 750;

/** Off its place by less than this it takes no notice, degrees. */
const DEAD_BAND_DEG = 0.5;
/** Without pulses the gears bring the horn to rest this much sooner than the motor could. */
const GEAR_FRICTION = 5;
const STOPS_DEG = { min: 0, max: 180 };

/**
 * A hobby servo as a thing: while it gets pulses, the horn turns towards their angle as fast as the motor can accelerate and
 * brake it; without pulses it comes to rest where it is. What is in its way stops it, and it draws the current for that.
 * Worked out when asked for, millisecond by millisecond; it needs no timer.
 */
export class SimServo {
  readonly #clock: Clock;
  readonly #minUs: number;
  readonly #maxUs: number;
  /** In degrees and milliseconds, as all that follows. */
  readonly #topSpeed: number;
  readonly #acceleration: number;
  #angleDeg: number;
  #speed = 0;
  #targetDeg: number | undefined;
  #obstacle = STOPS_DEG;
  #atMs: number;

  constructor(options: SimServoOptions) {
    this.#clock = options.clock;
    this.#minUs = options.pulseUs?.min ?? 500;
    this.#maxUs = options.pulseUs?.max ?? 2400;
    this.#topSpeed = (options.speedDegPerS ?? 500) / 1_000;
    this.#acceleration = (options.accelerationDegPerS2 ?? 10_000) / 1_000_000;
    this.#angleDeg = between(STOPS_DEG, options.startDeg ?? 90);
    this.#atMs = options.clock.monotonicMs();
  }

  /** Where the horn is now, degrees. */
  get angleDeg(): number {
    this.#turn();
    return this.#angleDeg;
  }

  /** How fast it turns now, degrees a second; negative towards 0°. */
  get speedDegPerS(): number {
    this.#turn();
    return this.#speed * 1_000;
  }

  /** Whether it gets pulses and holds its place by force. */
  get attached(): boolean {
    return this.#targetDeg !== undefined;
  }

  /** Whether something other than its own stops is in its horn's way. */
  get blocked(): boolean {
    return this.#obstacle !== STOPS_DEG;
  }

  /** Whether it pushes with all its force against what is in its way, its own stops included; a motor does not bear that for long. */
  get stalled(): boolean {
    this.#turn();
    return this.#pushes();
  }

  /** Current that it draws now, mA: the more, the slower it turns while it wants to turn. */
  get currentMa(): number {
    this.#turn();
    if (this.#targetDeg === undefined) return IDLE_MA;
    if (this.#speed === 0 && !this.#pushes()) return HOLD_MA;
    return STALL_MA - (STALL_MA - RUN_MA) * Math.min(1, Math.abs(this.#speed) / this.#topSpeed);
  }

  /** Pulses of this width from now on; 0: none. A width beyond its ends turns it against its stop. */
  drive(pulseUs: number): void {
    this.#turn();
    this.#targetDeg = pulseUs <= 0 ? undefined : ((pulseUs - this.#minUs) * 180) / (this.#maxUs - this.#minUs);
  }

  /** A hand turns the horn; against the force of an attached servo it does not stay. */
  turnByHand(angleDeg: number): void {
    this.#turn();
    this.#speed = 0;
    this.#angleDeg = between(this.#obstacle, angleDeg);
  }

  /** Something is in the horn's way on one or both sides of where it is, until `unblock`. */
  block(limits: { readonly minDeg?: number; readonly maxDeg?: number }): void {
    this.#turn();
    this.#obstacle = {
      min: Math.min(this.#angleDeg, between(STOPS_DEG, limits.minDeg ?? 0)),
      max: Math.max(this.#angleDeg, between(STOPS_DEG, limits.maxDeg ?? 180)),
    };
  }

  unblock(): void {
    this.#turn();
    this.#obstacle = STOPS_DEG;
  }

  /** Wires its signal to a pin; the result takes the wire off. */
  connect(source: PulseSource, pin: number): () => void {
    this.drive(source.pulseUs(pin));
    return source.onChange((changed) => {
      if (changed === pin) this.drive(source.pulseUs(pin));
    });
  }

  #pushes(): boolean {
    if (this.#targetDeg === undefined || this.#speed !== 0) return false;
    const { min, max } = this.#obstacle;
    return (
      (this.#angleDeg >= max && this.#targetDeg > max + DEAD_BAND_DEG) ||
      (this.#angleDeg <= min && this.#targetDeg < min - DEAD_BAND_DEG)
    );
  }

  #turn(): void {
    const nowMs = this.#clock.monotonicMs();
    for (; nowMs - this.#atMs >= 1; this.#atMs++) {
      const before = this.#angleDeg;
      this.#step();
      // At rest it stays at rest until something happens, and then the time up to that is worked out first.
      if (this.#speed === 0 && this.#angleDeg === before) this.#atMs = Math.floor(nowMs) - 1;
    }
  }

  /** One millisecond. */
  #step(): void {
    const change = this.#wanted() - this.#speed;
    const most = this.#targetDeg === undefined ? this.#acceleration * GEAR_FRICTION : this.#acceleration;
    this.#speed += Math.abs(change) <= most ? change : Math.sign(change) * most;
    const next = this.#angleDeg + this.#speed;
    this.#angleDeg = between(this.#obstacle, next);
    if (this.#angleDeg !== next) this.#speed = 0;
    if (this.#targetDeg === undefined) return;
    const off = Math.abs(this.#targetDeg - this.#angleDeg);
    if (off > 2 * this.#acceleration || Math.abs(this.#speed) > 2 * this.#acceleration) return;
    this.#angleDeg = between(this.#obstacle, this.#targetDeg);
    this.#speed = 0;
  }

  /** The speed from which it can still brake at its target. */
  #wanted(): number {
    if (this.#targetDeg === undefined) return 0;
    const distance = this.#targetDeg - this.#angleDeg;
    const half = this.#acceleration / 2;
    const brakes = Math.sqrt(half * half + 2 * this.#acceleration * Math.abs(distance)) - half;
    return Math.sign(distance) * Math.min(this.#topSpeed, brakes);
  }
}

function between({ min, max }: { readonly min: number; readonly max: number }, angleDeg: number): number {
  return Math.min(max, Math.max(min, angleDeg));
}
