/** Time between two steps of a motion, ms: one cycle of a servo's 50 Hz. */
export const STEP_MS = 20;

/** Steps in which a motion reaches its top speed. */
const RAMP_STEPS = 6;
/** Steps over which the ramps are averaged (a power of two). */
const SMOOTH_STEPS = 4;

/**
 * An eased motion of one axis, in steps of 20 ms: a trapezoid of speed, averaged over four steps into an S-curve.
 * Whenever and wherever it is retargeted, position and speed stay continuous, no step is longer than the speed limit
 * allows, and no position lies outside the span of the start and the targets given (it brakes before the old target, and
 * an average lies between what it averages). It knows no time: the owner calls `step` every 20 ms while `moving`.
 */
export class Motion {
  readonly #topSpeed: number;
  readonly #acceleration: number;
  /** The last positions of the trapezoid. */
  readonly #path: number[];
  #next = 0;
  /** Steps for which the trapezoid has been at the target. */
  #still = SMOOTH_STEPS;
  /** Where the trapezoid is, and its degrees a step. */
  #aheadDeg: number;
  #speed = 0;
  #angleDeg: number;
  #targetDeg: number;

  /** At rest at `angleDeg`; never faster than `speedDegPerS`, which is above 0. */
  constructor(angleDeg: number, speedDegPerS: number) {
    this.#topSpeed = (speedDegPerS * STEP_MS) / 1000;
    this.#acceleration = this.#topSpeed / RAMP_STEPS;
    this.#path = [angleDeg, angleDeg, angleDeg, angleDeg];
    this.#aheadDeg = angleDeg;
    this.#angleDeg = angleDeg;
    this.#targetDeg = angleDeg;
  }

  get angleDeg(): number {
    return this.#angleDeg;
  }

  get targetDeg(): number {
    return this.#targetDeg;
  }

  get moving(): boolean {
    return this.#still < SMOOTH_STEPS;
  }

  /** Heads for `targetDeg` from where it is, at the speed it has. */
  retarget(targetDeg: number): void {
    if (targetDeg === this.#targetDeg) return;
    this.#targetDeg = targetDeg;
    this.#still = 0;
  }

  /** Stays where it is, at once. */
  stop(): void {
    const angleDeg = this.#angleDeg;
    const path = this.#path;
    for (let index = 0; index < SMOOTH_STEPS; index++) path[index] = angleDeg;
    this.#aheadDeg = angleDeg;
    this.#targetDeg = angleDeg;
    this.#speed = 0;
    this.#still = SMOOTH_STEPS;
  }

  /** Moves on by 20 ms. */
  step(): void {
    if (this.#still >= SMOOTH_STEPS) return;
    if (this.#still > 0) {
      this.#speed = 0;
      this.#still++;
    } else this.#stepAhead();
    const path = this.#path;
    path[this.#next] = this.#aheadDeg;
    this.#next = (this.#next + 1) % SMOOTH_STEPS;
    if (this.#still >= SMOOTH_STEPS) {
      this.#angleDeg = this.#targetDeg;
      return;
    }
    let sum = 0;
    for (let index = 0; index < SMOOTH_STEPS; index++) sum += path[index] as number;
    this.#angleDeg = sum / SMOOTH_STEPS;
  }

  #stepAhead(): void {
    const distance = this.#targetDeg - this.#aheadDeg;
    const a = this.#acceleration;
    const length = distance < 0 ? -distance : distance;
    // The highest speed from which, after this step, braking by `a` a step still ends before the target.
    let wanted = Math.sqrt(a * a + 2 * a * length) - a;
    if (wanted > this.#topSpeed) wanted = this.#topSpeed;
    if (distance < 0) wanted = -wanted;
    let speed = this.#speed;
    if (wanted > speed + a) speed += a;
    else if (wanted < speed - a) speed -= a;
    else speed = wanted;
    const change = distance - this.#speed;
    if (length <= a / 2 && change <= a && change >= -a) {
      this.#aheadDeg = this.#targetDeg;
      this.#speed = distance;
      this.#still = 1;
      return;
    }
    this.#aheadDeg += speed;
    this.#speed = speed;
  }
}
