import type { ControlCommand, Refusal } from '../core/control-command.js';
import type { PositionName, Product, PropertyDefinition } from '../core/product.js';
import { fitsProperty, wantedOf } from '../core/property-value.js';

/** What the `params` of a `thing.service.property.set` ask for. */
export interface PropertySet {
  readonly commands: readonly ControlCommand[];
  /** Keys that mean nothing to this product, as many of them as an answer has room for. */
  readonly ignored: readonly string[];
}

const BAD_PARAMETER = 460;
const NONE: readonly string[] = Object.freeze([]);
/** Characters of unknown keys that an answer names: it must fit into one packet, whatever a sender makes up. */
const IGNORED_ROOM = 160;
/** Keys of the two forms of 4.5; everything else is looked up in the thing model. */
const CONTROL_KEYS: readonly string[] = Object.freeze([
  'action',
  'position',
  'duration',
  'channel',
  'switch',
  'angle',
  'wakeup',
]);

/**
 * Reads the parameters of a property set in the forms of the API reference (4.5): an action, the legacy form
 * (`switch`, `angle`), the origin's `wakeup`, and writable properties of the thing model. All or nothing: one bad value
 * refuses the whole message.
 */
export function readPropertySet(params: Record<string, unknown>, product: Product): PropertySet | Refusal {
  const channel = params['channel'] === undefined ? 0 : params['channel'];
  if (!isWhole(channel, 0, Math.max(0, product.outputs.length - 1))) {
    return refuse(`channel must be a whole number from 0 to ${Math.max(0, product.outputs.length - 1)}`);
  }
  const main = readMain(params, channel, product);
  if (main !== undefined && 'code' in main) return main;
  let commands: ControlCommand[] | undefined;
  let ignored: string[] | undefined;
  let room = IGNORED_ROOM;
  // Index loops here and below: on XS a loop over keys or members makes garbage of its own.
  const keys = Object.keys(params);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (CONTROL_KEYS.includes(key) && !(key === 'position' && main === undefined)) continue;
    const property = findProperty(product, key);
    if (property === undefined || !isWritable(property)) {
      const name = key.slice(0, 64);
      // Quotes and comma count, so that empty keys are bounded too.
      room -= name.length + 3;
      ignored ??= [];
      if (room >= 0) ignored.push(name);
      continue;
    }
    const command = readProperty(property, params[key]);
    if ('code' in command) return command;
    commands ??= [];
    commands.push(command);
  }
  if (main !== undefined) commands = commands === undefined ? [main] : [main, ...commands];
  if (commands === undefined) return refuse('params hold nothing that this product can be told to do');
  return { commands, ignored: ignored ?? NONE };
}

/** The one command of the action form or the legacy form; `undefined` when neither is there. */
function readMain(
  params: Record<string, unknown>,
  channel: number,
  product: Product,
): ControlCommand | Refusal | undefined {
  const { action } = params;
  if (action !== undefined) return readAction(action, params, channel);
  if (params['wakeup'] !== undefined) {
    return params['wakeup'] === true ? { kind: 'pulse', channel, form: 'action' } : refuse('wakeup must be true');
  }
  const on = params['switch'];
  if (on !== undefined && typeof on !== 'boolean') return refuse('switch must be true or false');
  const { angle } = params;
  if (angle !== undefined && !isWhole(angle, 0, 180)) return refuse('angle must be a whole number from 0 to 180');
  if (on === false) return { kind: 'position', channel, position: 'down', form: 'legacy' };
  // On a relay an angle means nothing beside a switch; alone, the output itself refuses it.
  const turns = product.outputs[channel]?.type !== 'relay';
  if (angle !== undefined && (turns || on === undefined))
    return { kind: 'angle', channel, angleDeg: angle, form: 'legacy' };
  return on ? { kind: 'position', channel, position: 'up', form: 'legacy' } : undefined;
}

function readAction(action: unknown, params: Record<string, unknown>, channel: number): ControlCommand | Refusal {
  const { position, duration } = params;
  if (position !== undefined && !isPosition(position)) return refuse('position must be up, middle or down');
  if (duration !== undefined && !isWhole(duration, 1, Number.MAX_SAFE_INTEGER)) {
    return refuse('duration must be a whole number of milliseconds, at least 1');
  }
  switch (action) {
    case 'toggle':
      return position === undefined
        ? { kind: 'flip', channel, form: 'action' }
        : { kind: 'position', channel, position, form: 'action' };
    case 'pulse':
      return duration === undefined
        ? { kind: 'pulse', channel, form: 'action' }
        : { kind: 'pulse', channel, durationMs: duration, form: 'action' };
    case 'trigger':
      return { kind: 'pulse', channel, form: 'action' };
    default:
      return refuse('action must be toggle, pulse or trigger');
  }
}

function readProperty(property: PropertyDefinition, value: unknown): ControlCommand | Refusal {
  const { source } = property;
  // An input's property is never writable; `isWritable` has seen to that.
  if ('input' in source || !fitsProperty(property, value)) {
    return refuse(`${property.key} must be ${wantedOf(property)}`);
  }
  const { channel } = source;
  switch (source.attribute) {
    case 'on':
      return { kind: 'position', channel, position: value === true ? 'up' : 'down', form: 'property' };
    case 'position':
      return { kind: 'position', channel, position: value as PositionName, form: 'property' };
    case 'angle':
      return { kind: 'angle', channel, angleDeg: value as number, form: 'property' };
    case 'level':
      return { kind: 'level', channel, level: value as number, form: 'property' };
  }
}

/** What an input measures cannot be set, whatever a definition says. */
function isWritable({ writable, source }: PropertyDefinition): boolean {
  return writable && !('input' in source);
}

function findProperty(product: Product, key: string): PropertyDefinition | undefined {
  const { properties } = product;
  for (let i = 0; i < properties.length; i++) if (properties[i]!.key === key) return properties[i];
  return undefined;
}

function isPosition(value: unknown): value is PositionName {
  return value === 'up' || value === 'middle' || value === 'down';
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

function refuse(message: string): Refusal {
  return { code: BAD_PARAMETER, message };
}
