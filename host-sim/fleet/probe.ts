import type { OutputDefinition, Product, PropertyDefinition } from '../../src/core/product.js';

/** What can be said of a board's output, in a set and in a post. */
export type Value = number | boolean | string;

/** How boards of a product are set, and what their posts say of it then. */
export interface Probe {
  /** What it sets, for people. */
  readonly what: string;
  /** A value that is not `seen`. */
  next(seen: Value | undefined): Value;
  /** Params of the set that asks for a value. */
  params(value: Value): Readonly<Record<string, unknown>>;
  /** What a post says; undefined: nothing of it. */
  read(params: Readonly<Record<string, unknown>>): Value | undefined;
}

/** Modes in which the cloud takes properties; in others it takes the forms of the API reference alone. */
const TAKES_PROPERTIES: readonly string[] = ['dimmer', 'generic'];
const DEGREES = 180;
const PERCENT = 100;

/**
 * How boards of a product are set: by what moves soonest, for a servo turns and a lamp fades while a relay has switched.
 * Undefined where the product takes no such commands.
 */
export function probeOf(product: Product): Probe | undefined {
  const { outputs, controlMode } = product;
  if (controlMode === 'readonly' || controlMode === 'pulse') return undefined;
  const channels = outputs.map((output, channel) => ({ output, channel })).sort((a, b) => delayOf(a) - delayOf(b));
  for (const { output, channel } of channels) {
    const probe = TAKES_PROPERTIES.includes(controlMode)
      ? propertyProbe(product, channel)
      : positionProbe(product, output, channel);
    if (probe !== undefined) return probe;
  }
  return undefined;
}

/** A switch or a level of the thing model. */
function propertyProbe({ properties }: Product, channel: number): Probe | undefined {
  const property = properties.find(
    ({ writable, source, type }) =>
      writable && 'channel' in source && source.channel === channel && (type === 'boolean' || type === 'integer'),
  );
  if (property === undefined) return undefined;
  const { key, type } = property;
  return {
    what: key,
    next: type === 'boolean' ? (seen) => seen !== true : (seen) => nextNumber(property, seen),
    params: (value) => ({ [key]: value }),
    read: (params) => asValue(params[key]),
  };
}

/** Up and down, by the action of the API reference (4.5). */
function positionProbe({ properties }: Product, output: OutputDefinition, channel: number): Probe | undefined {
  const property = properties.find(
    ({ source }) => 'channel' in source && source.channel === channel && source.attribute === 'position',
  );
  const key = property?.key ?? (channel === 0 ? 'position' : undefined);
  if (key === undefined || output.type === 'dimmer') return undefined;
  return {
    what: `${key} by action`,
    next: (seen) => (seen === 'up' ? 'down' : 'up'),
    params: (position) => ({ action: 'toggle', position, ...(channel > 0 && { channel }) }),
    read: (params) => asValue(params[key]),
  };
}

function delayOf({ output }: { readonly output: OutputDefinition }): number {
  if (output.type === 'relay') return 0;
  return output.type === 'dimmer' ? Math.min(output.fadeMs, 5_000) : 10_000;
}

/** From the middle up: a lamp has a lowest level that it does not go below, and a short way is soon over. */
function nextNumber({ min = 0, max, unit }: PropertyDefinition, seen: Value | undefined): number {
  const top = max ?? (unit === '°' ? DEGREES : PERCENT);
  const middle = Math.ceil((min + top) / 2);
  return typeof seen === 'number' && seen >= middle && seen < top ? seen + 1 : middle;
}

function asValue(value: unknown): Value | undefined {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : undefined;
}
