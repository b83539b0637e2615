import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { shippedProducts } from '../../host-sim/products/load.js';
import { plainText } from '../../host-sim/products/plain-text.js';
import dimmerFile from '../../src/products/sw-dim-001.json' with { type: 'json' };
import relayFile from '../../src/products/sw-relay-002.json' with { type: 'json' };
import { ProductFolder } from './product-folder.js';

let folder: ProductFolder;

beforeEach(() => {
  folder = new ProductFolder();
});

afterEach(() => folder.remove());

describe('smartlink product check', () => {
  it('says OK and what the definition means', () => {
    const { status, stdout, stderr } = folder.product(['check', folder.write('lamp.json', dimmerFile)]);
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
    const { status, stdout } = folder.product(['check', ...shippedProducts().map(({ productKey }) => productKey)]);
    expect(status).toBe(0);
    expect(stdout.match(/^OK SW-/gm)).toHaveLength(5);
  });

  it('says everything that is wrong, each in a sentence with file, field and mend, and exits 1', () => {
    const wrong = { ...dimmerFile, outputs: [{ type: 'dimmer', pin: 6 }], inputs: [{ type: 'analog', pin: 25 }] };
    const { status, stdout, stderr } = folder.product([
      'check',
      folder.write('wrong.json', wrong),
      folder.write('right.json', dimmerFile),
    ]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^OK right\.json/);
    expect(stderr).toMatch(/^error: wrong\.json: outputs\[0\]\.pin 6 is wired to the flash on the ESP32; use one of /m);
    expect(stderr).toMatch(
      /^error: wrong\.json: inputs\[0\]\.pin 25 cannot be measured while Wi-Fi is on .*; use one of 32, 33/m,
    );
  });

  it('says what deserves a second look, and exits 0', () => {
    const { status, stderr } = folder.product([
      'check',
      folder.write('led.json', { ...dimmerFile, statusLed: { pin: 2 } }),
    ]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^warning: led\.json: statusLed\.pin 2 is a strapping pin/);
  });

  it('says the same to a script, as JSON', () => {
    const wrong = { ...dimmerFile, outputs: [{ type: 'dimmer', pin: 6 }] };
    const { status, stdout } = folder.product(['check', '--json', 'sw-gen-001', folder.write('wrong.json', wrong)]);
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
    const { status, stderr } = folder.product(args);
    expect(status).toBe(exitCode);
    expect(stderr).toMatch(sentence);
  });

  it('says plainly what a command can reach, and warns of what the board takes and the cloud refuses', () => {
    const { status, stdout, stderr } = folder.product([
      'check',
      folder.write('mine.json', { ...relayFile, productKey: 'MY-1' }),
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain('mode       toggle: takes toggle, pulse and trigger, and the legacy switch and angle\n');
    expect(stdout).toMatch(/property {3}relay0: .* can be set at the board, but not through the cloud\n/);
    expect(stderr).toContain(
      'warning: mine.json: properties[1].writable is true, but in control mode toggle the cloud refuses to set relay0; set it to false or choose control mode generic\n',
    );
  });

  it('prints nothing of a file, nor of its name, that a terminal would act on', () => {
    const evil = '\u001b[31m\u009b2J\u007f\u202e\u2066\u2028\u0007';
    const name = `evil${evil}\n.json`;
    const { productKey: _key, ...rest } = dimmerFile;
    const files = [
      folder.write(name, { ...rest, name: { en: evil, zh: evil }, category: evil, [evil]: evil, controlMode: evil }),
      folder.write('texts.json', { ...dimmerFile, productKey: 'MY-1', name: { en: evil, zh: evil } }),
      folder.write('text.json', `{"a": ${evil}`),
      `no${evil}`,
    ];
    for (const flags of [[], ['--json']]) {
      const { status, stdout, stderr } = folder.product(['check', ...flags, ...files]);
      expect(status).toBe(1);
      for (const line of `${stdout}${stderr}`.split('\n')) expect(plainText(line)).toBe(line);
      expect(stderr).toMatch(/^error: evil\\u001b\[31m\\u009b2J\\u007f\\u202e\\u2066\\u2028\\u0007\\u000a\.json: /m);
      for (const line of stderr.trimEnd().split('\n')) expect(line).toMatch(/^error: /);
      if (stdout !== '') for (const line of stdout.trimEnd().split('\n')) JSON.parse(line);
    }
  });

  it.each([
    ['/dev/zero', 'zero: the file cannot be read: it is a device'],
    ['fifo', 'fifo: the file cannot be read: it is a pipe'],
    ['.', '.: the file cannot be read: it is a folder'],
  ])('reads regular files alone, and never waits: %s', (path, sentence) => {
    if (path === 'fifo') execFileSync('mkfifo', [join(folder.path, path)]);
    const { status, stderr } = folder.product(['check', path]);
    expect(status).toBe(1);
    expect(stderr).toContain(`error: ${sentence}, where a regular file of at most 256 KiB belongs; give the path of`);
  });

  it('helps with examples, as all of its commands do', () => {
    for (const args of [['--help'], ['check', '--help'], ['new', '--help']]) {
      const { status, stdout } = folder.product(args);
      expect(status).toBe(0);
      expect(stdout).toMatch(/Examples:\n {2}smartlink product/);
    }
  });
});
