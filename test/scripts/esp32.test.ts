import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { howToUpdate, readArguments } from '../../scripts/esp32.mjs';
import { makeBundleKey } from '../support/bundles.js';
import { CA, TestPki } from '../support/pki.js';

const ROOT = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'smartlink-esp32-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function esp32(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { MODDABLE: _moddable, ...env } = process.env;
  return spawnSync('node', ['scripts/esp32.mjs', ...args], { cwd: ROOT, encoding: 'utf8', env });
}

test('without the SDK, two sentences say what to install and how', () => {
  const { status, stderr } = esp32('build', 'esp32');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^The Moddable SDK is not installed .*\. Install it with `npm i -g xs-dev && .*\n$/);
});

test('help has examples and needs no SDK', () => {
  const { status, stdout } = esp32('build', '--help');
  expect(status).toBe(0);
  expect(stdout).toContain('npm run flash -- esp32c3');
});

test('a target is enough: people tell the board its network, and this computer is the cloud until they name another', async () => {
  const { settings } = await readArguments(['flash', 'esp32'], {});
  expect(settings?.wifi).toBeUndefined();
  expect(settings?.environment.apiUrl).toMatch(/^http:\/\/[0-9.]+:8080$/);
});

test('a board on the bench can have its network in the image', async () => {
  const { settings } = await readArguments(['build', 'esp32', '--ssid', 'Home'], {
    SMARTLINK_WIFI_PASSWORD: 'password1',
  });
  expect(settings?.wifi).toEqual({ ssid: 'Home', password: 'password1' });
});

test('an image may know several environments, whom to trust in each, and whose bundles to take', async () => {
  const pki = new TestPki();
  const ca = pki.issue({ subject: 'CA', extensions: CA });
  const { point } = await makeBundleKey();
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const others = { test: { api: 'https://test.example', ca: ca.file }, dev: { api: 'http://10.0.0.1:8080' } };
  const { settings } = await readArguments([
    ...['build', 'esp32', '--environment', 'release', '--api', 'https://cloud.example', '--ca', ca.file],
    ...['--environments', file('others.json', JSON.stringify(others)), '--update-key', `3=${file('3.pub', point)}`],
  ]);
  pki.close();
  const anchors = [Buffer.from(ca.der).toString('base64')];
  expect(settings).toEqual({
    environment: { name: 'release', apiUrl: 'https://cloud.example', anchors, ntpServer: 'pool.ntp.org' },
    environments: [
      { name: 'test', apiUrl: 'https://test.example', anchors },
      { name: 'dev', apiUrl: 'http://10.0.0.1:8080' },
    ],
    updateKeys: { keys: { '3': point }, required: 8 },
  });
  expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
});

describe('the end of a build', async () => {
  const product = { productKey: 'SW-SERVO-001', firmwareVersion: '1.1.0' };
  const { point } = await makeBundleKey();
  for (const name of ['old.pem.pub', 'new key.pem.pub']) writeFileSync(join(folder, name), point);

  async function end(...flags: string[]): Promise<string> {
    const { product: pathOrKey, updateKey, settings } = await readArguments(['build', 'esp32', ...flags], {});
    return howToUpdate({ product: pathOrKey!, updateKey: updateKey!, settings: settings! }, product, 'build/images');
  }

  test('says how the boards in the field come to run it', async () => {
    expect(await end('--update-key', `${folder}/old.pem.pub`)).toContain(
      'npx smartlink ota pack --image build/images/xs_esp32.bin --product SW-SERVO-001 ' +
        `--key ${folder}/old.pem --key-id 0 --out SW-SERVO-001-1.1.0.slfw`,
    );
  });

  test('names the keys that must sign, and no others', async () => {
    const both = ['--update-key', `0=${folder}/old.pem.pub`, '--update-key', `3=${folder}/new key.pem.pub`];
    const old = `--key ${folder}/old.pem --key-id 0`;
    const coming = `--key '${folder}/new key.pem' --key-id 3`;
    expect(await end(...both)).toContain(`${old} ${coming} --out`);
    expect(await end(...both, '--require', '3')).toContain(`SW-SERVO-001 ${coming} --out`);
  });

  test('without a key says that nothing but a cable brings an update, and with a network that it is not to be given away', async () => {
    expect(await end()).toContain('no update but by cable');
    const secret = await end('--update-key', `${folder}/old.pem.pub`, '--ssid', 'Home', '--password', 'password1');
    expect(secret).toContain('without --ssid');
    expect(secret).not.toContain('ota pack');
  });
});

test('a build may know keys that need not sign yet', async () => {
  const { point } = await makeBundleKey();
  const file = join(folder, 'key.pub');
  writeFileSync(file, point);
  const keys = ['--update-key', `1=${file}`, '--update-key', `2=${file}`, '--require', '1'];
  const { settings } = await readArguments(['build', 'esp32', ...keys]);
  expect(settings?.updateKeys).toEqual({ keys: { '1': point, '2': point }, required: 2 });
});

test.each([
  [['build'], 'Name a target'],
  [['build', 'esp99'], 'esp99 is no target'],
  [['build', 'esp32', '--bogus'], "Unknown option '--bogus'"],
  [['build', 'esp32', '--api', 'ftp://cloud'], '--api must be http'],
  [['build', 'esp32', '--api', 'https://cloud'], '--api https://cloud is https: name the CA'],
  [['build', 'esp32', '--environment', 'moon'], '--environment must be release, test or dev'],
  [['build', 'esp32', '--ca', 'package.json'], '--ca package.json holds no certificate'],
  [['build', 'esp32', '--update-key', 'package.json'], '--update-key package.json is no public key'],
  [
    ['build', 'esp32', '--require', '0'],
    '--require 0 names a key that boards would not know: give it as --update-key 0=FILE',
  ],
  [['build', 'esp32', '--require', '8'], '--require must be an id from 0 to 7'],
  [['build', 'esp32', '--ssid', 'x'.repeat(33)], '--ssid must be 1 to 32 bytes'],
  [['build', 'esp32', '--password', 'without a network'], 'without --ssid'],
  [['build', 'esp32', '--ssid', 'Home', '--password', 'short12'], 'must be 8 to 63'],
])('wrong usage %j is one sentence and status 2', (args, sentence) => {
  const { status, stderr } = esp32(...args);
  expect(status).toBe(2);
  expect(stderr).toContain(sentence);
  expect(stderr).not.toContain('short12');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('a wrong product definition fails with the name of the field', () => {
  const file = join(folder, 'wrong.json');
  writeFileSync(file, JSON.stringify({ productKey: 'SW-X-001' }));
  const { status, stderr } = esp32('build', 'esp32', '--product', file);
  expect(status).toBe(1);
  expect(stderr).toContain('chipModel');
});

test('a product for another chip is refused: its pins mean something else there', () => {
  const { status, stderr } = esp32('build', 'esp32c3', '--product', 'SW-SERVO-001');
  expect(status).toBe(1);
  expect(stderr).toContain('chipModel is ESP32');
});
