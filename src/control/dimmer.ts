import type { ControlCommand } from '../core/control-command.js';
import { dutyOf } from '../core/duty.js';
import { STEP_MS } from '../core/motion.js';
import type { DimmerDefinition, OutputAttribute, PositionName } from '../core/product.js';
import type { Pins, Pwm } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';
import type { Output, OutputReading, SettledCallback } from './output.js';
import { flipped, nearestPosition } from './positions.js';
import { Pulse } from './pulse.js';

const FULL = 100;
/** Percent of a degree of the legacy angle: 180 is full. */
const DEGREES_PER_PERCENT = 1.8;
/** Levels of the named positions. */
const LEVELS: Readonly<Record<PositionName, number>> = Object.freeze({ up: FULL, middle: 50, down: 0 });

export interface DimmerOptions {
  readonly timer: Timer;
  readonly io: Pins;
  readonly channel: number;
  readonly definition: DimmerDefinition;
  /** Its level from the first instant, percent (see `startLevel`). */
  readonly level: number;
  /** Whether it may be away from its rest for the time of a pulse only (control mode `pulse`). */
  readonly pulseOnly: boolean;
  readonly onSettled: SettledCallback;
}

/**
 * A lamp by PWM. Its level is a whole percent of what the eye sees, 0 (dark) or `minLevel` to 100; the duty is
 * (level / 100) ^ gamma. It fades at `fadeMs` for the whole range in steps of 20 ms, from where it is to the latest target.
 */
export class Dimmer implements Output {
  readonly #timer: Timer;
  readonly #channel: number;
  readonly #definition: DimmerDefinition;
  readonly #onSettled: SettledCallback;
  readonly #pulse: Pulse;
  readonly #pwm: Pwm;
  readonly #fullDuty: number;
  /** Percent of one step of a fade; 100 and more: at once. */
  readonly #levelStep: number;
  /** Where it is; in a fade also between two percents. */
  #level: number;
  #target: number;
  /** What the pin gives out. */
  #pinDuty: number;
  #fade: TimerHandle | undefined;
  #report: TimerHandle | undefined;
  #closed = false;

  constructor(options: DimmerOptions) {
    const { definition } = options;
    this.#timer = options.timer;
    this.#channel = options.channel;
    this.#definition = definition;
    this.#onSettled = options.onSettled;
    this.#pulse = new Pulse(options.timer, definition.pulse, options.pulseOnly, this.#onPulseOver);
    this.#levelStep = definition.fadeMs > 0 ? (FULL * STEP_MS) / definition.fadeMs : FULL;
    this.#level = this.#target = wholeLevel(definition, options.level);
    const initialDuty = highShare(definition, this.#level);
    this.#pwm = new options.io.PWM({ pin: definition.pin, hz: definition.hz, initialDuty, keepsDuty: true });
    this.#fullDuty = 2 ** this.#pwm.resolution - 1;
    this.#pinDuty = dutyOf(initialDuty, this.#fullDuty);
  }

  get busy(): boolean {
    return this.#fade !== undefined || this.#report !== undefined || this.#pulse.active;
  }

  apply(command: ControlCommand): void {
    const { pulse } = this.#definition;
    if (command.kind === 'pulse') {
      this.#pulse.begin(command.durationMs);
      this.#fadeTo(LEVELS[pulse.position]);
      return;
    }
    const level = wholeLevel(this.#definition, this.#wanted(command));
    this.#pulse.replace(level === LEVELS[pulse.rest]);
    this.#fadeTo(level);
  }

  read(attribute: OutputAttribute): OutputReading {
    switch (attribute) {
      case 'level':
        return Math.round(this.#level);
      case 'on':
        return this.#level > 0;
      case 'angle':
        return Math.round(this.#level * DEGREES_PER_PERCENT);
      case 'position':
        return nearestPosition(this.#level, LEVELS);
    }
  }

  restValue(): number {
    return this.#pulse.active ? LEVELS[this.#definition.pulse.rest] : this.#target;
  }

  /** Dark, without a fade. */
  toSafe(): void {
    const tells = this.busy || this.#level > 0;
    this.#end(0);
    if (tells) this.#settle();
  }

  /** Stays as it is; a fade ends at its target and a pulse at its rest, at once: nobody will be there to end them later. */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#closed = true;
    this.#end(this.restValue());
    this.#pwm.close();
    return Promise.resolve();
  }

  #wanted(command: Exclude<ControlCommand, { readonly kind: 'pulse' }>): number {
    switch (command.kind) {
      case 'level':
        return command.level;
      case 'angle':
        return command.angleDeg / DEGREES_PER_PERCENT;
      case 'position':
        return LEVELS[command.position];
      case 'flip':
        // From where the last command led: a flip in the middle of a fade turns it round.
        return LEVELS[flipped(nearestPosition(this.#target, LEVELS))];
    }
  }

  #fadeTo(level: number): void {
    this.#target = level;
    if (this.#fade !== undefined) return;
    if (level === this.#level || this.#levelStep >= FULL) {
      this.#level = level;
      this.#write();
      this.#pulse.arrived();
      this.#settle();
    } else this.#fade = this.#timer.repeat(this.#onStep, STEP_MS);
  }

  readonly #onStep = (): void => {
    const target = this.#target;
    const { minLevel } = this.#definition;
    let level = this.#level;
    if (level < target) {
      level += this.#levelStep;
      if (level < minLevel) level = minLevel;
      if (level > target) level = target;
    } else {
      level -= this.#levelStep;
      // Below the lowest level there is only the dark: a target above it has stopped the fade before.
      if (level < minLevel) level = 0;
      if (level < target) level = target;
    }
    this.#level = level;
    this.#write();
    if (level !== target) return;
    this.#stopFade();
    this.#pulse.arrived();
    this.#clearReport();
    this.#onSettled(this.#channel, level);
  };

  readonly #onPulseOver = (): void => this.#fadeTo(LEVELS[this.#definition.pulse.rest]);

  readonly #onReport = (): void => {
    this.#report = undefined;
    // A fade that has begun since then reports its own end.
    if (this.#fade === undefined) this.#onSettled(this.#channel, this.#level);
  };

  /** At `level`, at once, and nothing goes on. */
  #end(level: number): void {
    this.#pulse.end();
    this.#stopFade();
    this.#clearReport();
    this.#level = this.#target = level;
    this.#write();
  }

  #settle(): void {
    if (this.#report === undefined) this.#report = this.#timer.set(this.#onReport, 0);
  }

  #stopFade(): void {
    this.#timer.clear(this.#fade);
    this.#fade = undefined;
  }

  #clearReport(): void {
    this.#timer.clear(this.#report);
    this.#report = undefined;
  }

  #write(): void {
    const duty = dutyOf(highShare(this.#definition, this.#level), this.#fullDuty);
    if (duty === this.#pinDuty) return;
    this.#pinDuty = duty;
    this.#pwm.write(duty);
  }
}

/** Share of the time that the pin is high at a level, 0 to 1. */
function highShare(definition: DimmerDefinition, level: number): number {
  const lit = (level / FULL) ** definition.gamma;
  return definition.activeLevel === 1 ? lit : 1 - lit;
}

/**
 * A lamp's level at boot, percent: what its power-on rule says, or after a wanted restart (`keepState`) what it was.
 * `on` is the last level, and full where that was dark or is not known.
 */
export function startLevel(definition: DimmerDefinition, last: number | undefined, keepState: boolean): number {
  const known = last !== undefined && last >= 0 && last <= FULL;
  if (keepState && known) return last;
  switch (definition.powerOn) {
    case 'off':
      return 0;
    case 'on':
      return known && last > 0 ? last : FULL;
    case 'last':
      return known ? last : 0;
  }
}

/** The level that a lamp takes for a wanted one, 0 to 100: a whole percent, and what is on is at least at `minLevel`. */
function wholeLevel({ minLevel }: DimmerDefinition, level: number): number {
  if (!(level > 0)) return 0;
  const whole = Math.round(level);
  if (whole < minLevel) return minLevel;
  return whole < 1 ? 1 : whole;
}
