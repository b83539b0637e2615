import { describe, expect, test } from 'vitest';
import { checkProduct } from '../../host-sim/products/load.js';
import relayFile from '../../src/products/sw-relay-002.json' with { type: 'json' };
import servoFile from '../../src/products/sw-servo-001.json' with { type: 'json' };
import { changed, problems } from './support.js';

describe('a definition', () => {
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
      'outputs[0].positionsDeg.down 0 must lie within limitsDeg, 10 to 180; change it or widen them',
    ],
    [servoFile, 'outputs.0.positionsDeg', { up: 0 }, 'outputs[0].positionsDeg.up is 0 as is down; they must differ'],
    ...[180, 0].map((middle): [object, string, unknown, string] => [
      servoFile,
      'outputs.0.positionsDeg',
      { middle },
      `outputs[0].positionsDeg.middle ${middle} must lie between down 0 and up 180, or flips and pulses do not move; use 1 to 179`,
    ]),
    [
      servoFile,
      'outputs.0.positionsDeg',
      { up: 20, middle: 90, down: 60 },
      'outputs[0].positionsDeg.middle 90 must lie between down 60 and up 20, or flips and pulses do not move; use 21 to 59',
    ],
    [
      servoFile,
      'outputs.0.positionsDeg',
      { up: 91, middle: 90, down: 90 },
      'outputs[0].positionsDeg.up 91 and down 90 leave no whole degree for middle between them; set them apart',
    ],
    [
      servoFile,
      'outputs.0.pulseUs',
      { min: 1500, max: 1600 },
      'outputs[0].pulseUs.max 1600 is less than 220 above pulseUs.min 1500, so the angles between are one pulse; raise it',
    ],
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
    [servoFile, 'outputs', [], 'outputs must not be empty, because the control mode is toggle; add one'],
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

  test('whose ends are the wrong way round is told so once', () => {
    for (const min of [200, 180]) {
      const { errors, warnings } = checkProduct(changed(servoFile, 'properties.1.min', min), 'test.json');
      expect(errors.map(({ field }) => field)).toEqual(['properties[1].min']);
      expect(warnings.map(({ field }) => field)).toEqual(['statusLed.pin', 'inputs[0].pin']);
    }
  });

  test('that two interlocks find wrong is told so once', () => {
    const json = changed(relayFile, 'outputs.0.pulse', { position: 'down', rest: 'up' });
    const interlocks = [{ channels: [0, 1] }, { channels: [0, 7] }];
    expect(problems({ ...(json as object), interlocks })).toEqual([
      'outputs[0].pulse.rest must be down, because an interlock joins this relay to another',
      'interlocks[1].channels[1] 7 does not exist; channels go from 0 to 1',
    ]);
  });

  test('that needs a pin where none is left says so', () => {
    const inputs = [0, 1, 3, 4, 5].map((pin) => ({ type: 'analog', pin }));
    const json = { ...servoFile, chipModel: 'ESP32-C3', outputs: [], inputs, properties: [], controlMode: 'readonly' };
    expect(problems(json)).toEqual([
      'inputs[4].pin 5 cannot be measured while Wi-Fi is on (ADC2 of the ESP32-C3); no pin that can do it is left, so free one or remove this',
    ]);
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
});
