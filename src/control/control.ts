import { refuseByMode, refuseByOutput } from '../core/command-rules.js';
import { type ControlCommand, NOT_NOW, type Refusal } from '../core/control-command.js';
import type { OutputAttribute, Product, RelayDefinition } from '../core/product.js';
import type { Clock } from '../ports/clock.js';
import type { Pins } from '../ports/pins.js';
import type { Timer } from '../ports/timer.js';
import { Dimmer, startLevel } from './dimmer.js';
import { Interlock } from './interlock.js';
import type { Output, OutputReading, SettledCallback } from './output.js';
import { Relay } from './relay.js';
import { Servo } from './servo.js';

export interface ControlOptions {
  readonly timer: Timer;
  readonly clock: Clock;
  readonly io: Pins;
  readonly product: Product;
  /** What `restValues` said before the restart, by channel. */
  readonly lastValues?: readonly (number | undefined)[];
  /** After a wanted restart, whose values were stored once `close` was done: outputs come back as they were, whatever the power-on rule. */
  readonly keepState?: boolean;
  /** Starts in the safe state and takes no commands. */
  readonly safeMode?: boolean;
  /** An output has come to where a command, a pulse or an interlock led it. Never called from inside a method. */
  readonly onSettled: SettledCallback;
  /** After an `onSettled` that leaves nothing running: a good moment to store and to update. */
  readonly onRest?: () => void;
}

/**
 * The outputs of a board, from its product definition. After `close` commands throw; `read`, `restValues` and `busy`
 * go on telling how things were left.
 */
export class Control {
  readonly #outputs: Output[] = [];
  readonly #product: Product;
  readonly #onSettled: SettledCallback;
  readonly #onRest: (() => void) | undefined;
  #safe: boolean;
  /** The values from before safe mode, which it must not overwrite. */
  #safeValues: number[] | undefined;
  #closing: Promise<void> | undefined;

  /** Opens the outputs' pins. @throws what the pins throw; no pin stays open then. */
  constructor(options: ControlOptions) {
    this.#product = options.product;
    this.#onSettled = options.onSettled;
    this.#onRest = options.onRest;
    this.#safe = options.safeMode ?? false;
    try {
      this.#open(options);
    } catch (error) {
      for (const output of this.#outputs) void output?.close();
      throw error;
    }
    if (this.#safe) {
      const lastValues = options.lastValues ?? [];
      this.#safeValues = this.#outputs.map((output, channel) => lastValues[channel] ?? output.restValue());
    }
  }

  /** Number of outputs. */
  get channels(): number {
    return this.#outputs.length;
  }

  /** A motion or a pulse runs, a command is held back, or a report is due. */
  get busy(): boolean {
    for (let channel = 0; channel < this.#outputs.length; channel++) if (this.#outputs[channel]?.busy) return true;
    return false;
  }

  /** Whether the outputs are in their safe state and take no commands. */
  get safe(): boolean {
    return this.#safe;
  }

  /** Why a command cannot be carried out; `undefined` when it can. Changes nothing. */
  check(command: ControlCommand): Refusal | undefined {
    this.#mustBeOpen();
    // The mode comes first: what a product never takes is not a matter of its outputs or of the moment.
    return refuseByMode(this.#product.controlMode, command) ?? this.#checkLocal(command);
  }

  /** Carries a command out, or says why not and does nothing. The outcome comes through `onSettled`. */
  apply(command: ControlCommand): Refusal | undefined {
    const refusal = this.check(command);
    if (refusal === undefined) this.#outputs[command.channel]?.apply(command);
    return refusal;
  }

  /**
   * The same for a command of the board's own button: the control mode, which says what the cloud may ask for, does not
   * bind a hand.
   */
  applyLocal(command: ControlCommand): Refusal | undefined {
    this.#mustBeOpen();
    const refusal = this.#checkLocal(command);
    if (refusal === undefined) this.#outputs[command.channel]?.apply(command);
    return refusal;
  }

  #checkLocal(command: ControlCommand): Refusal | undefined {
    if (this.#safe) return { code: NOT_NOW, message: 'the board is in safe mode and takes no commands' };
    return refuseByOutput(this.#product.outputs, command);
  }

  /** What an output really is now; `undefined` where there is no such channel. */
  read(channel: number, attribute: OutputAttribute): OutputReading | undefined {
    return this.#outputs[channel]?.read(attribute);
  }

  /**
   * What to store for the next boot, by channel: degrees, percent, or 1 for on and 0 for off. Where the outputs will be once
   * nothing runs (a pulse counts as over), and after `close` where they are. In safe mode, what was stored before it.
   */
  restValues(): number[] {
    if (this.#safeValues) return this.#safeValues.slice();
    const values: number[] = [];
    for (const output of this.#outputs) values.push(output.restValue());
    return values;
  }

  /** Safe state, at once and until the next boot: relays off, lamps dark, servos without pulses, nothing pending, no commands. */
  toSafe(): void {
    this.#mustBeOpen();
    if (this.#safe) return;
    this.#safeValues = this.restValues();
    this.#safe = true;
    for (const output of this.#outputs) output.toSafe();
  }

  /**
   * A clean stop: relays and lamps keep their level, pulses end at their rest, fades at their end, servos come to rest within 2 s and give no more
   * pulses. Resolves when every pin is free; nothing is called back from now on.
   */
  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#outputs.map((output) => output.close())).then(() => undefined);
    return this.#closing;
  }

  #open(options: ControlOptions): void {
    const { product } = options;
    const relays = new Map<number, Relay>();
    const starts = this.#safe ? [] : relayStarts(product, options.lastValues ?? [], options.keepState ?? false);
    // What comes on at once is opened last: until a pin is opened it may still give what the boot before left on it.
    for (const comesOn of [false, true]) {
      for (let channel = 0; channel < product.outputs.length; channel++) {
        if ((starts[channel] === 'on') !== comesOn) continue;
        const output = this.#openOutput(channel, starts[channel] ?? 'off', options);
        this.#outputs[channel] = output;
        if (output instanceof Relay) relays.set(channel, output);
      }
    }
    for (const { channels, deadTimeMs } of product.interlocks) {
      const first = relays.get(channels[0]);
      const second = relays.get(channels[1]);
      if (!first || !second)
        throw new RangeError(`interlock of channels ${channels[0]} and ${channels[1]}: not relays`);
      const interlock = new Interlock(first, second, deadTimeMs);
      first.join(interlock);
      second.join(interlock);
    }
    for (const relay of relays.values()) relay.start();
  }

  #openOutput(channel: number, start: RelayStart, options: ControlOptions): Output {
    const { timer, clock, io, product, lastValues = [], keepState = false } = options;
    const definition = product.outputs[channel]!;
    const pulseOnly = product.controlMode === 'pulse';
    const common = { timer, io, channel, pulseOnly, onSettled: this.#settled };
    switch (definition.type) {
      case 'servo':
        return new Servo({ ...common, definition, lastValue: lastValues[channel] });
      case 'dimmer': {
        const level = this.#safe ? 0 : startLevel(definition, lastValues[channel], keepState);
        return new Dimmer({ ...common, definition, level });
      }
      case 'relay':
        return new Relay({ ...common, clock, definition, isOn: start === 'on', wanted: start !== 'off' });
    }
  }

  readonly #settled = (channel: number, value: number): void => {
    if (this.#closing) return;
    this.#onSettled(channel, value);
    if (this.#onRest && !this.#closing && !this.busy) this.#onRest();
  };

  #mustBeOpen(): void {
    if (this.#closing) throw new Error('control is closed');
  }
}

type RelayStart = 'off' | 'on' | 'on-later';

/**
 * How each relay starts. Of two that an interlock joins only the first comes on, and not before the dead time has passed:
 * the other one's contact may have been closed until this boot, whatever was stored. A minimum time off runs on from
 * power-on. Only after a wanted restart are the stored values sure, and outputs that are on stay on.
 */
function relayStarts(product: Product, lastValues: readonly (number | undefined)[], keepState: boolean): RelayStart[] {
  const { outputs, interlocks } = product;
  const starts: RelayStart[] = [];
  for (let channel = 0; channel < outputs.length; channel++) {
    const definition = outputs[channel]!;
    const last = lastValues[channel];
    let start: RelayStart = 'off';
    if (definition.type === 'relay') {
      const kept = keepState && last !== undefined;
      if (kept ? last === 1 : comesOn(definition, last)) start = kept || definition.minOffMs === 0 ? 'on' : 'on-later';
    }
    for (const { channels } of interlocks) {
      if (start === 'off' || !channels.includes(channel)) continue;
      const other = channels[0] === channel ? channels[1] : channels[0];
      if (starts[other] === 'on' || starts[other] === 'on-later') start = 'off';
      else if (!keepState || last === undefined || lastValues[other] === 1) start = 'on-later';
    }
    starts.push(start);
  }
  return starts;
}

function comesOn(definition: RelayDefinition, last: number | undefined): boolean {
  return definition.powerOn === 'on' || (definition.powerOn === 'last' && last === 1);
}
