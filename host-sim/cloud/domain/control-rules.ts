import { refuseByMode, refuseByOutput } from '../../../src/core/command-rules.js';
import type { ControlCommand } from '../../../src/core/control-command.js';
import type { ControlMode, Product } from '../../../src/core/product.js';
import { type Commandable, findSettable, NOTHING_ASKED, readPropertySet } from '../../../src/core/property-set.js';
import { CloudError } from '../errors.js';

/**
 * Where the API takes less than a board does, each because the API's own text says so; for everything else the rules are
 * the board's (`src/core`). A duration is 50 to 60000 ms, where a board takes more and cuts it at its product's longest
 * pulse. Writable properties are for the modes `dimmer` and `generic`: elsewhere the parameters are those of the API
 * reference, 4.5, in which `position` is part of an action and nothing without one. Unknown keys are left out.
 */
const DURATION_MS = { min: 50, max: 60_000 };
const TAKES_PROPERTIES: readonly ControlMode[] = ['dimmer', 'generic'];

/** Of a product made by API the cloud knows no outputs: up to 8, and a servo takes all that can be asked without properties. */
const UNKNOWN: Commandable = { outputs: Array.from({ length: 8 }, () => ({ type: 'servo' })), properties: [] };

/** Keys that are passed on; the modifiers of an action (API reference, 4.5) only beside one. */
const COMMAND_KEYS: readonly string[] = ['action', 'wakeup', 'switch', 'angle', 'channel'];
const MODIFIERS: readonly string[] = ['position', 'duration'];

/** Whether boards of a control mode are told properties of their thing model. */
export function takesProperties(mode: ControlMode): boolean {
  return TAKES_PROPERTIES.includes(mode);
}

/** The part of a product that decides about commands; without a definition (a product made by API) there are no properties. */
export interface Controllable {
  readonly controlMode: ControlMode;
  readonly definition?: Pick<Product, 'outputs' | 'properties'> | undefined;
}

/**
 * Checks the body of a control request and gives the params of the property set: its known keys, as they came and in their
 * order. Unknown keys are left out; the older server's `wakeup: true` is said as the trigger that it is.
 * @throws CloudError `no_control_params`: nothing that commands; `control_not_supported`: not in this control mode;
 *   `invalid_parameter`: a wrong type or range, or what the output cannot do, the field named in `detail`
 */
export function controlParams(product: Controllable, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { controlMode, definition: board = UNKNOWN } = product;
  const params = knownKeys(product, board, body);
  const set = readPropertySet(params, board);
  if (set === NOTHING_ASKED) throw new CloudError('no_control_params', hint(product, body));
  if ('code' in set) throw new CloudError('invalid_parameter', set.message);
  for (const command of set.commands) {
    const byProperty = command.form === 'property' && !takesProperties(controlMode);
    // Of a board without outputs nothing can be moved, whatever its mode.
    if (byProperty || board.outputs.length === 0 || refuseByMode(controlMode, command)) {
      throw notSupported(product, wordsOf(command, params));
    }
    const refusal = refuseByOutput(board.outputs, command);
    if (refusal) throw new CloudError('invalid_parameter', refusal.message);
  }
  const { duration } = params;
  if (duration !== undefined && !((duration as number) >= DURATION_MS.min && (duration as number) <= DURATION_MS.max)) {
    const wanted = `a whole number from ${DURATION_MS.min} to ${DURATION_MS.max} ms`;
    throw new CloudError('invalid_parameter', `duration must be ${wanted}`);
  }
  return withoutWakeup(params);
}

/** The keys of a body that mean something to the product, in the body's order. */
function knownKeys(
  { controlMode }: Controllable,
  board: Commandable,
  body: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const acts = body['action'] !== undefined || body['wakeup'] === true;
  const known: Record<string, unknown> = {};
  for (const key of Object.keys(body)) {
    const isKnown = MODIFIERS.includes(key)
      ? acts || (takesProperties(controlMode) && findSettable(board, key) !== undefined)
      : COMMAND_KEYS.includes(key) || findSettable(board, key) !== undefined;
    if (isKnown) known[key] = body[key];
  }
  return known;
}

/** Says `wakeup` in the reference's words: as a trigger, where there is no action; not true, it asks for nothing. */
function withoutWakeup(params: Record<string, unknown>): Record<string, unknown> {
  const said: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(params)) {
    if (key !== 'wakeup') said[key] = value;
    else if (value === true && params['action'] === undefined) said['action'] = 'trigger';
  }
  return said;
}

/** What a request that commands nothing could have said. */
function hint({ controlMode, definition }: Controllable, body: Readonly<Record<string, unknown>>): string {
  const properties = definition?.properties ?? [];
  const readOnly = properties.find(({ key, writable }) => !writable && Object.hasOwn(body, key));
  if (readOnly) return `${readOnly.key} can be read, and not be set`;
  if (controlMode === 'readonly') return 'this product takes no commands';
  const taken = [
    ...(controlMode === 'dimmer' ? [] : ['action']),
    ...['switch', 'angle'],
    ...(takesProperties(controlMode) ? properties.filter(({ writable }) => writable).map(({ key }) => key) : []),
  ];
  return `one of ${[...new Set(taken)].join(', ')} is required`;
}

/** A command by the words of the body that ask for it. */
function wordsOf({ form }: ControlCommand, params: Readonly<Record<string, unknown>>): string {
  if (form === 'action') return String(params['action'] ?? 'trigger');
  if (form === 'legacy') return 'switch and angle';
  return Object.keys(params).find((key) => !COMMAND_KEYS.includes(key) && !MODIFIERS.includes(key)) ?? 'properties';
}

function notSupported({ controlMode, definition }: Controllable, what: string): CloudError {
  const which = definition?.outputs.length === 0 ? 'without outputs' : `of control mode ${controlMode}`;
  return new CloudError('control_not_supported', `a product ${which} does not take ${what}`);
}
