import type { ControlMode, Product } from '../../../src/core/product.js';
import { fitsProperty, wantedOf } from '../../../src/core/property-value.js';
import { CloudError } from '../errors.js';

/** Limits of the parameters (API reference, 4.5). */
const DURATION_MS = { min: 50, max: 60_000 };
const ANGLE_DEG = { min: 0, max: 180 };
/** Channels of a product whose outputs the cloud does not know. */
const MAX_CHANNELS = 8;
const ACTIONS: readonly unknown[] = ['toggle', 'pulse', 'trigger'];
const POSITIONS: readonly unknown[] = ['up', 'middle', 'down'];
/** What an action may carry (API reference, 4.5). Alone they command nothing, except as properties where a mode takes those. */
const MODIFIERS: readonly string[] = ['position', 'duration'];

/** What a control mode takes: actions, the legacy form, writable properties of the thing model. */
const MODES: Readonly<Record<ControlMode, { actions: readonly unknown[]; legacy: boolean; properties: boolean }>> = {
  toggle: { actions: ACTIONS, legacy: true, properties: false },
  pulse: { actions: ['pulse', 'trigger'], legacy: true, properties: false },
  dimmer: { actions: [], legacy: true, properties: true },
  generic: { actions: ACTIONS, legacy: true, properties: true },
  readonly: { actions: [], legacy: false, properties: false },
};

/** The part of a product that decides about commands; without a definition (a product made by API) there are no properties. */
export interface Controllable {
  readonly controlMode: ControlMode;
  readonly definition?: Pick<Product, 'outputs' | 'properties'> | undefined;
}

/**
 * Checks the body of a control request and gives the params of the property set: its known keys, as they came. Unknown
 * keys are left out.
 * @throws CloudError `no_control_params`: nothing that commands; `control_not_supported`: not in this control mode;
 *   `invalid_parameter`: a wrong type or range, the field named in `detail`
 */
export function controlParams(product: Controllable, body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const mode = MODES[product.controlMode];
  const writable = product.definition?.properties.filter((property) => property.writable) ?? [];
  const params: Record<string, unknown> = {};
  const properties = writable.filter(({ key }) => key in body && (mode.properties || !MODIFIERS.includes(key)));
  // The older server of the origin says trigger in this way.
  const action = body['action'] ?? (body['wakeup'] === true ? 'trigger' : undefined);
  const legacy = 'switch' in body || 'angle' in body;

  if (action === undefined && !legacy && properties.length === 0)
    throw new CloudError('no_control_params', hint(product, body));
  // Of a board without outputs nothing can be moved, whatever its mode.
  const moves = product.definition === undefined || product.definition.outputs.length > 0;
  if (action !== undefined) {
    check(ACTIONS.includes(action), 'action', 'toggle, pulse or trigger');
    if (!mode.actions.includes(action) || !moves) throw notSupported(product, String(action));
    params['action'] = action;
    addModifiers(params, body);
  }
  if (legacy && (action === undefined || mode.legacy)) {
    if (!mode.legacy || !moves) throw notSupported(product, 'switch and angle');
    addLegacy(params, body);
  }
  if (properties.length > 0 && (mode.properties || Object.keys(params).length === 0)) {
    if (!mode.properties) throw notSupported(product, properties[0]!.key);
    for (const property of properties) {
      const { key } = property;
      // `angle` and `position` may be properties too; where an action or the legacy form used them, that is what they are.
      if (key in params) continue;
      check(fitsProperty(property, body[key]), key, wantedOf(property));
      params[key] = body[key];
    }
  }
  addChannel(params, body, product);
  return params;
}

function addModifiers(params: Record<string, unknown>, body: Readonly<Record<string, unknown>>): void {
  if ('position' in body) {
    check(POSITIONS.includes(body['position']), 'position', 'up, middle or down');
    params['position'] = body['position'];
  }
  if ('duration' in body) {
    check(
      integerIn(body['duration'], DURATION_MS),
      'duration',
      `an integer from ${DURATION_MS.min} to ${DURATION_MS.max} ms`,
    );
    params['duration'] = body['duration'];
  }
}

function addLegacy(params: Record<string, unknown>, body: Readonly<Record<string, unknown>>): void {
  if ('switch' in body) {
    check(typeof body['switch'] === 'boolean', 'switch', 'true or false');
    params['switch'] = body['switch'];
  }
  if ('angle' in body) {
    check(integerIn(body['angle'], ANGLE_DEG), 'angle', `an integer from ${ANGLE_DEG.min} to ${ANGLE_DEG.max}`);
    params['angle'] = body['angle'];
  }
}

function addChannel(
  params: Record<string, unknown>,
  body: Readonly<Record<string, unknown>>,
  product: Controllable,
): void {
  if (!('channel' in body) || 'channel' in params) return;
  const max = Math.max(1, product.definition?.outputs.length ?? MAX_CHANNELS) - 1;
  check(integerIn(body['channel'], { min: 0, max }), 'channel', `an integer from 0 to ${max}`);
  params['channel'] = body['channel'];
}

function integerIn(value: unknown, range: { min: number; max: number }): boolean {
  return Number.isInteger(value) && (value as number) >= range.min && (value as number) <= range.max;
}

function check(fits: boolean, field: string, wanted: string): void {
  if (!fits) throw new CloudError('invalid_parameter', `${field} must be ${wanted}`);
}

/** What a request that commands nothing could have said. */
function hint({ controlMode, definition }: Controllable, body: Readonly<Record<string, unknown>>): string {
  const properties = definition?.properties ?? [];
  const readOnly = properties.find(({ key, writable }) => !writable && Object.hasOwn(body, key));
  if (readOnly) return `${readOnly.key} can be read, and not be set`;
  const mode = MODES[controlMode];
  const taken = [
    ...(mode.actions.length > 0 ? ['action'] : []),
    ...(mode.legacy ? ['switch', 'angle'] : []),
    ...(mode.properties ? properties.filter(({ writable }) => writable).map(({ key }) => key) : []),
  ];
  return taken.length === 0 ? 'this product takes no commands' : `one of ${taken.join(', ')} is required`;
}

function notSupported({ controlMode, definition }: Controllable, what: string): CloudError {
  const which = definition?.outputs.length === 0 ? 'without outputs' : `of control mode ${controlMode}`;
  return new CloudError('control_not_supported', `a product ${which} does not take ${what}`);
}
