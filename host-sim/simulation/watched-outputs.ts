import { dutyOf } from '../../src/core/duty.js';
import type { DimmerDefinition, OutputDefinition, Product, ServoDefinition } from '../../src/core/product.js';
import type { SimDevice } from './sim-device.js';

/** What runs at the end of a motion, and rounding, ms. */
const SLACK_MS = 50;
/** An eased motion takes so much longer than one at full speed, ms. */
const EASING_MS = 500;
/** Levels of a dimmer's named positions, percent. */
const LEVELS = { up: 100, middle: 50, down: 0 };

/** An output of a product, as an onlooker sees it who knows only the definition. */
export interface WatchedOutput {
  readonly channel: number;
  readonly definition: OutputDefinition;
  /** The other ones of its interlocks. */
  readonly partners: readonly { readonly channel: number; readonly deadTimeMs: number }[];
  /** From a command to the beginning of what it does, at most, ms. */
  readonly leadMs: number;
  /** From there to its end, at most, ms. */
  readonly travelMs: number;
}

const known = new WeakMap<Product, readonly WatchedOutput[]>();

/** The outputs of a product, by channel. */
export function watchedOutputs(product: Product): readonly WatchedOutput[] {
  let outputs = known.get(product);
  if (outputs === undefined) {
    outputs = product.outputs.map((definition, channel) => watch(product, definition, channel));
    known.set(product, outputs);
  }
  return outputs;
}

/** The output on a pin. */
export function outputOnPin(product: Product, pin: number): WatchedOutput | undefined {
  return watchedOutputs(product).find(({ definition }) => definition.pin === pin);
}

/** Channels that a property set may move; those that have to give way included. */
export function channelsOf(product: Product, params: Readonly<Record<string, unknown>>): Set<number> {
  const channels = new Set<number>();
  const { channel = 0 } = params;
  if (['action', 'wakeup', 'switch', 'angle'].some((key) => key in params)) channels.add(channel as number);
  for (const { key, source } of product.properties) {
    if (key in params && 'channel' in source) channels.add(source.channel);
  }
  for (const moved of [...channels]) {
    for (const partner of watchedOutputs(product)[moved]?.partners ?? []) channels.add(partner.channel);
  }
  return channels;
}

/** How long a property set may hold an output away from its rest, ms; `undefined`: for ever, or it is told nothing. */
export function pulseMs(
  product: Product,
  params: Readonly<Record<string, unknown>>,
  channel: number,
): number | undefined {
  const definition = product.outputs[channel];
  if (definition === undefined) return undefined;
  const { durationMs, maxMs } = definition.pulse;
  const { action, duration, wakeup, channel: told = 0 } = params;
  if (told === channel && (action === 'pulse' || action === 'trigger' || wakeup === true)) {
    return Math.min(action === 'pulse' && typeof duration === 'number' ? duration : durationMs, maxMs);
  }
  return product.controlMode === 'pulse' ? maxMs : undefined;
}

/** From a command to the end of everything that it may make an output do, ms. */
export function effectMs({ leadMs, travelMs }: WatchedOutput, heldMs = 0): number {
  return leadMs + travelMs + (heldMs > 0 ? heldMs + travelMs : 0) + SLACK_MS;
}

/**
 * What an output gives out now: 1 for on and 0 for off, a duty's share of the time, or degrees; `undefined` where it gives a
 * servo no pulses.
 */
export function givenOut({ pins, product }: SimDevice, channel: number): number | undefined {
  const definition = product.outputs[channel]!;
  if (definition.type === 'servo') {
    const us = pins.pulseUs(definition.pin);
    return us === 0 ? undefined : angleOf(definition, us);
  }
  const high = pins.highShare(definition.pin);
  if (high === undefined) return 0;
  return definition.activeLevel === 1 ? high : 1 - high;
}

/** The angle that pulses of a width stand for, degrees. */
export function angleOf({ pulseUs: { min, max } }: ServoDefinition, us: number): number {
  return ((us - min) * 180) / (max - min);
}

/** Degrees of one step of a servo's duty. */
export function angleStep({ pulseUs: { min, max } }: ServoDefinition, resolution: number): number {
  return (20_000 / (2 ** resolution - 1)) * (180 / (max - min));
}

/** Whether an output gives out what a value (1 or 0, percent, degrees) stands for, as exactly as it can. */
export function givesOut(device: SimDevice, channel: number, value: number): boolean {
  const definition = device.product.outputs[channel]!;
  const given = givenOut(device, channel);
  if (given === undefined) return false;
  if (definition.type === 'relay') return given === value;
  // The dark is not nearly the lowest light.
  if (definition.type === 'dimmer' && given > 0 !== value > 0) return false;
  const { pwmResolution } = device.pins;
  if (definition.type === 'servo') {
    const { min, max } = definition.limitsDeg;
    // Rounded to whole degrees where it is told, and to the duty's step where it is done.
    return Math.abs(given - Math.min(max, Math.max(min, value))) <= 0.5 + 2 * angleStep(definition, pwmResolution);
  }
  return Math.abs(given - shareOf(definition, value, pwmResolution)) <= 1.5 / (2 ** pwmResolution - 1);
}

/** What `restValue` of a position stands for: 1 or 0, percent, or degrees. */
export function valueAt(definition: OutputDefinition, position: 'up' | 'middle' | 'down'): number {
  switch (definition.type) {
    case 'relay':
      return position === 'up' ? 1 : 0;
    case 'dimmer':
      return LEVELS[position] === 0 ? 0 : Math.max(definition.minLevel, LEVELS[position]);
    case 'servo':
      return Math.min(definition.limitsDeg.max, Math.max(definition.limitsDeg.min, definition.positionsDeg[position]));
  }
}

/** The values of the outputs as they stand in a board's flash; `undefined` where there are none that can be read. */
export function storedOutputs({
  flash,
}: SimDevice): { readonly values: readonly number[]; readonly left: boolean } | undefined {
  if (flash.isRotten('outputs') || flash.isUnreadable) return undefined;
  const record = flash.storage.read('outputs');
  if (record === undefined) return undefined;
  // Behind an envelope of 12 bytes.
  const { values, left } = JSON.parse(Buffer.from(record.subarray(12)).toString('utf8'));
  return { values, left: left === true };
}

function shareOf({ gamma }: DimmerDefinition, level: number, resolution: number): number {
  const fullDuty = 2 ** resolution - 1;
  if (level === 0) return 0;
  return Math.max(1, dutyOf((level / 100) ** gamma, fullDuty)) / fullDuty;
}

function watch(product: Product, definition: OutputDefinition, channel: number): WatchedOutput {
  const partners = product.interlocks
    .filter(({ channels }) => channels.includes(channel))
    .map(({ channels: [one, other], deadTimeMs }) => ({ channel: one === channel ? other : one, deadTimeMs }));
  return {
    channel,
    definition,
    partners,
    leadMs: leadOf(product, definition, partners),
    travelMs: travelOf(definition),
  };
}

function leadOf(product: Product, definition: OutputDefinition, partners: WatchedOutput['partners']): number {
  if (definition.type !== 'relay') return 0;
  let leadMs = Math.max(definition.minOnMs, definition.minOffMs);
  for (const { channel, deadTimeMs } of partners) {
    const other = product.outputs[channel]!;
    leadMs = Math.max(leadMs, deadTimeMs + (other.type === 'relay' ? other.minOnMs : 0));
  }
  return leadMs;
}

function travelOf(definition: OutputDefinition): number {
  switch (definition.type) {
    case 'relay':
      return 0;
    case 'dimmer':
      return definition.fadeMs + EASING_MS;
    case 'servo':
      return (180 / definition.speedDegPerS) * 1_000 + EASING_MS;
  }
}
