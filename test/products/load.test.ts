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
      activationMode: 'open',
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
      provisioning: { bleName: 'IoT-Switch-', originBle: 'compat' },
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
    [
      servoFile,
      'properties.1',
      { ...servoFile.properties[1], type: 'number', min: '0' },
      'properties[1].min must be a number, not "0"',
    ],
    [servoFile, 'outputs.0.pin', Number.POSITIVE_INFINITY, 'outputs[0].pin must be a whole number, not Infinity'],
    [servoFile, 'properties.0.values', [], 'properties[0].values must have at least 1 entry'],
    [servoFile, 'properties.1.max', 1e10, 'properties[1].max must be at most 1000000000, not 10000000000'],
    [servoFile, 'session', { heartbeatS: 1 }, 'session.heartbeatS must be at least 5, not 1'],
    [servoFile, 'provisioning.originBle', 'on', 'provisioning.originBle must be one of compat, strict, not "on"'],
    [servoFile, 'provisioning.bleName', '', 'provisioning.bleName must not be empty'],
    [servoFile, 'provisioning.bleName', 'x'.repeat(22), `provisioning.bleName must have at most 21 characters`],
    [
      servoFile,
      'provisioning.bleName',
      '智能开关智能开关',
      'provisioning.bleName has 24 bytes; beside the serial number there is room for 21 of UTF-8, so shorten it',
    ],
    [
      servoFile,
      'provisioning.bleName',
      'a\u0007',
      'provisioning.bleName has \\u0007, a character that cannot be shown; remove it',
    ],
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

test('a definition with more faults than anyone reads gets the first hundred named, and the rest counted', () => {
  const found = problems({ ...servoFile, properties: Array.from({ length: 5_000 }, () => 0) });
  expect(found).toHaveLength(101);
  expect(found.at(-1)).toBe('the definition has 4901 more problems; mend these first');
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

  const file = (name: string, bytes: string | Uint8Array): string => {
    writeFileSync(join(directory, name), bytes);
    return join(directory, name);
  };
  const said = (path: string): string[] => checkProductFile(path).errors.map(({ message }) => message);

  test('that is not there, is a directory, is not JSON or is no object says so', () => {
    expect(said(join(directory, 'no.json'))).toEqual([
      `there is no such file; give the path of a product definition or one of ${SHIPPED_KEYS}`,
    ]);
    expect(said(directory)[0]).toMatch(
      /cannot be read: it is a folder, where a regular file of at most 256 KiB belongs; /,
    );
    expect(said(file('text.json', '{"productKey": '))).toEqual([
      'the file is not JSON: it ends in line 1, column 16 where a value must stand',
    ]);
    expect(said(file('list.json', '[]'))).toEqual(['the definition must be a JSON object']);
  });

  test('may begin with a byte order mark, and must be UTF-8', () => {
    const text = JSON.stringify({ ...servoFile, productKey: 'MY-1' });
    expect(said(file('bom.json', `\ufeff${text}`))).toEqual([]);
    expect(said(file('bom.json', '\ufeff{x'))[0]).toContain('in line 1, column 2 stands x');
    expect(said(file('latin.json', Buffer.from('{\r\n"name": "\u00e9"', 'latin1')))).toEqual([
      'the file is not UTF-8 in line 2, column 10; save it in that encoding',
    ]);
    expect(said(file('utf16.json', Buffer.from(`\ufeff${text}`, 'utf16le')))[0]).toContain(
      'not UTF-8 in line 1, column 1',
    );
  });

  test('may have 256 KiB and not a byte more, however its size is told', () => {
    const text = JSON.stringify({ ...servoFile, productKey: 'MY-1' });
    const padded = (bytes: number): string => text + ' '.repeat(bytes - Buffer.byteLength(text));
    expect(said(file('most.json', padded(256 * 1024)))).toEqual([]);
    expect(said(file('more.json', padded(256 * 1024 + 1)))).toEqual([
      'the file is over 256 KiB, the most that a product definition may have; shorten it',
    ]);
  });

  test('with a key twice or a number beyond numbers is refused, beside what else is wrong', () => {
    const text = JSON.stringify({ ...servoFile, category: 'A B' }).replace('"pin":18', '"pin":1e999');
    expect(said(file('twice.json', text.replace('{', '{"outputs":[],')))).toEqual([
      expect.stringMatching(/^outputs stands in line 1, column 2 and again in line 1, column \d+; remove one of them$/),
      expect.stringMatching(/^outputs\[0\]\.pin is 1e999 in line 1, column \d+, which no number can be; /),
      'category must be 1 to 32 lower-case letters, digits, _ or -, not "A B"',
    ]);
  });

  test('that nests too deep is told so, and not that it is no object', () => {
    expect(said(file('deep.json', `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`))[0]).toContain(
      'nests deeper than 16',
    );
    let deep: object = {};
    for (let level = 0; level < 100_000; level++) deep = { deep };
    expect(problems(deep)).toEqual(['the definition nests deeper than 16 levels; it has no place for that']);
  });

  test('that takes the key of a shipped product, and is another, is warned of', () => {
    const path = file('same.json', JSON.stringify({ ...relayFile, productKey: 'sw-relay-002' }));
    expect(checkProductFile(path).warnings.map(({ message }) => message)).toEqual([
      'productKey sw-relay-002 is the key of a shipped product, which this one is not; choose a key of your own',
    ]);
    expect(checkProductFile(file('copy.json', JSON.stringify(relayFile))).warnings).toEqual([]);
  });
});
