import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Draft } from '../../host-sim/cli/product-draft.js';
import { Prompt, type Question } from '../../host-sim/cli/product-prompt.js';
import { askProduct } from '../../host-sim/cli/product-questions.js';
import { isReached, reachWarnings } from '../../host-sim/cli/product-reach.js';
import { CHIP_PINS } from '../../host-sim/products/chip-pins.js';
import {
  type CheckedProduct,
  checkProduct,
  checkProductFile,
  loadProduct,
  shippedDefinition,
  shippedProducts,
} from '../../host-sim/products/load.js';
import type { Product } from '../../src/core/product.js';
import { ProductFolder } from './product-folder.js';

let folder: ProductFolder;

beforeEach(() => {
  folder = new ProductFolder();
});

afterEach(() => folder.remove());

/** An answer for each question that a default is good for. */
const DEFAULTS = Array.from({ length: 40 }, () => '');

/** The product that these answers make, and what is said of it: the questions alone, without the program around them. */
async function asked(lines: readonly string[], from?: string): Promise<Partial<Product> & CheckedProduct> {
  const input = new PassThrough();
  input.end(lines.map((line) => `${line}\n`).join(''));
  return made(new Prompt(input, new PassThrough()), from);
}

async function made(prompt: Prompt, from?: string): Promise<Partial<Product> & CheckedProduct> {
  const draft = new Draft(from === undefined ? undefined : shippedDefinition(from));
  await askProduct(prompt, draft, from);
  const checked = checkProduct(draft.finished(), 'made.json');
  return {
    ...checked.product,
    ...checked,
    warnings: [...checked.warnings, ...(checked.product ? reachWarnings(checked.product) : [])],
  };
}

/** A person who answers at random, now and then wrongly, and knows a right answer after some tries. */
class RandomPerson extends Prompt {
  readonly #picks: Iterator<number>;

  constructor(picks: readonly number[]) {
    super(new PassThrough(), new PassThrough());
    this.#picks = picks.values();
  }

  override ask({ fallback, choices, take }: Question): Promise<string> {
    const answers = choices ?? [fallback ?? 'MY-1', ...ANSWERS];
    for (let tries = 0; tries < 60; tries++) {
      const answer = answers[(this.#picks.next().value ?? tries) % answers.length]!;
      if (answer !== '' && take?.(answer) === undefined) return Promise.resolve(answer);
    }
    throw new Error('no answer is right');
  }

  override say(): void {}
}

const ANSWERS = [
  ...[
    '0',
    '1',
    '2',
    '4',
    '5',
    '10',
    '12',
    '13',
    '16',
    '17',
    '18',
    '19',
    '20',
    '21',
    '25',
    '32',
    '33',
    '34',
    '39',
    '48',
  ],
  ...[
    '89',
    '90',
    '91',
    '180',
    '-20',
    '2.45',
    '50',
    '60000',
    '1000000000',
    '1e9',
    '9'.repeat(400),
    '0,1',
    '1,2',
    'none',
  ],
  ...['level', 'value', 'position', 'angle', 'A name', '名', 'a\u001b[31m', '\u202e', 'x'.repeat(70), '1.0.0', '°C'],
];

describe('smartlink product new', () => {
  const written = (name: string) => JSON.parse(readFileSync(join(folder.path, name), 'utf8'));

  it('starts from a shipped product, in any case', () => {
    const { status } = folder.product(['new', 'own.json', '--from', 'sw-gen-001'], ['MY-OWN-1', ...DEFAULTS]);
    expect(status).toBe(0);
    expect(loadProduct(join(folder.path, 'own.json'))).toMatchObject({
      productKey: 'MY-OWN-1',
      controlMode: 'generic',
    });
    expect(existsSync(resolve(folder.path, written('own.json').$schema))).toBe(true);
  });

  it('writes a definition that is right from nothing but a key, named after it, with the schema for editors', () => {
    const { status, stdout, stderr } = folder.product(['new'], ['MY-SWITCH-1', ...DEFAULTS]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('npx smartlink up --product ./my-switch-1.json');
    expect(checkProductFile(join(folder.path, 'my-switch-1.json'))).toMatchObject({ errors: [], warnings: [] });
    const definition = written('my-switch-1.json');
    expect(definition).toMatchObject({
      name: { en: 'MY-SWITCH-1', zh: 'MY-SWITCH-1' },
      controlMode: 'toggle',
      outputs: [{ type: 'relay', pin: 4 }],
      properties: [
        { key: 'position', type: 'enum' },
        { key: 'on', type: 'boolean' },
      ],
    });
    expect(existsSync(resolve(folder.path, definition.$schema))).toBe(true);
    expect(Object.keys(definition)[0]).toBe('$schema');
  });

  it('takes what is answered: several outputs, an interlock, inputs, both languages', () => {
    const { status, stderr } = folder.product(
      ['new', 'multi.json'],
      [
        ...[
          'MY-MULTI-1',
          'Gate',
          '大门',
          'esp32-s3',
          '2.1.0',
          'generic',
          'A gate',
          '一扇门',
          'gate',
          'Acme',
          'G1',
          '48',
        ],
        ...['servo', '11', '10', '90', '170'],
        ...['relay', '12', '0', 'last'],
        ...['relay', '13', '', ''],
        ...['dimmer', '14', '', 'on', '5'],
        ...['none', '1, 2', 'yes'],
        ...['button', '', '15', '2'],
        ...['digital', '1', '16', 'door', 'Door open', '门开'],
        ...['analog', '1', '-20', '60', '°C', 'temperature', 'Temperature', '温度', 'none'],
      ],
    );
    expect([status, stderr]).toEqual([0, '']);
    const loaded = loadProduct(join(folder.path, 'multi.json'));
    expect(loaded).toMatchObject({
      productKey: 'MY-MULTI-1',
      name: { en: 'Gate', zh: '大门' },
      description: { en: 'A gate', zh: '一扇门' },
      category: 'gate',
      chipModel: 'ESP32-S3',
      firmwareVersion: '2.1.0',
      controlMode: 'generic',
      app: { manufacturer: 'Acme', model: 'G1' },
      statusLed: { pin: 48 },
      outputs: [
        { type: 'servo', pin: 11, positionsDeg: { up: 10, middle: 90, down: 170 } },
        { type: 'relay', pin: 12, activeLevel: 0, powerOn: 'last' },
        { type: 'relay', pin: 13, activeLevel: 1, powerOn: 'off' },
        { type: 'dimmer', pin: 14, powerOn: 'on', minLevel: 5 },
      ],
      interlocks: [{ channels: [1, 2] }],
      inputs: [
        { type: 'button', pin: 15, activeLevel: 0, channel: 2 },
        { type: 'digital', pin: 16, activeLevel: 1 },
        { type: 'analog', pin: 1, scale: { min: -20, max: 60 }, deadBand: 0.1 },
      ],
    });
    expect(loaded.properties.map(({ key }) => key)).toEqual(
      'position angle on1 on2 level3 on3 door temperature'.split(' '),
    );
    expect(loaded.properties.at(-1)).toMatchObject({ name: { zh: '温度' }, unit: '°C', min: -20, max: 60, step: 0.1 });
  });

  it.each(['toggle', 'pulse', 'dimmer', 'generic', 'readonly'])(
    'makes a product of control mode %s by its defaults',
    async (mode) => {
      const made = await asked(['MY-1', '', '', '', '', mode, ...DEFAULTS]);
      expect(made).toMatchObject({ controlMode: mode, errors: [], warnings: [] });
    },
  );

  it.each(
    shippedProducts().flatMap(({ productKey }) =>
      ['ESP32', 'ESP32-C3', 'ESP32-S3'].map((chip): [string, string] => [productKey, chip]),
    ),
  )('starts from %s, on an %s', async (from, chip) => {
    const made = await asked(['MY-OWN-1', '', '', chip, ...DEFAULTS], from);
    const shipped = loadProduct(from);
    expect(made).toMatchObject({
      chipModel: chip,
      controlMode: shipped.controlMode,
      // What no control request could set is not writable in what is made anew.
      properties: shipped.properties.map((property) => ({
        ...property,
        writable: property.writable && isReached(shipped, property),
      })),
      errors: [],
      warnings: [],
    });
    const { outputs, inputs } = made as typeof shipped;
    expect([...outputs, ...inputs].map(({ type }) => type)).toEqual(
      [...shipped.outputs, ...shipped.inputs].map(({ type }) => type),
    );
    if (chip !== 'ESP32') return;
    expect(outputs).toEqual(shipped.outputs);
    // A strapping pin, which the servo's button is on, is no pin for something new.
    const { strapping } = CHIP_PINS['ESP32']!;
    expect(inputs).toEqual(
      shipped.inputs.map((input) => (strapping.includes(input.pin) ? { ...input, pin: expect.any(Number) } : input)),
    );
    expect(inputs.filter(({ pin }) => strapping.includes(pin))).toEqual([]);
  });

  it('makes nothing that check refuses or warns of, whatever is answered', async () => {
    let finished = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(undefined, ...shippedProducts().map(({ productKey }) => productKey)),
        fc.array(fc.nat(1_000), { maxLength: 120, size: 'max' }),
        async (from, picks) => {
          const definition = await made(new RandomPerson(picks), from).catch((error: Error) => error);
          if (definition instanceof Error) {
            expect(definition.message).toBe('no answer is right');
            return;
          }
          const { errors, warnings } = definition;
          expect([...errors, ...warnings].map(({ message }) => message)).toEqual([]);
          finished++;
        },
      ),
      { numRuns: 400 },
    );
    expect(finished).toBeGreaterThan(300);
  });

  it.each<[string, string[], RegExp]>([
    ['a key with a space', ['a b'], /"a b" is no answer to "Product key .*": productKey must be 1 to 32 letters/],
    ['the key of a shipped product', ['sw-dim-001'], /sw-dim-001 is a shipped product; choose a key of your own/],
    ['no key', [''], /there must be an answer/],
    ['a chip that there is not', ['K', '', '', 'ESP8266'], /the answer must be one of ESP32, ESP32-C3, ESP32-S3/],
    [
      'a pin of the flash',
      ['K', '', '', '', '', '', '', '', '', '', '', '', 'relay', '6'],
      /"6" is no answer to "Pin of the relay": outputs\[0\]\.pin 6 is wired to the flash on the ESP32; use one of 4, 13/,
    ],
    [
      'the pin of the LED again',
      ['K', '', '', '', '', '', '', '', '', '', '', '16', 'relay', '16'],
      /statusLed\.pin 16 is already used by outputs\[0\]\.pin/,
    ],
    [
      'no output where the mode needs one',
      ['K', '', '', '', '', '', '', '', '', '', '', '', 'none'],
      /a product of control mode toggle needs an output/,
    ],
    ['too few answers', ['K', 'Lamp'], /the input ended before "Name, Chinese" was answered: nothing was written/],
  ])('refuses %s at once, and writes nothing', (_what, answers, sentence) => {
    const { status, stderr } = folder.product(['new', 'x.json'], answers);
    expect(status).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(existsSync(join(folder.path, 'x.json'))).toBe(false);
  });

  it('asks before it replaces a file, first of all, and keeps it unless told otherwise', () => {
    folder.write('mine.json', 'mine');
    const kept = folder.product(['new', 'mine.json'], ['', ...DEFAULTS]);
    expect(kept.status).toBe(1);
    expect(kept.stderr).toContain('mine.json stays as it is: nothing was written.');
    expect(readFileSync(join(folder.path, 'mine.json'), 'utf8')).toBe('mine');
    expect(folder.product(['new', 'mine.json'], ['yes', 'MY-1', ...DEFAULTS]).status).toBe(0);
    expect(written('mine.json').productKey).toBe('MY-1');
    expect(folder.product(['new', 'mine.json', '--force'], ['MY-2', ...DEFAULTS]).status).toBe(0);
    expect(written('mine.json').productKey).toBe('MY-2');
  });

  it('says before the questions that a file cannot be written, or that there is no such product to start from', () => {
    expect(folder.product(['new', 'no/where.json']).stderr).toContain('no/where.json cannot be written');
    expect(folder.product(['new', '.']).stderr).toContain('. is a folder: name a file in it');
    const { status, stderr } = folder.product(['new', '--from', 'SW-X']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--from SW-X is no shipped product: use one of SW-')]);
  });

  it('gives a script one line of JSON on stdout', () => {
    const { stdout } = folder.product(['new', 'one.json', '--json'], ['MY-1', ...DEFAULTS]);
    expect(JSON.parse(stdout)).toEqual({ event: 'written', file: 'one.json', productKey: 'MY-1' });
  });
});
