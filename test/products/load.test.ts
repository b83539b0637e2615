import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  checkProduct,
  checkProductFile,
  InvalidProductError,
  loadProduct,
  parseProduct,
  shippedProducts,
} from '../../host-sim/products/load.js';
import relayFile from '../../src/products/sw-relay-002.json' with { type: 'json' };
import servoFile from '../../src/products/sw-servo-001.json' with { type: 'json' };

const SHIPPED_KEYS = shippedProducts()
  .map(({ productKey }) => productKey)
  .join(', ');
const directory = mkdtempSync(join(tmpdir(), 'smartlink-product-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A copy of a shipped definition with one place changed; `undefined` removes it. */
function changed(file: object, path: string, value: unknown): unknown {
  const copy = structuredClone(file);
  const parts = path.split('.');
  const last = parts.pop()!;
  let place = copy as Record<string, unknown>;
  for (const part of parts) {
    place[part] ??= {};
    place = place[part] as Record<string, unknown>;
  }
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

function problems(json: unknown): string[] {
  return checkProduct(json, 'test.json').errors.map(({ message }) => message);
}

describe('the shipped products', () => {
  test('are there, complete and frozen, with the facts of the origin', () => {
    const [servo, relay] = shippedProducts();
    expect(servo).toMatchObject({
      productKey: 'SW-SERVO-001',
      controlMode: 'toggle',
      category: 'switch',
      chipModel: 'ESP32',
      firmwareVersion: '1.0.0',
      statusLed: { pin: 2, activeLevel: 1 },
      outputs: [
        {
          pin: 18,
          pulseUs: { min: 500, max: 2400 },
          limitsDeg: { min: 0, max: 180 },
          positionsDeg: { up: 180, middle: 90, down: 0 },
          pulse: { position: 'down', rest: 'middle', durationMs: 500, maxMs: 60_000 },
          detachMs: 300,
        },
      ],
      interlocks: [],
      session: { heartbeatS: 60, reconnectSpreadS: 10, pingTimeoutS: 10, maxMessageBytes: 4096, outboxSize: 32 },
    });
    expect(relay).toMatchObject({ productKey: 'SW-RELAY-002', interlocks: [{ channels: [0, 1], deadTimeMs: 500 }] });
    expect(relay?.outputs.every(({ type }) => type === 'relay')).toBe(true);
    expect(Object.isFrozen(servo?.outputs[0]?.pulse)).toBe(true);
    expect(servo).not.toHaveProperty('$schema');
  });

  test('have no errors, and no warning but the one for the LED on a strapping pin that the origin chose', () => {
    expect(checkProduct(relayFile, 'sw-relay-002.json')).toMatchObject({ errors: [], warnings: [] });
    const { errors, warnings } = checkProduct(servoFile, 'sw-servo-001.json');
    expect(errors).toEqual([]);
    expect(warnings.map(({ field }) => field)).toEqual(['statusLed.pin']);
    expect(warnings[0]?.message).toContain('strapping');
  });

  test('are found by key in any case', () => {
    expect(loadProduct('SW-SERVO-001')).toBe(shippedProducts()[0]);
    expect(loadProduct('sw-relay-002').productKey).toBe('SW-RELAY-002');
  });
});

describe('a definition', () => {
  test('that names only what it must is completed with every default', () => {
    const product = parseProduct(changed(servoFile, 'outputs', [{ type: 'servo', pin: 18 }]), 'test.json');
    expect(product.outputs[0]).toEqual(shippedProducts()[0]?.outputs[0]);
    expect(
      parseProduct(changed(relayFile, 'interlocks', [{ channels: [1, 0] }]), 'test.json').interlocks[0]?.deadTimeMs,
    ).toBe(500);
  });

  test('is not changed by being checked', () => {
    const json = structuredClone(servoFile);
    parseProduct(json, 'test.json');
    expect(json).toEqual(servoFile);
  });

  test.each<[object, string, unknown, string]>([
    [servoFile, 'productKey', undefined, 'productKey is missing; add it'],
    [servoFile, 'productKey', 'a b', 'productKey must match ^[A-Za-z0-9_-]{1,32}$, not "a b"'],
    [servoFile, 'pins', [], 'pins is not known here; remove it'],
    [servoFile, 'outputs.0.pulsUs', {}, 'outputs[0].pulsUs is not known here; did you mean pulseUs?'],
    [servoFile, 'outputs.0.pin', '18', 'outputs[0].pin must be a whole number, not "18"'],
    [servoFile, 'outputs.0.pin', 49, 'outputs[0].pin must be at most 48, not 49'],
    [servoFile, 'outputs.0.type', 'motor', 'outputs[0].type must be one of servo, relay, not "motor"'],
    [servoFile, 'outputs.0.type', undefined, 'outputs[0].type is missing; add it'],
    [servoFile, 'outputs', {}, 'outputs must be a list, not {}'],
    [
      servoFile,
      'controlMode',
      'switch',
      'controlMode must be one of toggle, pulse, dimmer, readonly, generic, not "switch"',
    ],
    [servoFile, 'chipModel', 'ESP8266', 'chipModel must be one of ESP32, ESP32-C3, ESP32-S3, not "ESP8266"'],
    [servoFile, 'name', { en: 'x', zh: '' }, 'name.zh must not be empty'],
    [servoFile, 'session', { heartbeatS: 1 }, 'session.heartbeatS must be at least 5, not 1'],
    [relayFile, 'interlocks.0.channels', [0], 'interlocks[0].channels must have at least 2 entries'],
    [
      relayFile,
      'outputs.0.pulse',
      { position: 'middle' },
      'outputs[0].pulse.position must be one of up, down, not "middle"',
    ],
  ])('with a wrong form is refused: %#', (file, path, value, message) => {
    expect(problems(changed(file, path, value))).toContain(message);
  });

  test.each<[object, string, unknown, string | RegExp]>([
    [servoFile, 'outputs.0.pin', 6, /^outputs\[0\]\.pin 6 is wired to the flash on the ESP32; use one of 4, 13, 14, /],
    [servoFile, 'outputs.0.pin', 11, /flash/],
    [servoFile, 'outputs.0.pin', 34, /^outputs\[0\]\.pin 34 is input only on the ESP32; use one of/],
    [servoFile, 'outputs.0.pin', 39, /input only/],
    [servoFile, 'outputs.0.pin', 24, /^outputs\[0\]\.pin 24 does not exist on the ESP32; use one of/],
    [servoFile, 'statusLed.pin', 35, /^statusLed\.pin 35 is input only/],
    [servoFile, 'statusLed.pin', 18, /^statusLed\.pin 18 is already used by outputs\[0\]\.pin; use one of/],
    [relayFile, 'outputs.1.pin', 16, /^outputs\[1\]\.pin 16 is already used by outputs\[0\]\.pin/],
    [
      servoFile,
      'outputs.0.limitsDeg',
      { min: 170, max: 10 },
      'outputs[0].limitsDeg.min 170 must be below limitsDeg.max 10; swap them',
    ],
    [
      servoFile,
      'outputs.0.limitsDeg',
      { min: 10, max: 180 },
      'outputs[0].positionsDeg.down 0 must lie within limitsDeg, 10 to 180',
    ],
    [servoFile, 'outputs.0.positionsDeg', { up: 0 }, 'outputs[0].positionsDeg.up is 0 as is down; they must differ'],
    [
      servoFile,
      'outputs.0.pulseUs',
      { min: 2400, max: 500 },
      'outputs[0].pulseUs.min 2400 must be below pulseUs.max 500; swap them',
    ],
    [
      servoFile,
      'outputs.0.pulse',
      { rest: 'down' },
      'outputs[0].pulse.rest is down as is pulse.position; a pulse must lead away from its rest',
    ],
    [
      servoFile,
      'outputs.0.pulse',
      { maxMs: 100 },
      'outputs[0].pulse.durationMs 500 is above pulse.maxMs 100; lower it or raise maxMs',
    ],
    [
      relayFile,
      'outputs.0.minOnMs',
      90_000,
      'outputs[0].minOnMs 90000 is above pulse.maxMs 60000, so no pulse could end in time; lower it',
    ],
    [relayFile, 'interlocks.0.channels', [1, 1], 'interlocks[0].channels names channel 1 twice; name two relays'],
    [relayFile, 'interlocks.0.channels', [0, 2], 'interlocks[0].channels[1] 2 does not exist; channels go from 0 to 1'],
    [
      relayFile,
      'outputs.1',
      { type: 'servo', pin: 17 },
      'interlocks[0].channels[1] 1 is a servo; an interlock joins two relays',
    ],
    [
      relayFile,
      'interlocks.1',
      { channels: [1, 0] },
      'interlocks[1].channels joins 1 and 0 once more; remove one of the two entries',
    ],
    [
      relayFile,
      'outputs.0.pulse',
      { position: 'down', rest: 'up' },
      'outputs[0].pulse.rest must be down, because an interlock joins this relay to another',
    ],
    [
      relayFile,
      'properties.1.source.channel',
      5,
      'properties[1].source.channel 5 does not exist; channels go from 0 to 1',
    ],
    [
      relayFile,
      'properties.1.source.attribute',
      'angle',
      'properties[1].source.attribute angle is nothing a relay has; use position or on',
    ],
    [
      relayFile,
      'properties.1.source.attribute',
      'position',
      "properties[1].type must be enum, because the source's attribute is position",
    ],
    [
      relayFile,
      'properties.0.values',
      ['up', 'middle', 'down'],
      'properties[0].values has middle, where a relay is up, down; remove it',
    ],
    [
      servoFile,
      'properties.0.values',
      ['up', 'down'],
      'properties[0].values lacks middle, where the servo can be; add it',
    ],
    [
      relayFile,
      'properties.1.key',
      'relay1',
      'properties[2].key relay1 is used by an earlier property; choose another name',
    ],
    [
      relayFile,
      'properties.2.key',
      'position',
      'properties[2].key position is used by an earlier property; choose another name',
    ],
    [servoFile, 'properties.1.min', 200, /^properties\[1\]\.min 200 must be below max 180/],
    [servoFile, 'properties.1.step', 181, /^properties\[1\]\.step 181 is wider than the range/],
    [servoFile, 'properties.1.max', 360, /^properties\[1\]\.max 360 must be at most 180/],
    [
      servoFile,
      'controlMode',
      'readonly',
      'properties[0].writable must be false, because the control mode is readonly',
    ],
    [servoFile, 'outputs', [], 'outputs must not be empty, because the control mode is toggle'],
    ...['wifi_rssi', 'action', 'switch', 'channel', 'duration', 'wakeup', 'constructor'].map(
      (key): [object, string, unknown, string] => [
        relayFile,
        'properties.1.key',
        key,
        `properties[1].key ${key} is reserved; choose another name`,
      ],
    ),
  ])('whose parts do not fit is refused: %#', (file, path, value, message) => {
    const found = problems(changed(file, path, value));
    expect(found).toContainEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  test('pins are judged by the chip', () => {
    const on = (chipModel: string, pin: number): string =>
      problems({ ...(changed(servoFile, 'outputs.0.pin', pin) as object), chipModel }).join();
    expect(on('ESP32-C3', 6)).toBe('');
    expect(on('ESP32-C3', 12)).toContain('flash on the ESP32-C3');
    expect(on('ESP32-C3', 34)).toContain('does not exist on the ESP32-C3');
    expect(on('ESP32-S3', 6)).toBe('');
    expect(on('ESP32-S3', 30)).toContain('flash on the ESP32-S3');
    expect(on('ESP32-S3', 38)).toBe('');
  });

  test.each([
    ['ESP32', 12],
    ['ESP32', 1],
    ['ESP32-C3', 8],
    ['ESP32-S3', 45],
  ])('on a %s pin %i works but is warned of', (chipModel, pin) => {
    const json = { ...(changed(servoFile, 'outputs.0.pin', pin) as object), chipModel };
    const { errors, warnings } = checkProduct(json, 'test.json');
    expect(errors).toEqual([]);
    expect(warnings.map(({ field }) => field)).toContain('outputs[0].pin');
  });

  test('with several faults gets them all named at once, each with code, field and sentence', () => {
    const { errors } = checkProduct(
      {
        ...(changed(relayFile, 'outputs.0.pin', 7) as object),
        statusLed: { pin: 36 },
        interlocks: [{ channels: [0, 0] }],
      },
      'test.json',
    );
    expect(errors.map(({ code, field }) => `${code} ${field}`)).toEqual([
      'invalid_product outputs[0].pin',
      'invalid_product statusLed.pin',
      'invalid_product interlocks[0].channels',
    ]);
  });

  test('whatever it is, gives a product or a list of sentences that name their fields, and nothing is thrown', () => {
    const places = [
      'outputs.0',
      'outputs.0.pin',
      'outputs.0.pulse',
      'properties.0',
      'properties.0.source',
      'interlocks',
      'session',
      'app',
      'name',
      'chipModel',
    ];
    const broken = fc
      .tuple(
        fc.constantFrom<object>(servoFile, relayFile),
        fc.constantFrom(...places),
        fc.oneof(fc.anything(), fc.jsonValue()),
      )
      .map(([file, path, value]) => changed(file, path, value));
    fc.assert(
      fc.property(
        fc.oneof(broken, fc.anything({ withBigInt: true, withNullPrototype: true }), fc.jsonValue()),
        (json) => {
          const { product, errors } = checkProduct(json, 'test.json');
          expect(product === undefined).toBe(errors.length > 0);
          for (const { code, field, message } of errors) {
            expect(code).toBe('invalid_product');
            expect(message.startsWith(field)).toBe(true);
            expect(message.length).toBeGreaterThan(field.length + 5);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('the how-to', () => {
  const text = readFileSync(new URL('../../docs/add-a-product.md', import.meta.url), 'utf8');
  const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(text)?.[1] ?? '');

  test('shows a definition that is right', () => {
    expect(checkProduct(example, 'my-gate.json')).toMatchObject({ errors: [], warnings: [] });
  });

  test('shows the sentences that a wrong one gets', () => {
    example.outputs[0].pin = 12;
    example.outputs[0].pulse.durationMs = 5000;
    const lines = checkProduct(example, 'my-gate.json').errors.map(({ message }) => `my-gate.json: ${message}`);
    expect(lines.length).toBe(2);
    for (const line of lines) expect(text).toContain(line);
  });
});

describe('a definition file', () => {
  test('of a maker is loaded by its path', () => {
    const path = join(directory, 'mine.json');
    writeFileSync(path, JSON.stringify({ ...servoFile, productKey: 'MY-1', firmwareVersion: '2.0.0' }));
    const warned: string[] = [];
    expect(loadProduct(path, ({ field }) => warned.push(field))).toMatchObject({
      productKey: 'MY-1',
      firmwareVersion: '2.0.0',
    });
    expect(warned).toEqual(['statusLed.pin']);
  });

  test('that is wrong throws one error that carries them all and reads with the file before each', () => {
    const path = join(directory, 'wrong.json');
    writeFileSync(path, JSON.stringify({ ...servoFile, outputs: [{ type: 'servo', pin: 6 }], statusLed: { pin: 6 } }));
    try {
      loadProduct(path);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidProductError);
      const { code, errors, message } = error as InvalidProductError;
      expect([code, errors.length]).toEqual(['invalid_product', 2]);
      expect(message.split('\n').every((line) => line.startsWith('wrong.json: '))).toBe(true);
    }
  });

  test('that is not there, is a directory, is not JSON or is no object says so', () => {
    const write = (name: string, text: string): string => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    const said = (path: string): string => checkProductFile(path).errors[0]!.message;
    expect(said(join(directory, 'no.json'))).toBe(
      `there is no such file; give the path of a product definition or one of ${SHIPPED_KEYS}`,
    );
    expect(said(directory)).toContain('cannot be read');
    expect(said(write('text.json', '{"productKey": '))).toContain('the file is not JSON');
    expect(said(write('list.json', '[]'))).toBe('the definition must be a JSON object');
    expect(said(write('big.json', ' '.repeat(300_000)))).toContain('over 256 KiB');
  });
});
