import type { OutputKind } from './command-rules.js';
import { badParameter, type ControlCommand, type Refusal } from './control-command.js';
import type { PositionName, PropertyDefinition } from './product.js';
import { fitsProperty, wantedOf } from './property-value.js';

/** The part of a product that messages are read by. */
export interface Commandable {
  readonly outputs: readonly OutputKind[];
  readonly properties: readonly PropertyDefinition[];
}

/** What the `params` of a `thing.service.property.set` ask for. */
export interface PropertySet {
  /** At least one, in no order that matters; where several are for one output, `mergeByChannel` says which counts. */
  readonly commands: readonly ControlCommand[];
  /** Keys that mean nothing to this product, as many of them as an answer has room for. */
  readonly ignored: readonly string[];
}

/** How params are refused that ask for nothing; where they hold unknown keys, a copy that names them. */
export const NOTHING_ASKED: Refusal = Object.freeze(
  badParameter('params hold nothing that this product can be told to do'),
);

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
 * refuses the whole message. The one reader for it: the cloud asks before it passes a command on, the board before it acts.
 */
export function readPropertySet(params: Record<string, unknown>, product: Commandable): PropertySet | Refusal {
  const given = params['channel'];
  const channel = given === undefined ? 0 : given;
  if (!isWhole(channel, 0, Math.max(0, product.outputs.length - 1))) {
    return badParameter(`channel must be a whole number from 0 to ${Math.max(0, product.outputs.length - 1)}`);
  }
  const action = readAction(params, channel);
  if (action !== undefined && 'code' in action) return action;
  const legacy = readLegacy(params, channel, product, action !== undefined);
  if (legacy !== undefined && 'code' in legacy) return legacy;
  let commands: ControlCommand[] | undefined;
  if (action !== undefined) commands = legacy === undefined ? [action] : [action, legacy];
  else if (legacy !== undefined) commands = [legacy];
  let ignored: string[] | undefined;
  let room = IGNORED_ROOM;
  // Index loops here and below: on XS a loop over keys or members makes garbage of its own.
  const keys = Object.keys(params);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    if (CONTROL_KEYS.includes(key) && !(key === 'position' && action === undefined)) continue;
    const property = findSettable(product, key);
    if (property === undefined) {
      const name = key.slice(0, 64);
      // Quotes and comma count, so that empty keys are bounded too.
      room -= name.length + 3;
      ignored ??= [];
      if (room >= 0) ignored.push(name);
      continue;
    }
    const command = readProperty(property, params[key]);
    if ('code' in command) return command;
    if (given !== undefined && command.channel !== given) {
      return badParameter(`channel must be ${command.channel} or left out beside ${key}, which is of that channel`);
    }
    commands ??= [];
    commands.push(command);
  }
  if (commands !== undefined) return { commands, ignored: ignored ?? NONE };
  return ignored === undefined ? NOTHING_ASKED : { ...NOTHING_ASKED, ignored };
}

/** The property that a key sets; what an input measures cannot be set, whatever a definition says. */
export function findSettable({ properties }: Commandable, key: string): PropertyDefinition | undefined {
  for (let i = 0; i < properties.length; i++) {
    const property = properties[i]!;
    if (property.key === key) return property.writable && !('input' in property.source) ? property : undefined;
  }
  return undefined;
}

/** The command of the action form, or of the origin's `wakeup`, which is a trigger where there is no action. */
function readAction(params: Record<string, unknown>, channel: number): ControlCommand | Refusal | undefined {
  const { action, wakeup } = params;
  if (wakeup !== undefined && typeof wakeup !== 'boolean') return badParameter('wakeup must be true or false');
  if (action === undefined && wakeup !== true) return undefined;
  const { position, duration } = params;
  if (position !== undefined && !isPosition(position)) return badParameter('position must be up, middle or down');
  if (duration !== undefined && !isWhole(duration, 1, Number.MAX_SAFE_INTEGER)) {
    return badParameter('duration must be a whole number of milliseconds, at least 1');
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
    case undefined:
      return { kind: 'pulse', channel, form: 'action' };
    default:
      return badParameter('action must be toggle, pulse or trigger');
  }
}

/** The command of the legacy form; beside an action only to go off is one. */
function readLegacy(
  params: Record<string, unknown>,
  channel: number,
  product: Commandable,
  besideAction: boolean,
): ControlCommand | Refusal | undefined {
  const on = params['switch'];
  const { angle } = params;
  if (on === undefined && angle === undefined) return undefined;
  if (on !== undefined && typeof on !== 'boolean') return badParameter('switch must be true or false');
  if (angle !== undefined && !isWhole(angle, 0, 180)) return badParameter('angle must be a whole number from 0 to 180');
  if (on === false) return { kind: 'position', channel, position: 'down', form: 'legacy' };
  if (besideAction) return undefined;
  // On a relay an angle means nothing beside a switch; alone, the output itself refuses it.
  const turns = product.outputs[channel]?.type !== 'relay';
  if (angle !== undefined && (turns || on === undefined))
    return { kind: 'angle', channel, angleDeg: angle, form: 'legacy' };
  return on ? { kind: 'position', channel, position: 'up', form: 'legacy' } : undefined;
}

function readProperty(property: PropertyDefinition, value: unknown): ControlCommand | Refusal {
  const { source } = property;
  // An input's property is never settable; `findSettable` has seen to that.
  if ('input' in source || !fitsProperty(property, value)) {
    return badParameter(`${property.key} must be ${wantedOf(property)}`);
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

function isPosition(value: unknown): value is PositionName {
  return value === 'up' || value === 'middle' || value === 'down';
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}
