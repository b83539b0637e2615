import { describe, expect, test } from 'vitest';
import { checkProduct } from '../../host-sim/products/load.js';
import dimmerFile from '../../src/products/sw-dim-001.json' with { type: 'json' };
import genericFile from '../../src/products/sw-gen-001.json' with { type: 'json' };
import relayFile from '../../src/products/sw-relay-002.json' with { type: 'json' };
import sensorFile from '../../src/products/sw-sense-001.json' with { type: 'json' };
import { changed, problems } from './support.js';

const relay = (definition: object, more: object = {}): object => ({
  ...relayFile,
  outputs: [{ type: 'relay', pin: 16, ...definition }],
  interlocks: [],
  properties: [],
  ...more,
});

const warnings = (json: unknown): string[] => {
  const checked = checkProduct(json, 'test.json');
  expect(checked.errors).toEqual([]);
  return checked.warnings.map(({ message }) => message);
};

describe('in control mode pulse', () => {
  const INVERTED = { position: 'down', rest: 'up' };

  test.each([
    [{ powerOn: 'on' }, 'must be off in control mode pulse, not on: with on it is'],
    [{ powerOn: 'last' }, 'must be off in control mode pulse, not last: with last it can be'],
    [{ pulse: INVERTED }, 'must be on in control mode pulse, not off: with off it is'],
    [{ pulse: INVERTED, powerOn: 'last' }, 'must be on in control mode pulse, not last: with last it can be'],
  ])('an output must be at rest from power-on: %j', (output, words) => {
    const mend = words.slice('must be '.length).split(' ', 1);
    for (const type of ['relay', 'dimmer']) {
      const json = relay(type === 'relay' ? output : { ...output, type }, { controlMode: 'pulse' });
      expect(problems(json)).toEqual([
        `outputs[0].powerOn ${words} away from its rest from power-on without limit; set it to ${mend}`,
      ]);
      expect(problems({ ...json, controlMode: 'generic' })).toEqual([]);
    }
  });

  test.each([{}, { powerOn: 'off' }, { pulse: INVERTED, powerOn: 'on' }])(
    'an output that is, is right: %j',
    (output) => {
      expect(warnings(relay(output, { controlMode: 'pulse' }))).toEqual([]);
    },
  );

  test('a lamp cannot rest in the middle, where no power-on rule leads', () => {
    const json = changed(dimmerFile, 'outputs.0.pulse', { rest: 'middle' });
    expect(problems({ ...(json as object), controlMode: 'pulse' })).toEqual([
      'outputs[0].pulse.rest must be up or down in control mode pulse: no powerOn leads to middle',
    ]);
  });
});

describe('a definition is warned of', () => {
  test.each<[string, object, string]>([
    [
      'an output that is on from power-on, where its pulses have a limit',
      relay({ powerOn: 'last', pulse: { maxMs: 1_000 } }),
      'outputs[0].powerOn last has no limit from power-on: pulse.maxMs ends pulses alone; set it to off if it must not stay on',
    ],
    [
      'a power-on rule that an interlock overrules',
      { ...relayFile, outputs: [16, 17].map((pin) => ({ type: 'relay', pin, powerOn: 'on' })) },
      'outputs[1].powerOn on has no effect: outputs[0], which an interlock joins to it, comes on first; set one of the two to off',
    ],
    [
      'a pulse that is shorter than its minimum time',
      relay({ minOnMs: 2_000 }),
      'outputs[0].pulse.durationMs 500 is below minOnMs 2000, which every pulse lasts then; raise it or lower minOnMs',
    ],
    [
      'a pulse that nothing begins',
      { ...(changed(dimmerFile, 'outputs.0.pulse', { durationMs: 900 }) as object), inputs: [] },
      'outputs[0].pulse has no effect: control mode dimmer takes no pulses, and no button with doubleMs above 0 has channel 0; remove it or add such a button',
    ],
    [
      'an output that nothing commands, and what of it has no effect',
      relay({ minOnMs: 5 }, { controlMode: 'readonly' }),
      'outputs[0] is commanded by nothing, because the control mode is readonly and no button has channel 0, so minOnMs of it can have no effect; add a button or remove the output',
    ],
    [
      'a wait for a double press that is the same as a short one',
      relay({}, { controlMode: 'pulse', inputs: [{ type: 'button', pin: 19, doubleMs: 200 }] }),
      'inputs[0].doubleMs only delays a press, because in control mode pulse a short and a double one do the same; set 0',
    ],
    [
      'the channel of a button without outputs',
      { ...sensorFile, inputs: [{ type: 'button', pin: 19, channel: 0 }], properties: [] },
      'inputs[0].channel has no effect, because there is no output to command; remove it',
    ],
    [
      'commands without an output',
      { ...sensorFile, controlMode: 'generic' },
      'controlMode is generic, but there is no output to command; set readonly',
    ],
    [
      'two properties that show the same',
      changed(genericFile, 'properties.2', { ...genericFile.properties[0], key: 'relay' }) as object,
      'properties[2].source is shown by properties[0] already; remove one of the two',
    ],
    [
      'an end that no message can set',
      changed(dimmerFile, 'properties.1.step', 30) as object,
      'properties[1].step 30 does not lead from min 0 to max 100, so no message can set the end; change one of the three',
    ],
    [
      'values that a message may ask for and the output does not reach',
      {
        ...genericFile,
        outputs: [
          { type: 'servo', pin: 18, limitsDeg: { min: 10, max: 170 }, positionsDeg: { up: 170, down: 10 } },
          ...genericFile.outputs.slice(1),
        ],
      },
      'properties[1] goes from 0 to 180, but the servo from 10 to 170: a message can ask for what it does not reach',
    ],
  ])('%s', (_what, json, message) => {
    expect(warnings(json)).toEqual([message]);
  });

  test('not where a button pulses what no command pulses', () => {
    expect(warnings(changed(dimmerFile, 'outputs.0.pulse', { durationMs: 900 }))).toEqual([]);
  });
});

describe('a text for people', () => {
  test.each([
    ['name.en', 'a\u001b]0;x\u0007', 'name.en has \\u001b, a character that cannot be shown; remove it'],
    ['description.zh', 'a\nb', 'description.zh has \\u000a, a character that cannot be shown; remove it'],
    [
      'properties.0.name.zh',
      '\u202ea',
      'properties[0].name.zh has \\u202e, a character that cannot be shown; remove it',
    ],
    ['properties.1.unit', '\ud800', 'properties[1].unit has \\ud800, a character that cannot be shown; remove it'],
    ['app.model', '  ', 'app.model is blank; say something'],
  ])('is one line that can be seen: %s', (path, value, message) => {
    expect(problems(changed(dimmerFile, path, value))).toEqual([message]);
  });

  test('may be in any language, and a description empty', () => {
    const json = { ...dimmerFile, name: { en: 'Lámpara 😀', zh: '台灯' }, description: { en: '', zh: '' } };
    expect(warnings(json)).toEqual([]);
  });
});
