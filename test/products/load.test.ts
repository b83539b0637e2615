import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  checkProduct,
  checkProductFile,
  InvalidProductError,
  loadProduct,
  parseProduct,
  shippedDefinition,
  shippedProducts,
} from '../../host-sim/products/load.js';
import relayFile from '../../src/products/sw-relay-002.json' with { type: 'json' };
import servoFile from '../../src/products/sw-servo-001.json' with { type: 'json' };
import { changed, problems } from './support.js';

const SHIPPED_KEYS = shippedProducts()
  .map(({ productKey }) => productKey)
  .join(', ');
const directory = mkdtempSync(join(tmpdir(), 'smartlink-product-'));
afterAll(() => rmSync(directory, { recursive: true }));

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

  test('are five, one at least for each way of wiring, in every mode but pulse', () => {
    expect(
      shippedProducts().map(({ productKey, controlMode, outputs, inputs }) => [
        productKey,
        controlMode,
        [...outputs, ...inputs].map(({ type }) => type).join(' '),
      ]),
    ).toEqual([
      ['SW-SERVO-001', 'toggle', 'servo button'],
      ['SW-RELAY-002', 'toggle', 'relay relay'],
      ['SW-DIM-001', 'dimmer', 'dimmer button'],
      ['SW-SENSE-001', 'readonly', 'digital analog'],
      ['SW-GEN-001', 'generic', 'servo relay dimmer button analog'],
    ]);
  });

  test('of which the dimmer lets its level be set, and whether it is on', () => {
    const { properties } = loadProduct('SW-DIM-001');
    expect(properties.filter(({ writable }) => writable).map(({ key }) => key)).toEqual(['level', 'on']);
  });

  test('have no errors, and no warning but those for the LED and the button on strapping pins that the origin chose', () => {
    for (const { productKey } of shippedProducts()) {
      const { errors, warnings } = checkProduct(shippedDefinition(productKey), `${productKey}.json`);
      expect(errors).toEqual([]);
      expect(warnings.map(({ field }) => field)).toEqual(
        productKey === 'SW-SERVO-001' ? ['statusLed.pin', 'inputs[0].pin'] : [],
      );
      for (const { message } of warnings) expect(message).toContain('strapping');
    }
  });

  test('are given to start from as they are written, a copy each time', () => {
    const first = shippedDefinition('sw-servo-001')!;
    first['productKey'] = 'X';
    expect(shippedDefinition('SW-SERVO-001')).toEqual(servoFile);
    expect(shippedDefinition('SW-X')).toBeUndefined();
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
    [servoFile, 'productKey', undefined, 'productKey is required and missing; add it, like "MY-LAMP-1"'],
    [servoFile, 'productKey', 'a b', 'productKey must be 1 to 32 letters, digits, _ or -, not "a b"'],
    [servoFile, 'category', 'Licht', 'category must be 1 to 32 lower-case letters, digits, _ or -, not "Licht"'],
    [servoFile, 'firmwareVersion', '1.0', 'firmwareVersion must be a version like 1.0.0 or 1.0.0-beta.1, not "1.0"'],
    [servoFile, 'app.iconColor', 'red', 'app.iconColor must be a colour like #FF6B35, not "red"'],
    [servoFile, 'app.iconName', '-', 'app.iconName must be 1 to 48 lower-case letters, digits or _, not "-"'],
    [servoFile, 'app.uiTemplate', '', 'app.uiTemplate must be 1 to 32 lower-case letters, digits or _, not ""'],
    [
      servoFile,
      'properties.0.key',
      '1st',
      'properties[0].key must be up to 32 lower-case letters, digits or _, a letter first, not "1st"',
    ],
    [servoFile, 'pins', [], 'pins is not known here; remove it'],
    [servoFile, 'outputs.0.pulsUs', {}, 'outputs[0].pulsUs is not known here; did you mean pulseUs?'],
    [servoFile, 'outputs.0.pin', '18', 'outputs[0].pin must be a whole number, not "18"'],
    [servoFile, 'outputs.0.pin', 49, 'outputs[0].pin must be at most 48, not 49'],
    [servoFile, 'outputs.0.type', 'motor', 'outputs[0].type must be one of servo, relay, dimmer, not "motor"'],
    [
      servoFile,
      'outputs.0.type',
      undefined,
      'outputs[0].type is required and missing; add it, one of servo, relay, dimmer',
    ],
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
    expect(warned).toEqual(['statusLed.pin', 'inputs[0].pin']);
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
