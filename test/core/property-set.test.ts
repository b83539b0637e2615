import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadProduct } from '../../host-sim/products/load.js';
import type { ControlCommand } from '../../src/core/control-command.js';
import type { Product, PropertyDefinition } from '../../src/core/product.js';
import { readPropertySet } from '../../src/core/property-set.js';

const servo = loadProduct('SW-SERVO-001');
const relay = loadProduct('SW-RELAY-002');

function commandsOf(params: Record<string, unknown>, product: Product = servo): readonly ControlCommand[] {
  const set = readPropertySet(params, product);
  if ('code' in set) throw new Error(set.message);
  return set.commands;
}

/** What one command asks for, apart from how it was said. */
function commandOf(params: Record<string, unknown>, product: Product = servo): Record<string, unknown> {
  const commands = commandsOf(params, product);
  expect(commands).toHaveLength(1);
  const { form: _form, ...command } = commands[0]!;
  return command;
}

function expectRefused(params: Record<string, unknown>, field: string, product: Product = servo): void {
  const set = readPropertySet(params, product);
  expect(set, JSON.stringify(params)).toMatchObject({ code: 460, message: expect.stringContaining(field) });
}

describe('the action form of 4.5', () => {
  it.each<[Record<string, unknown>, Record<string, unknown>]>([
    [
      { action: 'toggle', position: 'up' },
      { kind: 'position', channel: 0, position: 'up' },
    ],
    [
      { action: 'toggle', position: 'middle' },
      { kind: 'position', channel: 0, position: 'middle' },
    ],
    [
      { action: 'toggle', position: 'down' },
      { kind: 'position', channel: 0, position: 'down' },
    ],
    [{ action: 'toggle' }, { kind: 'flip', channel: 0 }],
    [
      { action: 'pulse', duration: 500 },
      { kind: 'pulse', channel: 0, durationMs: 500 },
    ],
    [
      { action: 'pulse', duration: 1 },
      { kind: 'pulse', channel: 0, durationMs: 1 },
    ],
    [{ action: 'pulse' }, { kind: 'pulse', channel: 0 }],
    [{ action: 'trigger' }, { kind: 'pulse', channel: 0 }],
    [
      { action: 'trigger', duration: 900 },
      { kind: 'pulse', channel: 0 },
    ],
  ])('%j', (params, command) => {
    expect(commandOf(params)).toEqual(command);
    expect(commandsOf(params)[0]!.form).toBe('action');
  });

  it('wins over the legacy form beside it, which is checked all the same', () => {
    expect(commandOf({ action: 'toggle', position: 'down', switch: true, angle: 90 })).toMatchObject({
      position: 'down',
    });
    expectRefused({ action: 'toggle', switch: 'on' }, 'switch');
    expectRefused({ action: 'trigger', angle: 181 }, 'angle');
  });
});

describe('the legacy form of 4.5', () => {
  it.each<[Record<string, unknown>, Record<string, unknown>]>([
    [{ switch: true }, { kind: 'position', channel: 0, position: 'up' }],
    [{ switch: false }, { kind: 'position', channel: 0, position: 'down' }],
    [
      { switch: true, angle: 90 },
      { kind: 'angle', channel: 0, angleDeg: 90 },
    ],
    [
      { switch: false, angle: 90 },
      { kind: 'position', channel: 0, position: 'down' },
    ],
    [{ angle: 0 }, { kind: 'angle', channel: 0, angleDeg: 0 }],
    [{ angle: 180 }, { kind: 'angle', channel: 0, angleDeg: 180 }],
  ])('%j', (params, command) => {
    expect(commandOf(params)).toEqual(command);
    expect(commandsOf(params)[0]!.form).toBe('legacy');
  });

  it('on a relay takes the switch and passes over the angle beside it', () => {
    expect(commandOf({ switch: true, angle: 90 }, relay)).toMatchObject({ kind: 'position', position: 'up' });
    expect(commandOf({ switch: false, angle: 90 }, relay)).toMatchObject({ kind: 'position', position: 'down' });
  });
});

describe("the origin's forms", () => {
  it('wakeup is a trigger, unless there is an action', () => {
    expect(commandOf({ wakeup: true })).toEqual({ kind: 'pulse', channel: 0 });
    expect(commandOf({ wakeup: true, switch: true })).toEqual({ kind: 'pulse', channel: 0 });
    expect(commandOf({ wakeup: true, action: 'toggle' })).toEqual({ kind: 'flip', channel: 0 });
  });

  it('a wakeup that is false asks for nothing', () => {
    expectRefused({ wakeup: false }, 'nothing');
    expect(commandOf({ wakeup: false, switch: true })).toMatchObject({ position: 'up' });
    expect(commandOf({ wakeup: false, position: 'down' })).toMatchObject({ position: 'down' });
  });

  it('what its server adds of its own is named and passed over', () => {
    expect(readPropertySet({ action: 'toggle', source: 'app', userId: 7 }, servo)).toMatchObject({
      ignored: ['source', 'userId'],
    });
  });
});

describe('the channel', () => {
  it('says which output is meant', () => {
    expect(commandOf({ action: 'toggle', channel: 1 }, relay)).toMatchObject({ channel: 1 });
    expect(commandOf({ switch: true, channel: 1 }, relay)).toMatchObject({ channel: 1 });
    expect(commandOf({ wakeup: true, channel: 0 }, relay)).toMatchObject({ channel: 0 });
  });

  it.each([2, -1, 0.5, '1', null, true, [], {}, 1e99])('%j is none', (channel) => {
    expectRefused({ action: 'toggle', channel }, 'channel', relay);
  });

  it.each<[Record<string, unknown>, number]>([
    [{ channel: 1, relay0: true }, 0],
    [{ channel: 1, position: 'up' }, 0],
    [{ relay1: false, channel: 0 }, 1],
    [{ channel: 1, switch: true, relay0: true }, 0],
    [{ channel: 0, action: 'trigger', relay1: true }, 1],
  ])('beside a property of another channel is refused: %j', (params, channel) => {
    expectRefused(params, `channel must be ${channel} or left out`, relay);
  });

  it('may stand beside a property of that channel', () => {
    expect(commandOf({ relay1: true, channel: 1 }, relay)).toMatchObject({ channel: 1, position: 'up' });
    expect(commandOf({ position: 'up', channel: 0 }, relay)).toMatchObject({ channel: 0, position: 'up' });
  });

  it('1 is none on a board with one output', () => {
    expectRefused({ action: 'toggle', channel: 1 }, 'channel');
  });
});

describe('a writable property of the thing model', () => {
  const angle: PropertyDefinition = {
    key: 'tilt',
    name: { en: 'Tilt', zh: '倾角' },
    type: 'integer',
    min: 10,
    max: 170,
    step: 20,
    writable: true,
    source: { channel: 0, attribute: 'angle' },
  };
  const tilting: Product = {
    ...servo,
    properties: [...servo.properties, angle, { ...angle, key: 'seen', writable: false }],
  };

  it('is set by its key alone', () => {
    expect(commandsOf({ position: 'up' })).toEqual([
      { kind: 'position', channel: 0, position: 'up', form: 'property' },
    ]);
    expect(commandsOf({ relay1: true }, relay)).toEqual([
      { kind: 'position', channel: 1, position: 'up', form: 'property' },
    ]);
    expect(commandsOf({ relay0: false }, relay)).toEqual([
      { kind: 'position', channel: 0, position: 'down', form: 'property' },
    ]);
    expect(commandsOf({ tilt: 30 }, tilting)).toEqual([{ kind: 'angle', channel: 0, angleDeg: 30, form: 'property' }]);
  });

  it('may be set with others, and beside a command of 4.5', () => {
    expect(commandsOf({ relay1: true, relay0: false, action: 'trigger' }, relay)).toMatchObject([
      { kind: 'pulse', channel: 0 },
      { channel: 1, position: 'up' },
      { channel: 0, position: 'down' },
    ]);
  });

  it('is checked against its type, range and step', () => {
    for (const value of [1, 'true', null, [], {}]) expectRefused({ relay0: value }, 'relay0', relay);
    for (const value of ['middle', 'left', true, 90, null]) expectRefused({ position: value }, 'position', relay);
    for (const value of [0, 9, 171, 20, 30.5, '30', null, true]) expectRefused({ tilt: value }, 'tilt', tilting);
    for (const value of [10, 30, 170]) expect(commandOf({ tilt: value }, tilting)['angleDeg']).toBe(value);
  });

  it('may be a level, by a whole number or by steps of a number', () => {
    const dimmer = loadProduct('SW-DIM-001');
    expect(commandsOf({ level: 40 }, dimmer)).toEqual([{ kind: 'level', channel: 0, level: 40, form: 'property' }]);
    for (const value of [-1, 101, 40.5, '40', null, true]) expectRefused({ level: value }, 'level', dimmer);
    const fine: PropertyDefinition = {
      ...{ key: 'fine', name: angle.name, type: 'number', min: 0, max: 100, step: 0.1, writable: true },
      source: { channel: 0, attribute: 'level' },
    };
    const product: Product = { ...dimmer, properties: [fine] };
    for (const level of [0, 0.1, 0.3, 99.9, 100]) {
      expect(commandOf({ fine: level }, product)).toEqual({ kind: 'level', channel: 0, level });
    }
    for (const value of [-0.1, 100.1, 0.05, Number.NaN, Number.POSITIVE_INFINITY, '1', null]) {
      expectRefused({ fine: value }, 'fine', product);
    }
  });

  it('can never be one that an input measures, whatever the definition says', () => {
    const closed: PropertyDefinition = {
      ...{ key: 'closed', name: angle.name, type: 'boolean', writable: true },
      source: { input: 0 },
    };
    const product: Product = { ...servo, properties: [closed] };
    expectRefused({ closed: true }, 'nothing', product);
    expect(readPropertySet({ closed: true, action: 'toggle' }, product)).toMatchObject({ ignored: ['closed'] });
  });

  it('that is not writable is passed over like an unknown key', () => {
    expect(readPropertySet({ seen: 30, tilt: 30 }, tilting)).toMatchObject({ ignored: ['seen'] });
    expectRefused({ seen: 30 }, 'nothing', tilting);
  });

  it('spoils the whole message with one bad value', () => {
    expectRefused({ action: 'toggle', relay0: true, relay1: 'on' }, 'relay1', relay);
  });
});

describe('wrong types are refused with 460 and the name of the field', () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ...[null, 1, true, '', 'TOGGLE', 'open', [], {}].map(
      (action) => ['action', { action }, 'action'] as [string, Record<string, unknown>, string],
    ),
    ...[null, 1, true, '', 'Up', 'left', [], {}].map(
      (position) =>
        ['position', { action: 'toggle', position }, 'position'] as [string, Record<string, unknown>, string],
    ),
    ...[null, '500', true, 0, -1, 0.5, 1e99, [], {}].map(
      (duration) =>
        ['duration', { action: 'pulse', duration }, 'duration'] as [string, Record<string, unknown>, string],
    ),
    ...[null, 1, 0, 'true', '', [], {}].map(
      (on) => ['switch', { switch: on }, 'switch'] as [string, Record<string, unknown>, string],
    ),
    ...[null, '90', true, -1, 181, 90.5, 1e99, [], {}].map(
      (angle) => ['angle', { angle }, 'angle'] as [string, Record<string, unknown>, string],
    ),
    ...[null, 1, 'true', [], {}].map(
      (wakeup) => ['wakeup', { wakeup }, 'wakeup'] as [string, Record<string, unknown>, string],
    ),
  ];

  it.each(cases)('%s: %j', (_name, params, field) => {
    expectRefused(params, field);
  });

  it('also where the value would not have been used', () => {
    expectRefused({ action: 'trigger', duration: 'long' }, 'duration');
    expectRefused({ switch: false, angle: 200 }, 'angle');
  });
});

describe('parameters that hold nothing to do are refused', () => {
  it.each<Record<string, unknown>>([
    {},
    { duration: 500 },
    { channel: 0 },
    { brightness: 5 },
    { __proto__: null, constructor: 1 },
  ])('%j', (params) => {
    expectRefused(params, 'nothing');
  });
});

describe('unknown keys', () => {
  it('are named, cut to 64 characters', () => {
    const set = readPropertySet({ action: 'toggle', ['k'.repeat(100)]: 1, colour: 2 }, servo);
    expect(set).toMatchObject({ ignored: ['k'.repeat(64), 'colour'] });
  });

  it('never make an answer that is too large for a packet, however many and whatever they are', () => {
    const key = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ unit: fc.constantFrom('\u0001', '"', '中', '\ud800'), maxLength: 80 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(key, { maxLength: 200, size: 'max' }), (keys) => {
        const params = Object.fromEntries(keys.map((name) => [name, 1]));
        const set = readPropertySet({ ...params, action: 'toggle' }, servo);
        if ('code' in set) return;
        expect(Buffer.byteLength(JSON.stringify(set.ignored))).toBeLessThan(1_200);
      }),
    );
    const many = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`k${i}`, 0]));
    const set = readPropertySet({ ...many, action: 'toggle' }, servo);
    expect('ignored' in set && set.ignored.length).toBeGreaterThan(10);
  });
});

describe('any JSON', () => {
  it('is read or refused, without a throw, and never beyond what the product has', () => {
    const key = fc.constantFrom(
      ...[
        'action',
        'position',
        'duration',
        'channel',
        'switch',
        'angle',
        'wakeup',
        'relay0',
        'relay1',
        '__proto__',
        'constructor',
        'x',
      ],
    );
    const value = fc.oneof(
      fc.constantFrom('toggle', 'pulse', 'trigger', 'up', 'middle', 'down', true, false, 0, 1, 90, 180, 500, null),
      fc.jsonValue(),
    );
    const params = fc
      .array(fc.tuple(key, value), { maxLength: 6 })
      .map((entries) =>
        JSON.parse(`{${entries.map(([name, v]) => `${JSON.stringify(name)}:${JSON.stringify(v)}`).join()}}`),
      );
    fc.assert(
      fc.property(params, fc.constantFrom(servo, relay), (given, product) => {
        const set = readPropertySet(given, product);
        if ('code' in set) {
          expect(set.code).toBe(460);
          expect(set.message.length).toBeLessThan(200);
          return;
        }
        expect(set.commands.length).toBeGreaterThan(0);
        for (const command of set.commands) {
          expect(product.outputs[command.channel]).toBeDefined();
          expect(command.form).toBeDefined();
          if (command.kind === 'angle') expect(command.angleDeg >= 0 && command.angleDeg <= 180).toBe(true);
          if (command.kind === 'pulse' && command.durationMs !== undefined)
            expect(command.durationMs).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
