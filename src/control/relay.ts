import type { ControlCommand } from '../core/control-command.js';
import type { OutputAttribute, RelayDefinition } from '../core/product.js';
import type { Clock } from '../ports/clock.js';
import type { Digital, Pins } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';
import type { Interlock, InterlockMember } from './interlock.js';
import type { Output, OutputReading, SettledCallback } from './output.js';
import { Pulse } from './pulse.js';

export interface RelayOptions {
  readonly timer: Timer;
  readonly clock: Clock;
  readonly io: Pins;
  readonly channel: number;
  readonly definition: RelayDefinition;
  /** What the contact is from its first instant. */
  readonly isOn: boolean;
  /** What it is to become as soon as minimum times and interlocks let it (see `start`). */
  readonly wanted: boolean;
  /** Whether it may be away from its rest for the time of a pulse only (control mode `pulse`). */
  readonly pulseOnly: boolean;
  readonly onSettled: SettledCallback;
}

/**
 * A relay: on (`up`) and off (`down`), never shorter than its minimum times, never on against an interlock.
 * A command that has to wait is held back, and only the latest waits. Minimum times and dead times run on from power-on,
 * because what was before it is not known.
 */
export class Relay implements Output, InterlockMember {
  readonly #timer: Timer;
  readonly #clock: Clock;
  readonly #channel: number;
  readonly #definition: RelayDefinition;
  readonly #onSettled: SettledCallback;
  readonly #pulse: Pulse;
  readonly #pin: Digital;
  readonly #interlocks: Interlock[] = [];
  #isOn: boolean;
  #wanted: boolean;
  #sinceMs: number;
  #held: TimerHandle | undefined;
  #report: TimerHandle | undefined;
  #closed = false;

  constructor(options: RelayOptions) {
    const { definition, isOn } = options;
    this.#timer = options.timer;
    this.#clock = options.clock;
    this.#channel = options.channel;
    this.#definition = definition;
    this.#onSettled = options.onSettled;
    this.#pulse = new Pulse(options.timer, definition.pulse, options.pulseOnly, this.#onPulseOver);
    this.#isOn = isOn;
    this.#wanted = options.wanted;
    this.#sinceMs = options.clock.monotonicMs();
    const { Digital } = options.io;
    this.#pin = new Digital({ pin: definition.pin, mode: Digital.Output, initialValue: this.#level(isOn) });
  }

  /** Makes it a member of an interlock; before `start`. */
  join(interlock: Interlock): void {
    this.#interlocks.push(interlock);
  }

  /** Begins to wait for what the power-on rule wants, where that could not be from the first instant. */
  start(): void {
    this.reconsider();
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  get busy(): boolean {
    return this.#wanted !== this.#isOn || this.#report !== undefined || this.#pulse.active;
  }

  apply(command: ControlCommand): void {
    if (command.kind === 'pulse') {
      this.#pulse.begin(command.durationMs);
      this.#aim(this.#definition.pulse.position === 'up');
      return;
    }
    const on = command.kind === 'position' ? command.position === 'up' : !this.#wanted;
    this.#pulse.replace(on === (this.#definition.pulse.rest === 'up'));
    this.#aim(on);
  }

  read(attribute: OutputAttribute): OutputReading {
    if (attribute === 'on') return this.#isOn;
    if (attribute === 'position') return this.#isOn ? 'up' : 'down';
    if (attribute === 'level') return this.#isOn ? 100 : 0;
    return this.#isOn ? 180 : 0;
  }

  restValue(): number {
    if (this.#closed) return this.#isOn ? 1 : 0;
    // Also while one waits for the other to go off: of a pair only one is ever wanted, and a pulse of either rests off.
    return (this.#pulse.active ? this.#definition.pulse.rest === 'up' : this.#wanted) ? 1 : 0;
  }

  /** Off, whatever the minimum time on. */
  toSafe(): void {
    const wasBusy = this.busy;
    this.#pulse.end();
    this.#wanted = false;
    this.#clearHeld();
    if (this.#isOn) this.#switch();
    else if (wasBusy) this.#settle();
  }

  /**
   * Keeps its level, except that a pulse that runs, and a command to go off that was held back, end here: nobody will be
   * there to end them later. A held-back command to go on is dropped.
   */
  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const goesOff = this.#pulse.active ? this.#definition.pulse.rest === 'down' : !this.#wanted;
    const goesOn = this.#pulse.active && !goesOff && this.#interlocks.length === 0;
    this.#closed = true;
    this.#pulse.end();
    this.#clearHeld();
    this.#timer.clear(this.#report);
    this.#report = undefined;
    if (this.#isOn ? goesOff : goesOn) {
      this.#isOn = !this.#isOn;
      this.#pin.write(this.#level(this.#isOn));
    }
    this.#wanted = this.#isOn;
    this.#pin.close();
    return Promise.resolve();
  }

  giveWay(): void {
    if (this.#closed || (!this.#wanted && !this.#isOn && !this.#pulse.active)) return;
    this.#pulse.end();
    this.#wanted = false;
    this.#proceed();
  }

  reconsider(): void {
    if (!this.#closed && this.#wanted !== this.#isOn) this.#proceed();
  }

  /** Does what is wanted, now or as soon as it may. */
  #proceed(): void {
    this.#clearHeld();
    if (this.#wanted === this.#isOn) {
      this.#arrived();
      return;
    }
    const waitMs = this.#waitMs();
    if (waitMs <= 0) this.#switch();
    else if (waitMs !== Number.POSITIVE_INFINITY) this.#held = this.#timer.set(this.#onHeld, waitMs);
  }

  #aim(on: boolean): void {
    this.#wanted = on;
    if (on) for (let index = 0; index < this.#interlocks.length; index++) this.#interlocks[index]?.claim(this);
    this.#proceed();
  }

  #waitMs(): number {
    const { minOnMs, minOffMs } = this.#definition;
    const nowMs = this.#clock.monotonicMs();
    let waitMs = this.#sinceMs + (this.#isOn ? minOnMs : minOffMs) - nowMs;
    if (!this.#wanted) return waitMs;
    for (let index = 0; index < this.#interlocks.length; index++) {
      const interlockMs = (this.#interlocks[index] as Interlock).waitMs(this, nowMs);
      if (interlockMs > waitMs) waitMs = interlockMs;
    }
    return waitMs;
  }

  #switch(): void {
    this.#isOn = this.#wanted;
    this.#sinceMs = this.#clock.monotonicMs();
    this.#pin.write(this.#level(this.#isOn));
    this.#arrived();
    if (this.#isOn) return;
    for (let index = 0; index < this.#interlocks.length; index++) this.#interlocks[index]?.released(this);
  }

  #arrived(): void {
    this.#pulse.arrived();
    this.#settle();
  }

  #settle(): void {
    if (this.#report === undefined) this.#report = this.#timer.set(this.#onReport, 0);
  }

  #clearHeld(): void {
    if (this.#held === undefined) return;
    this.#timer.clear(this.#held);
    this.#held = undefined;
  }

  #level(on: boolean): 0 | 1 {
    return on === (this.#definition.activeLevel === 1) ? 1 : 0;
  }

  readonly #onHeld = (): void => {
    this.#held = undefined;
    this.reconsider();
  };

  readonly #onReport = (): void => {
    this.#report = undefined;
    this.#onSettled(this.#channel, this.#isOn ? 1 : 0);
  };

  readonly #onPulseOver = (): void => this.#aim(this.#definition.pulse.rest === 'up');
}
