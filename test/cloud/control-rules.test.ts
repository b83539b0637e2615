import { describe, expect, test } from 'vitest';
import { controlParams } from '../../host-sim/cloud/domain/control-rules.js';
import type { CloudError } from '../../host-sim/cloud/errors.js';
import { loadProduct, parseProduct } from '../../host-sim/products/load.js';
import type { Product } from '../../src/core/product.js';
import { startCloud } from './support/fixture.js';

const [relay, dimmer, sensor, generic] = ['SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'].map((key) =>
  loadProduct(key),
) as [Product, Product, Product, Product];

/** A product with a writable level in decimals, and nothing else. */
const fine = parseProduct(
  {
    ...structuredClone(dimmer),
    properties: [{ ...structuredClone(dimmer.properties[1]), type: 'number', min: 0.5, max: 99.5, step: 0.1 }],
  },
  'fine.json',
);

function refusal(definition: Product, body: Record<string, unknown>): string {
  try {
    controlParams({ controlMode: definition.controlMode, definition }, body);
  } catch (error) {
    const { word, detail } = error as CloudError;
    return `${word}: ${detail}`;
  }
  return 'taken';
}

describe('by its definition the cloud', () => {
  test.each<[string, Product, Record<string, unknown>]>([
    ['the level of a dimmer', dimmer, { level: 0 }],
    ['its level and whether it is on', dimmer, { level: 100, on: true }],
    ['the legacy form for a dimmer', dimmer, { switch: true, angle: 90 }],
    ['a number at its lower end', fine, { level: 0.5 }],
    ['a number at its upper end', fine, { level: 99.5 }],
    ['a number on a step that binary cannot hold', fine, { level: 0.8 }],
    ['every output of a generic board by its channel', generic, { action: 'toggle', position: 'up', channel: 2 }],
    ['a pulse of a generic board', generic, { action: 'pulse', duration: 500, channel: 1 }],
    ['properties of several outputs at once', generic, { relay: true, level: 40, angle: 90 }],
    ['an action and a property of another output beside it', generic, { action: 'trigger', level: 40 }],
    ['an action and a property of its own channel', generic, { level: 40, channel: 2, action: 'trigger' }],
    ['position beside the legacy form, as a property', generic, { switch: true, position: 'middle' }],
    ['both channels of a two-way board', relay, { action: 'toggle', channel: 1 }],
  ])('takes %s', (_what, definition, body) => {
    expect(controlParams({ controlMode: definition.controlMode, definition }, body)).toEqual(body);
  });

  test.each<[Product, Record<string, unknown>, string]>([
    [dimmer, { level: 101 }, 'invalid_parameter: level must be a whole number from 0 to 100'],
    [dimmer, { level: 50.5 }, 'invalid_parameter: level must be a whole number from 0 to 100'],
    [dimmer, { level: '50' }, 'invalid_parameter: level must be a whole number from 0 to 100'],
    [dimmer, { on: 1 }, 'invalid_parameter: on must be true or false'],
    [dimmer, { action: 'toggle' }, 'control_not_supported: a product of control mode dimmer does not take toggle'],
    [dimmer, { position: 'up' }, 'no_control_params: position can be read, and not be set'],
    [dimmer, {}, 'no_control_params: one of switch, angle, level, on is required'],
    [fine, { level: 0.4 }, 'invalid_parameter: level must be a number from 0.5 to 99.5 in steps of 0.1'],
    [fine, { level: 0.55 }, 'invalid_parameter: level must be a number from 0.5 to 99.5 in steps of 0.1'],
    [fine, { level: null }, 'invalid_parameter: level must be a number from 0.5 to 99.5 in steps of 0.1'],
    [relay, { relay1: true }, 'control_not_supported: a product of control mode toggle does not take relay1'],
    [
      relay,
      { action: 'toggle', position: 'up', relay1: true },
      'control_not_supported: a product of control mode toggle does not take relay1',
    ],
    [
      relay,
      { action: 'toggle', position: 'middle', channel: 1 },
      'invalid_parameter: position: channel 1 is a relay and knows up and down only',
    ],
    [relay, { angle: 90 }, 'invalid_parameter: angle: channel 0 is a relay and has no angle'],
    [dimmer, { switch: true, wakeup: 1 }, 'invalid_parameter: wakeup must be true or false'],
    [
      generic,
      { channel: 0, relay: true },
      'invalid_parameter: channel must be 1 or left out beside relay, which is of that channel',
    ],
    [
      generic,
      { channel: 1, position: 'up' },
      'invalid_parameter: channel must be 0 or left out beside position, which is of that channel',
    ],
    [
      generic,
      { action: 'trigger', channel: 1, level: 40 },
      'invalid_parameter: channel must be 2 or left out beside level, which is of that channel',
    ],
    [relay, { action: 'toggle', channel: 2 }, 'invalid_parameter: channel must be a whole number from 0 to 1'],
    [generic, { action: 'toggle', channel: 3 }, 'invalid_parameter: channel must be a whole number from 0 to 2'],
    [generic, { relay: 'on' }, 'invalid_parameter: relay must be true or false'],
    [generic, { position: 'left' }, 'invalid_parameter: position must be one of up, middle, down'],
    [generic, { voltage: 1 }, 'no_control_params: voltage can be read, and not be set'],
    [generic, { action: 'trigger', level: -1 }, 'invalid_parameter: level must be a whole number from 0 to 100'],
    [sensor, { action: 'toggle' }, 'control_not_supported: a product without outputs does not take toggle'],
    [sensor, { switch: true }, 'control_not_supported: a product without outputs does not take switch and angle'],
    [sensor, { moisture: 40 }, 'no_control_params: moisture can be read, and not be set'],
    [sensor, {}, 'no_control_params: this product takes no commands'],
    [
      { ...sensor, controlMode: 'generic' },
      { action: 'trigger' },
      'control_not_supported: a product without outputs does not take trigger',
    ],
  ])('refuses, of %s, %j: %s', (definition, body, said) => {
    expect(refusal(definition, body)).toBe(said);
  });

  test('passes the keys on in the order in which they came, a wakeup as the trigger that it is', () => {
    const passedOn = (definition: Product, body: object) =>
      Object.entries(controlParams({ controlMode: definition.controlMode, definition }, { ...body }));
    const [on, level] = [
      ['on', true],
      ['level', 20],
    ] as const;
    expect(passedOn(dimmer, { level: 20, x: 1, on: true })).toEqual([level, on]);
    expect(passedOn(dimmer, { on: true, level: 20, switch: true })).toEqual([on, level, ['switch', true]]);
    expect(passedOn(relay, { channel: 1, wakeup: true, switch: true })).toEqual([
      ['channel', 1],
      ['action', 'trigger'],
      ['switch', true],
    ]);
    expect(passedOn(relay, { wakeup: false, switch: true })).toEqual([['switch', true]]);
  });

  test('shows apps what the file says, of each shipped product', async () => {
    const products = [relay, dimmer, sensor, generic];
    const t = await startCloud({ products });
    for (const { productKey, name, category, controlMode, app } of products) {
      const { data } = (await t.as('GET', `/products/${productKey}`)).body;
      expect(data).toMatchObject({ productKey, name: name.en, category, controlMode, ...app });
    }
  });
});
