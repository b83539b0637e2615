import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Draft } from '../../host-sim/cli/product-draft.js';
import { Prompt } from '../../host-sim/cli/product-prompt.js';
import { askProduct } from '../../host-sim/cli/product-questions.js';
import {
  type CheckedProduct,
  checkProduct,
  checkProductFile,
  loadProduct,
  shippedDefinition,
  shippedProducts,
} from '../../host-sim/products/load.js';
import type { Product } from '../../src/core/product.js';
import dimmerFile from '../../src/products/sw-dim-001.json' with { type: 'json' };

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'smartlink-product-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs `smartlink product` in the folder, with these lines on its standard input. */
function product(args: readonly string[], lines: readonly string[] = []): SpawnSyncReturns<string> {
  const result = spawnSync(process.execPath, [resolve('dist/smartlink.js'), 'product', ...args], {
    cwd: folder,
    encoding: 'utf8',
    input: lines.map((line) => `${line}\n`).join(''),
    timeout: 15_000,
    env: { ...process.env, NO_COLOR: '1' },
  });
  expect(result.stderr).not.toMatch(/^\s+at /m);
  return result;
}

function write(name: string, json: unknown): string {
  writeFileSync(join(folder, name), typeof json === 'string' ? json : JSON.stringify(json));
  return name;
}

describe('smartlink product check', () => {
  it('says OK and what the definition means', () => {
    const { status, stdout, stderr } = product(['check', write('lamp.json', dimmerFile)]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^OK lamp\.json\n/);
    for (const words of [
      'product   SW-DIM-001: Smart Dimmer / 智能调光器',
      'board     ESP32, firmware 1.0.0, status LED on pin 23',
      'mode      dimmer: takes levels and writable properties',
      'output 0  dimmer on pin 18, off after power-on',
      'input 0   button on pin 19, for output 0, pressed at level 0',
      'property  level: integer 0 to 100 %, shows the level of output 0, can be set',
    ]) {
      expect(stdout).toContain(words);
    }
  });

  it('is right about every shipped product, by its key', () => {
    const { status, stdout } = product(['check', ...shippedProducts().map(({ productKey }) => productKey)]);
    expect(status).toBe(0);
    expect(stdout.match(/^OK SW-/gm)).toHaveLength(5);
  });

  it('says everything that is wrong, each in a sentence with file, field and mend, and exits 1', () => {
    const wrong = { ...dimmerFile, outputs: [{ type: 'dimmer', pin: 6 }], inputs: [{ type: 'analog', pin: 25 }] };
    const { status, stdout, stderr } = product(['check', write('wrong.json', wrong), write('right.json', dimmerFile)]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^OK right\.json/);
    expect(stderr).toMatch(/^error: wrong\.json: outputs\[0\]\.pin 6 is wired to the flash on the ESP32; use one of /m);
    expect(stderr).toMatch(
      /^error: wrong\.json: inputs\[0\]\.pin 25 cannot be measured while Wi-Fi is on .*; use one of 32, 33/m,
    );
  });

  it('says what deserves a second look, and exits 0', () => {
    const { status, stderr } = product(['check', write('led.json', { ...dimmerFile, statusLed: { pin: 2 } })]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: led\.json: statusLed\.pin 2 is a strapping pin/);
  });

  it('says the same to a script, as JSON', () => {
    const wrong = { ...dimmerFile, outputs: [{ type: 'dimmer', pin: 6 }] };
    const { status, stdout } = product(['check', '--json', 'sw-gen-001', write('wrong.json', wrong)]);
    expect(status).toBe(1);
    const [right, refused] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(right).toMatchObject({
      event: 'checked',
      file: 'SW-GEN-001',
      ok: true,
      controlMode: 'generic',
      outputs: [
        { type: 'servo', pin: 18 },
        { type: 'relay', pin: 16 },
        { type: 'dimmer', pin: 17 },
      ],
      errors: [],
    });
    expect(right.properties).toContainEqual({ key: 'voltage', type: 'number', writable: false });
    expect(refused).toMatchObject({ event: 'checked', file: 'wrong.json', ok: false });
    expect(refused.errors).toEqual([{ field: 'outputs[0].pin', message: expect.stringContaining('flash') }]);
  });

  it.each([
    ['no file', ['check'], 2, /missing required argument 'files'/],
    ['an unknown flag', ['check', 'x', '--fast'], 2, /unknown option '--fast'/],
    ['an unknown command', ['chek'], 2, /unknown command 'chek'/],
    ['a file that is not there', ['check', 'nope.json'], 1, /^error: nope\.json: there is no such file/],
  ])('tells %s apart by its exit code', (_what, args, exitCode, sentence) => {
    const { status, stderr } = product(args);
    expect(status).toBe(exitCode);
    expect(stderr).toMatch(sentence);
  });

  it('helps with examples, as all of its commands do', () => {
    for (const args of [['--help'], ['check', '--help'], ['new', '--help']]) {
      const { status, stdout } = product(args);
      expect(status).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}smartlink product/);
    }
  });
});

/** An answer for each question that a default is good for. */
const DEFAULTS = Array.from({ length: 40 }, () => '');

/** The product that these answers make, and what is said of it: the questions alone, without the program around them. */
async function asked(lines: readonly string[], from?: string): Promise<Partial<Product> & CheckedProduct> {
  const input = new PassThrough();
  const prompt = new Prompt(input, new PassThrough());
  const draft = new Draft(from === undefined ? undefined : shippedDefinition(from));
  input.end(lines.map((line) => `${line}\n`).join(''));
  await askProduct(prompt, draft, from);
  const checked = checkProduct(draft.finished(), 'made.json');
  return { ...checked.product, ...checked };
}

describe('smartlink product new', () => {
  const written = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));

  it('starts from a shipped product, in any case', () => {
    const { status } = product(['new', 'own.json', '--from', 'sw-gen-001'], ['MY-OWN-1', ...DEFAULTS]);
    expect(status).toBe(0);
    expect(loadProduct(join(folder, 'own.json'))).toMatchObject({ productKey: 'MY-OWN-1', controlMode: 'generic' });
    expect(existsSync(resolve(folder, written('own.json').$schema))).toBe(true);
  });

  it('writes a definition that is right from nothing but a key, named after it, with the schema for editors', () => {
    const { status, stdout, stderr } = product(['new'], ['MY-SWITCH-1', ...DEFAULTS]);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('npx smartlink up --product ./my-switch-1.json');
    expect(checkProductFile(join(folder, 'my-switch-1.json'))).toMatchObject({ errors: [], warnings: [] });
    const definition = written('my-switch-1.json');
    expect(definition).toMatchObject({
      name: { en: 'MY-SWITCH-1', zh: 'MY-SWITCH-1' },
      controlMode: 'toggle',
      outputs: [{ type: 'relay', pin: 4 }],
      properties: [
        { key: 'position', type: 'enum', writable: true },
        { key: 'on', type: 'boolean', writable: true },
      ],
    });
    expect(existsSync(resolve(folder, definition.$schema))).toBe(true);
    expect(Object.keys(definition)[0]).toBe('$schema');
  });

  it('takes what is answered: several outputs, an interlock, inputs, both languages', () => {
    const { status, stderr } = product(
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
    const loaded = loadProduct(join(folder, 'multi.json'));
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
      properties: shipped.properties,
      errors: [],
    });
    const { outputs, inputs } = made as typeof shipped;
    expect([...outputs, ...inputs].map(({ type }) => type)).toEqual(
      [...shipped.outputs, ...shipped.inputs].map(({ type }) => type),
    );
    if (chip === 'ESP32') expect([outputs, inputs]).toEqual([shipped.outputs, shipped.inputs]);
    else expect(made.warnings).toEqual([]);
  });

  it.each<[string, string[], RegExp]>([
    ['a key with a space', ['a b'], /"a b" is no answer to "Product key .*": productKey must match/],
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
    const { status, stderr } = product(['new', 'x.json'], answers);
    expect(status).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(existsSync(join(folder, 'x.json'))).toBe(false);
  });

  it('asks before it replaces a file, first of all, and keeps it unless told otherwise', () => {
    write('mine.json', 'mine');
    const kept = product(['new', 'mine.json'], ['', ...DEFAULTS]);
    expect(kept.status).toBe(1);
    expect(kept.stderr).toContain('mine.json stays as it is: nothing was written.');
    expect(readFileSync(join(folder, 'mine.json'), 'utf8')).toBe('mine');
    expect(product(['new', 'mine.json'], ['yes', 'MY-1', ...DEFAULTS]).status).toBe(0);
    expect(written('mine.json').productKey).toBe('MY-1');
    expect(product(['new', 'mine.json', '--force'], ['MY-2', ...DEFAULTS]).status).toBe(0);
    expect(written('mine.json').productKey).toBe('MY-2');
  });

  it('says before the questions that a file cannot be written, or that there is no such product to start from', () => {
    expect(product(['new', 'no/where.json']).stderr).toContain('no/where.json cannot be written');
    expect(product(['new', '.']).stderr).toContain('. is a folder: name a file in it');
    const { status, stderr } = product(['new', '--from', 'SW-X']);
    expect([status, stderr]).toEqual([2, expect.stringContaining('--from SW-X is no shipped product: use one of SW-')]);
  });

  it('gives a script one line of JSON on stdout', () => {
    const { stdout } = product(['new', 'one.json', '--json'], ['MY-1', ...DEFAULTS]);
    expect(JSON.parse(stdout)).toEqual({ event: 'written', file: 'one.json', productKey: 'MY-1' });
  });
});
