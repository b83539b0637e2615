import { describe, expect, test } from 'vitest';
import { checkProduct, parseProduct } from '../../host-sim/products/load.js';
import dimmerFile from '../../src/products/sw-dim-001.json' with { type: 'json' };
import genericFile from '../../src/products/sw-gen-001.json' with { type: 'json' };
import relayFile from '../../src/products/sw-relay-002.json' with { type: 'json' };
import sensorFile from '../../src/products/sw-sense-001.json' with { type: 'json' };
import { changed, problems } from './support.js';

/** The sensor on another chip, with its analog input on a pin of it. */
function sensorOn(chipModel: string, pin: number): unknown {
  return { ...(changed(sensorFile, 'inputs.1.pin', pin) as object), chipModel, statusLed: undefined };
}

describe('a dimmer', () => {
  test('that names only its pin has the defaults of the product', () => {
    expect(parseProduct(dimmerFile, 'test.json').outputs[0]).toEqual({
      type: 'dimmer',
      pin: 18,
      hz: 1000,
      activeLevel: 1,
      gamma: 2.8,
      fadeMs: 500,
      minLevel: 1,
      powerOn: 'off',
      pulse: { position: 'up', rest: 'down', durationMs: 500, maxMs: 60_000 },
    });
  });

  test.each<[string, unknown, string]>([
    ['outputs.0.gamma', 0.5, 'outputs[0].gamma must be at least 1, not 0.5'],
    ['outputs.0.minLevel', 60, 'outputs[0].minLevel must be at most 50, not 60'],
    ['outputs.0.gama', 2, 'outputs[0].gama is not known here; did you mean gamma?'],
    ['outputs.0.minOnMs', 2, 'outputs[0].minOnMs is not known here; remove it'],
    ['properties.1.source.attribute', 'on', "properties[1].type must be boolean, because the source's attribute is on"],
    [
      'properties.2.source.attribute',
      'level',
      "properties[2].type must be integer or number, because the source's attribute is level",
    ],
    ['properties.1.max', 180, 'properties[1].max 180 must be at most 100, because it is a level in percent'],
    ['properties.1.min', -1, 'properties[1].min -1 must be at least 0, because it is a level in percent'],
    ['properties.1.min', 100, 'properties[1].min 100 must be below max 100; they must differ'],
    ['properties.0.values', ['up', 'down'], 'properties[0].values lacks middle, where the dimmer can be; add it'],
    ['outputs', [], 'outputs must not be empty, because the control mode is dimmer; add one'],
  ])('is refused with %s %j', (path, value, message) => {
    expect(problems(changed(dimmerFile, path, value))).toContain(message);
  });

  test('may be shown as the angle of the legacy form, of which 180 is full', () => {
    const property = {
      ...dimmerFile.properties[1],
      key: 'angle',
      max: 180,
      source: { channel: 0, attribute: 'angle' },
    };
    expect(problems(changed(dimmerFile, 'properties.3', property))).toEqual([]);
  });

  test('may have a level with decimals', () => {
    expect(
      problems(changed(dimmerFile, 'properties.1', { ...dimmerFile.properties[1], type: 'number', step: 0.5 })),
    ).toEqual([]);
  });

  test('that goes further than its property says is warned of', () => {
    const { errors, warnings } = checkProduct(changed(dimmerFile, 'properties.1.max', 80), 'test.json');
    expect(errors).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'properties[1] goes from 0 to 80, but the dimmer from 0 to 100: beyond its range it shows its end',
    ]);
  });

  test('is what a product of control mode dimmer should have', () => {
    const { errors, warnings } = checkProduct({ ...relayFile, controlMode: 'dimmer' }, 'test.json');
    expect(errors).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'controlMode is dimmer, but no output is a dimmer; another mode takes more commands',
    ]);
  });

  test.each([
    ['ESP32', 4],
    ['ESP32-C3', 2],
    ['ESP32-S3', 4],
  ])('needs a PWM channel as a servo does, and the firmware has only so many on the %s: %i', (chipModel, most) => {
    const outputs = (count: number): unknown[] =>
      [4, 5, 6, 7, 10].slice(0, count).map((pin, channel) => ({ type: channel % 2 === 0 ? 'servo' : 'dimmer', pin }));
    const json = (count: number): object => ({
      ...genericFile,
      chipModel,
      statusLed: undefined,
      inputs: [],
      properties: [],
      outputs: outputs(count).map((output, i) =>
        chipModel === 'ESP32' ? { ...(output as object), pin: [4, 13, 14, 16, 17][i] } : output,
      ),
    });
    expect(problems(json(most))).toEqual([]);
    expect(problems(json(most + 1))).toEqual([
      `outputs has ${most + 1} servos and dimmers, but the firmware has ${most} PWM channels on the ${chipModel}; remove some`,
    ]);
  });
});

describe('inputs', () => {
  test('that name only their pins have the defaults of the product', () => {
    const inputs = [
      { type: 'button', pin: 4 },
      { type: 'digital', pin: 13 },
      { type: 'analog', pin: 32 },
    ];
    expect(parseProduct({ ...genericFile, inputs, properties: [] }, 'test.json').inputs).toEqual([
      { type: 'button', pin: 4, activeLevel: 0, channel: 0, debounceMs: 30, doubleMs: 300, holdMs: 10_000 },
      { type: 'digital', pin: 13, activeLevel: 0, debounceMs: 30, minIntervalMs: 1000 },
      { type: 'analog', pin: 32, scale: { min: 0, max: 100 }, deadBand: 1, sampleMs: 500, minIntervalMs: 1000 },
    ]);
  });
});

describe('a button', () => {
  test.each<[string, unknown, string]>([
    ['inputs.0.channel', 3, 'inputs[0].channel 3 does not exist; channels go from 0 to 2'],
    ['inputs.0.pin', 18, /^inputs\[0\]\.pin 18 is already used by outputs\[0\]\.pin; use one of 4, 13/ as never],
    ['inputs.0.holdMs', 500, 'inputs[0].holdMs must be at least 2000, not 500'],
    [
      'inputs.0.doubleMs',
      30,
      'inputs[0].doubleMs 30 leaves no time for a second press, which counts after debounceMs 30; raise it, or set 0 for no doubles',
    ],
    [
      'properties.4.source.input',
      0,
      'properties[4].source.input 0 is a button, which has no value to show; name a digital or an analog input, or remove the property',
    ],
    ['inputs.0.type', 'knob', 'inputs[0].type must be one of button, digital, analog, not "knob"'],
    ['inputs.0.pin', undefined, 'inputs[0].pin is required and missing; add it, like 16'],
  ])('is refused with %s %j', (path, value, message) => {
    const said = problems(changed(genericFile, path, value));
    expect(said).toContainEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });

  test('may be without doubles, and on a board without outputs it is there to be held', () => {
    expect(problems(changed(genericFile, 'inputs.0.doubleMs', 0))).toEqual([]);
    expect(problems(changed(sensorFile, 'inputs.2', { type: 'button', pin: 4 }))).toEqual([]);
    expect(problems(changed(sensorFile, 'inputs.2', { type: 'button', pin: 4, channel: 1 }))).toEqual([
      'inputs[2].channel 1 does not exist; there are no outputs',
    ]);
  });

  test.each(['button', 'digital'])('or a contact (%s) needs a pull-up where it pulls to ground', (type) => {
    const json = (activeLevel: 0 | 1): unknown => changed(genericFile, 'inputs.0', { type, pin: 36, activeLevel });
    expect(problems(json(0))).toEqual([
      expect.stringMatching(
        /^inputs\[0\]\.pin 36 has no pull-up on the ESP32, which activeLevel 0 needs; use one of 4, 13, .*, or wire it to 3\.3 V with a resistor to ground and set activeLevel to 1$/,
      ),
    ]);
    expect(problems(json(1))).toEqual([]);
  });

  test('that is reset by a press which is hardly long is warned of: nobody could open the board by it', () => {
    const { errors, warnings } = checkProduct(changed(genericFile, 'inputs.0.holdMs', 3_000), 'test.json');
    expect(errors).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'inputs[0].holdMs 3000 leaves no long press, of 3000 and more, that opens the board to be set up anew; raise it',
    ]);
    expect(checkProduct(changed(genericFile, 'inputs.0.holdMs', 3_001), 'test.json').warnings).toEqual([]);
  });

  test('on the strapping pin of the boot button works and is warned of', () => {
    const { errors, warnings } = checkProduct(changed(dimmerFile, 'inputs.0.pin', 0), 'test.json');
    expect(errors).toEqual([]);
    expect(warnings.map(({ field }) => field)).toEqual(['inputs[0].pin']);
  });
});

describe('an analog input', () => {
  test.each([
    ...[0, 2, 4, 12, 13, 14, 15, 25, 26, 27].map((pin): [string, number, string] => [
      'ESP32',
      pin,
      `inputs[1].pin ${pin} cannot be measured while Wi-Fi is on (ADC2 of the ESP32); use one of 32, 33, 34, 35, 36, 37, 38, 39`,
    ]),
    [
      'ESP32',
      16,
      'inputs[1].pin 16 cannot be measured on the ESP32 (it has no ADC); use one of 32, 33, 34, 35, 36, 37, 38, 39',
    ],
    [
      'ESP32-C3',
      5,
      'inputs[1].pin 5 cannot be measured while Wi-Fi is on (ADC2 of the ESP32-C3); use one of 0, 1, 3, 4',
    ],
    [
      'ESP32-S3',
      11,
      'inputs[1].pin 11 cannot be measured while Wi-Fi is on (ADC2 of the ESP32-S3); use one of 1, 2, 4, 5, 6, 7, 8, 9, 10',
    ],
  ] as const)('on a %s is refused on pin %i, and told which pins work', (chipModel, pin, message) => {
    expect(problems(sensorOn(chipModel, pin))).toContain(message);
  });

  test.each([
    ['ESP32', 32],
    ['ESP32', 39],
    ['ESP32-C3', 4],
    ['ESP32-S3', 10],
  ])('on a %s works on pin %i', (chipModel, pin) => {
    expect(problems(sensorOn(chipModel, pin))).toEqual([]);
  });

  test.each<[string, unknown, string]>([
    ['inputs.1.scale', { min: 5, max: 5 }, 'inputs[1].scale.max 5 is the same as scale.min; they must differ'],
    [
      'inputs.1.deadBand',
      100,
      'inputs[1].deadBand 100 is as wide as the scale from 0 to 100, so no change would count; lower it',
    ],
    [
      'properties.1.writable',
      true,
      'properties[1].writable must be false, because inputs[1] is measured and cannot be set',
    ],
    [
      'properties.0.writable',
      true,
      'properties[0].writable must be false, because inputs[0] is measured and cannot be set',
    ],
    [
      'properties.1.min',
      10,
      'properties[1].min 10 must be at most 0, because inputs[1].scale reaches down to it; lower it',
    ],
    [
      'properties.1.max',
      90,
      'properties[1].max 90 must be at least 100, because inputs[1].scale reaches up to it; raise it',
    ],
    ['properties.1.step', 0, 'properties[1].step must be above 0, not 0'],
    ['properties.1.step', 101, 'properties[1].step 101 is wider than the range from min 0 to max 100; lower it'],
    [
      'properties.0.source.input',
      1,
      'properties[0].type must be number or integer, because inputs[1] is an analog input',
    ],
    ['properties.1.source.input', 0, 'properties[1].type must be boolean, because inputs[0] is a digital input'],
    ['properties.1.source.input', 5, 'properties[1].source.input 5 does not exist; inputs go from 0 to 1'],
    ['properties.1.key', 'uptime', 'properties[1].key uptime is reserved; choose another name'],
    [
      'properties.1.key',
      'angle',
      'properties[1].key angle is what the cloud shows of channel 0; choose another name or source',
    ],
  ])('and its property are refused with %s %j', (path, value, message) => {
    expect(problems(changed(sensorFile, path, value))).toContain(message);
  });

  test('may count downwards, and be shown as a whole number', () => {
    const property = { ...sensorFile.properties[1], type: 'integer', step: 1 };
    const json = changed(
      changed(sensorFile, 'inputs.1.scale', { min: 100, max: 0 }) as object,
      'properties.1',
      property,
    );
    expect(problems(json)).toEqual([]);
  });

  test('that no property shows is warned of', () => {
    const { errors, warnings } = checkProduct({ ...sensorFile, properties: [] }, 'test.json');
    expect(errors).toEqual([]);
    expect(warnings.map(({ message }) => message)).toEqual([
      'inputs[0] is reported by no property; add one with "source": { "input": 0 }',
      'inputs[1] is reported by no property; add one with "source": { "input": 1 }',
    ]);
  });
});

describe('the source of a property', () => {
  test.each<[unknown, string]>([
    [{}, 'none of them'],
    [{ channel: 0 }, 'channel'],
    [{ attribute: 'on' }, 'attribute'],
    [{ channel: 1, attribute: 'on', input: 1 }, 'channel and attribute and input'],
    [{ input: 1, channel: 1 }, 'input and channel'],
  ])('is an output or an input, and %j is neither', (source, has) => {
    expect(problems(changed(genericFile, 'properties.2.source', source))).toEqual([
      `properties[2].source must have channel and attribute, for an output, or input alone, for an input; it has ${has}`,
    ]);
  });
});

describe('what a definition must have', () => {
  test('is asked for, each with an example that is right', () => {
    const said = problems({});
    expect(said).toEqual([
      'productKey is required and missing; add it, like "MY-LAMP-1"',
      'name is required and missing; add it, like {"en":"Lamp","zh":"灯"}',
      'description is required and missing; add it, like {"en":"Lamp above the desk","zh":"书桌上方的灯"}',
      'category is required and missing; add it, like "switch"',
      'chipModel is required and missing; add it, like "ESP32"',
      'firmwareVersion is required and missing; add it, like "1.0.0"',
      'controlMode is required and missing; add it, like "toggle"',
      'app is required and missing; add it, like {"manufacturer":"Me","model":"Lamp-1"}',
      'outputs is required and missing; add it, like [{"type":"relay","pin":16}]',
      'properties is required and missing; add it, like []',
    ]);
    const asTold = Object.fromEntries(
      said.map((sentence) => [sentence.split(' ')[0]!, JSON.parse(sentence.replace(/^.*, like /, ''))]),
    );
    expect(problems(asTold)).toEqual([]);
  });
});
