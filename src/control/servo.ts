import type { ControlCommand } from '../core/control-command.js';
import { Motion, STEP_MS } from '../core/motion.js';
import type { OutputAttribute, PositionName, ServoDefinition } from '../core/product.js';
import type { Pins, Pwm } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';
import type { Output, OutputReading, SettledCallback } from './output.js';
import { flipped, nearestPosition } from './positions.js';
import { Pulse } from './pulse.js';

const SERVO_HZ = 50;
/** Longest that `close` lets a motion run on, ms. */
const CLOSE_LIMIT_MS = 2000;

export interface ServoOptions {
  readonly timer: Timer;
  readonly io: Pins;
  readonly channel: number;
  readonly definition: ServoDefinition;
  /** Last known angle; without one the horn is taken to be at middle. */
  readonly lastValue: number | undefined;
  /** Whether it may be away from its rest for the time of a pulse only (control mode `pulse`). */
  readonly pulseOnly: boolean;
  readonly onSettled: SettledCallback;
}

/**
 * A hobby servo: 50 Hz pulses from `pulseUs.min` (0°) to `pulseUs.max` (180°).
 * It gives no pulses until its first command, moves in eased steps of 20 ms from where it is known to be, and stops the
 * pulses `detachMs` after it arrived, by a duty of 0, which takes effect at the end of a cycle. While a pulse holds it
 * keeps its force. A command to where it already is gives pulses again, so that a horn moved by hand comes back.
 */
export class Servo implements Output {
  readonly #timer: Timer;
  readonly #channel: number;
  readonly #definition: ServoDefinition;
  readonly #onSettled: SettledCallback;
  readonly #motion: Motion;
  readonly #pulse: Pulse;
  readonly #pwm: Pwm;
  readonly #dutyPerUs: number;
  readonly #lowestDuty: number;
  readonly #highestDuty: number;
  #duty = 0;
  #hasPulsed = false;
  /** The next step of a motion, or the report of one that ended where it began. */
  #step: TimerHandle | undefined;
  #detach: TimerHandle | undefined;
  #closing: Promise<void> | undefined;
  #onReleased: (() => void) | undefined;

  constructor(options: ServoOptions) {
    const { definition, lastValue } = options;
    const known = lastValue !== undefined && Number.isFinite(lastValue);
    this.#timer = options.timer;
    this.#channel = options.channel;
    this.#definition = definition;
    this.#onSettled = options.onSettled;
    this.#motion = new Motion(this.#clamp(known ? lastValue : definition.positionsDeg.middle), definition.speedDegPerS);
    this.#pulse = new Pulse(options.timer, definition.pulse, options.pulseOnly, this.#onPulseOver);
    this.#pwm = new options.io.PWM({ pin: definition.pin, hz: SERVO_HZ });
    this.#dutyPerUs = (SERVO_HZ * (2 ** this.#pwm.resolution - 1)) / 1_000_000;
    // Rounding to a coarse duty must not lead past the calibrated ends either.
    this.#lowestDuty = Math.ceil(this.#pulseUs(definition.limitsDeg.min) * this.#dutyPerUs);
    this.#highestDuty = Math.floor(this.#pulseUs(definition.limitsDeg.max) * this.#dutyPerUs);
  }

  get busy(): boolean {
    return this.#step !== undefined || this.#pulse.active;
  }

  apply(command: ControlCommand): void {
    const { positionsDeg, pulse } = this.#definition;
    if (command.kind === 'pulse') {
      this.#pulse.begin(command.durationMs);
      this.#moveTo(positionsDeg[pulse.position]);
      return;
    }
    const angleDeg =
      command.kind === 'angle'
        ? command.angleDeg
        : positionsDeg[command.kind === 'position' ? command.position : this.#flip()];
    this.#pulse.replace(this.#clamp(angleDeg) === this.#clamp(positionsDeg[pulse.rest]));
    this.#moveTo(angleDeg);
  }

  read(attribute: OutputAttribute): OutputReading {
    const angleDeg = Math.round(this.#motion.angleDeg);
    if (attribute === 'angle') return angleDeg;
    if (attribute === 'level') return Math.round(angleDeg / 1.8);
    const position = nearestPosition(angleDeg, this.#definition.positionsDeg);
    return attribute === 'position' ? position : position === 'up';
  }

  restValue(): number {
    if (this.#closing) return this.#motion.angleDeg;
    const { positionsDeg, pulse } = this.#definition;
    return this.#pulse.active ? this.#clamp(positionsDeg[pulse.rest]) : this.#motion.targetDeg;
  }

  /** Stops where it is, without force. */
  toSafe(): void {
    const wasBusy = this.busy;
    this.#pulse.end();
    this.#motion.stop();
    this.#timer.clear(this.#step);
    this.#timer.clear(this.#detach);
    this.#detach = undefined;
    this.#write(0);
    this.#step = wasBusy ? this.#timer.set(this.#onStep, 0) : undefined;
  }

  /**
   * Lets the horn come to rest first, a pulse to its rest position, and detach as always, for at most 2 s; then the
   * pulses stop, and the pin is released a cycle later.
   */
  close(): Promise<void> {
    this.#closing ??= new Promise((resolve) => {
      this.#onReleased = resolve;
      if (this.#pulse.active) {
        this.#pulse.end();
        this.#moveTo(this.#definition.positionsDeg[this.#definition.pulse.rest]);
      }
      if (!this.#hasPulsed) this.#release();
      else if (this.#duty === 0) this.#timer.set(this.#onCycleOver, STEP_MS);
      else this.#timer.set(this.#onCloseLimit, CLOSE_LIMIT_MS);
    });
    return this.#closing;
  }

  /** Where a flip leads from where the last command led: a flip in the middle of a motion turns it round. */
  #flip(): PositionName {
    return flipped(nearestPosition(this.#motion.targetDeg, this.#definition.positionsDeg));
  }

  #moveTo(angleDeg: number): void {
    const motion = this.#motion;
    const wasMoving = motion.moving;
    motion.retarget(this.#clamp(angleDeg));
    this.#timer.clear(this.#detach);
    this.#detach = undefined;
    if (wasMoving) return;
    this.#writeAngle();
    this.#timer.clear(this.#step);
    this.#step = this.#timer.set(this.#onStep, motion.moving ? STEP_MS : 0);
  }

  // One timer a step, not a repeating one: after a stall, missed beats must not be made up for at a higher speed.
  readonly #onStep = (): void => {
    const motion = this.#motion;
    if (motion.moving) {
      motion.step();
      this.#writeAngle();
      if (motion.moving) {
        this.#step = this.#timer.set(this.#onStep, STEP_MS);
        return;
      }
    }
    this.#step = undefined;
    if (this.#pulse.active) this.#pulse.arrived();
    else if (this.#duty !== 0) this.#detach = this.#timer.set(this.#onDetach, this.#definition.detachMs);
    if (!this.#closing) this.#onSettled(this.#channel, Math.round(motion.angleDeg));
  };

  readonly #onDetach = (): void => {
    this.#detach = undefined;
    this.#write(0);
    if (this.#closing) this.#timer.set(this.#onCycleOver, STEP_MS);
  };

  readonly #onPulseOver = (): void => {
    this.#moveTo(this.#definition.positionsDeg[this.#definition.pulse.rest]);
  };

  readonly #onCloseLimit = (): void => {
    if (!this.#onReleased || this.#duty === 0) return;
    this.#motion.stop();
    this.#timer.clear(this.#step);
    this.#step = undefined;
    this.#timer.clear(this.#detach);
    this.#onDetach();
  };

  readonly #onCycleOver = (): void => this.#release();

  #release(): void {
    this.#pwm.close();
    this.#onReleased?.();
    this.#onReleased = undefined;
  }

  #clamp(angleDeg: number): number {
    const { min, max } = this.#definition.limitsDeg;
    return Math.min(max, Math.max(min, angleDeg));
  }

  #pulseUs(angleDeg: number): number {
    const { min, max } = this.#definition.pulseUs;
    return min + ((max - min) * angleDeg) / 180;
  }

  #writeAngle(): void {
    const duty = Math.round(this.#pulseUs(this.#motion.angleDeg) * this.#dutyPerUs);
    this.#write(Math.min(this.#highestDuty, Math.max(this.#lowestDuty, duty)));
  }

  #write(duty: number): void {
    if (duty === this.#duty) return;
    this.#duty = duty;
    this.#hasPulsed = true;
    this.#pwm.write(duty);
  }
}
