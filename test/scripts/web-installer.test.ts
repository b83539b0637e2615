import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHIPS, image, installer, MadeUpBuilds, NO_TOOLS, ROOT, type Target } from './installer-bench.js';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly new_install_prompt_erase: boolean;
  readonly new_install_improv_wait_time: number;
  readonly builds: readonly {
    readonly chipFamily: string;
    readonly parts: readonly { readonly path: string; readonly offset: number }[];
  }[];
}

let made: MadeUpBuilds;
beforeEach(() => {
  made = new MadeUpBuilds();
});
afterEach(() => made.remove());

const manifest = (): Manifest => JSON.parse(readFileSync(join(made.out, 'manifest.json'), 'utf8'));
const refusal = (...args: string[]): string => {
  const { status, stderr } = made.make(...args);
  expect(status).toBe(1);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  return stderr;
};

describe('npm run web-installer, before it has a build,', () => {
  it('has help with an example', () => {
    const { status, stdout } = installer('--help');
    expect(status).toBe(0);
    expect(stdout).toContain('npm run web-installer -- esp32');
  });

  it.each([
    [['esp99'], 'esp99 is no target'],
    [['--bogus'], "Unknown option '--bogus'"],
    [['--out', ''], '--out must not be empty'],
  ])('tells wrong usage %j in one sentence', (args, sentence) => {
    const { status, stderr } = installer(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('names the command that builds', () => {
    expect(refusal()).toContain('run `npm run build:esp32 -- esp32` first');
    expect(refusal('esp32c3')).toContain('run `npm run build:esp32 -- esp32c3` first');
    const line = JSON.parse(made.make('esp32c3', '--json').stdout);
    expect(line).toMatchObject({ event: 'error', code: 'no_build' });
  });
});

describe('npm run web-installer does not take', () => {
  beforeEach(() => made.build('esp32'));

  it('a build that lacks a file, or that did not come to its end', () => {
    rmSync(join(made.images('esp32'), 'bootloader.bin'));
    expect(refusal()).toContain('bootloader.bin is missing): run `npm run build:esp32 -- esp32` first');
    made.build('esp32');
    utimesSync(join(made.images('esp32'), 'xs_esp32.bin'), 0, 0);
    expect(refusal()).toContain('has not come to its end');
  });

  it.each([
    ['xs_esp32.bin', image('esp32c3', 5_000), 'is no image for an ESP32'],
    ['bootloader.bin', image('esp32', 0x7001), 'has 28673 bytes, and its place in the flash 28672'],
    ['xs_esp32.bin', image('esp32', 0x1f0001), 'and its place in the flash 2031616'],
    ['xs_esp32.bin', Buffer.from([0xe9]), 'is no image for an ESP32'],
    ['xs_esp32.bin', Buffer.alloc(0), 'is empty'],
    ['partition-table.bin', Buffer.from([1]), 'is no partition table'],
  ])('%s that is not what its name says (%#)', (file, bytes, sentence) => {
    made.write('esp32', file, bytes);
    expect(refusal()).toContain(sentence);
  });

  it('a build that holds a Wi-Fi password, which it does not repeat', () => {
    made.build('esp32', { settings: { wifi: { ssid: 'our house', password: 'password1' } } });
    const sentence = refusal();
    expect(sentence).toContain('without --ssid');
    expect(sentence).not.toMatch(/our house|password1/);
  });

  it('builds of two products', () => {
    made.build('esp32c3', { product: { productKey: 'SW-OTHER-001' } });
    expect(refusal()).toMatch(/^esp32 is built for SW-SERVO-001 1\.2\.3, and esp32c3 for SW-OTHER-001 1\.2\.3\./);
  });

  it('a factory record that no board would take', () => {
    const file = join(made.folder, 'label.txt');
    writeFileSync(file, 'SmartLink-FFEE');
    expect(refusal('--factory', file)).toContain('is no factory record: give the .bin of `smartlink factory');
    expect(refusal('--factory', join(made.folder, 'nothing.bin'))).toContain('cannot be read (ENOENT)');
  });
});

if (NO_TOOLS !== undefined) it.skip(`the installer's page: ${NO_TOOLS}`, () => {});

describe.skipIf(NO_TOOLS !== undefined)('npm run web-installer', () => {
  it('writes a manifest with the parts of each chip where they belong', () => {
    const targets = Object.keys(CHIPS) as Target[];
    for (const target of targets) made.build(target);
    const { status, stdout } = made.make('--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      event: 'web-installer',
      out: made.out,
      productKey: 'SW-SERVO-001',
      firmwareVersion: '1.2.3',
      targets,
    });
    const { builds, ...head } = manifest();
    expect(head).toEqual({
      name: 'SmartLink SW-SERVO-001',
      version: '1.2.3',
      new_install_prompt_erase: true,
      new_install_improv_wait_time: 20,
    });
    expect(builds.map(({ chipFamily }) => chipFamily)).toEqual(['ESP32', 'ESP32-C3', 'ESP32-S3']);
    builds.forEach(({ parts }, index) => {
      const target = targets[index]!;
      expect(parts.map(({ offset }) => offset)).toEqual([CHIPS[target].bootloader, 0x8000, 0x19000, 0x20000]);
      const files = ['bootloader.bin', 'partition-table.bin', 'ota_data_initial.bin', 'xs_esp32.bin'];
      parts.forEach(({ path }, part) => {
        expect(path.endsWith(files[part]!)).toBe(true);
        expect(readFileSync(join(made.out, path))).toEqual(readFileSync(join(made.images(target), files[part]!)));
      });
    });
  });

  it('gives parts of another content another name, since browsers keep files', () => {
    made.build('esp32');
    made.make();
    const before = manifest().builds[0]!.parts.map(({ path }) => path);
    made.write('esp32', 'xs_esp32.bin', image('esp32', 6_000));
    made.make();
    const after = manifest().builds[0]!.parts.map(({ path }) => path);
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
    expect(after[3]).not.toBe(before[3]);
    expect(readdirSync(join(made.out, 'firmware/esp32'))).toHaveLength(4);
  });

  it('brings ESP Web Tools along, with the licences of all that is in it', () => {
    made.build('esp32');
    made.make();
    const licences = readFileSync(join(made.out, 'esp-web-tools/LICENSES.txt'), 'utf8');
    expect(licences).toMatch(/^esp-web-tools 10\.\S+ \(Apache-2\.0\)\n/);
    expect(licences).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
    for (const name of ['esptool-js', 'improv-wifi-serial-sdk', '@material/web', 'lit', 'pako']) {
      expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
  });

  it('puts the factory record of one board where the firmware looks for it, and keeps the page from others', () => {
    made.build('esp32');
    const factory = ['dist/smartlink.js', 'factory', '--sn', '24A160C0FFEE', '--out', made.folder, '--json'];
    const { offset, record } = JSON.parse(spawnSync('node', factory, { cwd: ROOT, encoding: 'utf8' }).stdout);
    const { status, stdout, stderr } = made.make('--factory', record, '--json');
    expect(status).toBe(0);
    expect(stderr).toContain('show it to nobody');
    expect(JSON.parse(stdout)).toMatchObject({ deviceSN: '24A160C0FFEE' });
    const part = manifest().builds[0]!.parts.at(-1)!;
    expect(part.offset).toBe(Number(offset));
    expect(readFileSync(join(made.out, part.path))).toEqual(readFileSync(record));
    expect(statSync(made.out).mode & 0o777).toBe(0o700);
    made.make();
    expect(statSync(made.out).mode & 0o777).toBe(0o755);
    expect(readdirSync(join(made.out, 'firmware/esp32')).some((file) => file.endsWith('factory.bin'))).toBe(false);
  });

  it('replaces a page of its own, and nothing else', () => {
    made.build('esp32');
    mkdirSync(made.out);
    expect(made.make().status).toBe(0);
    expect(made.make().status).toBe(0);
    expect(readdirSync(made.folder).sort()).toEqual(['esp32', 'page']);
    expect(refusal('--out', made.folder)).toContain('holds something else');
    writeFileSync(join(made.folder, 'file'), '');
    expect(refusal('--out', join(made.folder, 'file'))).toContain('cannot be written (ENOTDIR)');
    expect(readdirSync(made.folder).sort()).toEqual(['esp32', 'file', 'page']);
  });

  it('takes names for text', () => {
    made.build('esp32', { product: { name: { en: '<b>"&', zh: '$&' } } });
    made.make();
    const page = readFileSync(join(made.out, 'index.html'), 'utf8');
    expect(page).toContain('data-name="&#60;b&#62;&#34;&#38;"');
    expect(page).toContain('$&#38;（SW-SERVO-001）');
  });
});
