import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readPackageFile } from '../../host-sim/cli/package-file.js';
import { ownBundle } from '../../host-sim/image/bundle.js';
import { decodeImage } from '../../host-sim/image/sim-image.js';
import { openImage } from '../../host-sim/world/boot-image.js';
import type { JsonLine } from '../support/program.js';
import { usePrograms } from '../support/programs.js';
import { runOta } from './ota-in-process.js';

/** An application image as far as `pack` looks into it (esp_image_header_t). */
function espImage(chipId: number, bytes = 5_000): Buffer {
  const image = Buffer.alloc(bytes, 0x11);
  image[0] = 0xe9;
  image.writeUInt16LE(chipId, 12);
  return image;
}

describe('smartlink ota pack and verify', () => {
  const programs = usePrograms();
  const file = (name: string): string => join(programs.path, name);

  async function told(...args: string[]): Promise<JsonLine> {
    const { error, lines } = await runOta(...args, '--json');
    expect(error).toBeUndefined();
    return lines[0]!;
  }

  async function refused(code: number, ...args: string[]): Promise<string> {
    const { error } = await runOta(...args);
    expect(error?.exitCode).toBe(code);
    return error!.message;
  }

  const pack = (...more: string[]): string[] => [
    ...['pack', '--image', file('servo.bin'), '--product', 'sw-servo-001', '--out', file('servo.slfw'), ...more],
  ];
  const key = (name: string, id?: number): string[] => [
    ...['--key', file(`${name}.pem`)],
    ...(id === undefined ? [] : ['--key-id', String(id)]),
  ];
  const verify = (...more: string[]): string[] => ['verify', file('servo.slfw'), ...more];
  const knows = (name: string, id = 0): string[] => ['--update-key', `${id}=${file(`${name}.pem.pub`)}`];

  beforeEach(async () => {
    writeFileSync(file('servo.bin'), espImage(0));
    await Promise.all(['a', 'b'].map((name) => told('keygen', '--out', file(`${name}.pem`))));
  });

  it('make a package that boards with the key take, and others do not', async () => {
    const said = {
      event: 'package',
      productKey: 'SW-SERVO-001',
      chip: 'ESP32',
      version: '1.1.0',
      floor: '0.0.0',
      imageBytes: 5_000,
      signedBy: [0],
      requiredKeys: [0],
    };
    expect(await told(...pack('--firmware-version', '1.1.0', ...key('a')))).toMatchObject(said);
    expect(readFileSync(file('servo.slfw')).subarray(-5_000)).toEqual(espImage(0));
    expect(await told(...verify(...knows('a')))).toMatchObject({ ...said, taken: true });
    expect(await refused(1, ...verify(...knows('b')))).toMatch(/^such a board does not take .* key 0 does not hold/);
    expect(await refused(1, ...verify(...knows('a', 1)))).toContain('lacks the signature of key 1');
    const another = programs.start('ota', ...verify(...knows('a'), '--running-version', '1.1.0', '--json'));
    expect((await another.exited).code).toBe(1);
    expect(another.lines).toMatchObject([
      { ...said, taken: false },
      { event: 'error', code: 'not_newer' },
    ]);
    expect(await refused(1, ...verify(...knows('a'), '--floor', '1.2.0'))).toContain('below the floor 1.2.0');
    expect(await refused(1, ...verify(...knows('a'), '--product', 'SW-DIM-001'))).toContain('SW-DIM-001');
    expect(await refused(1, ...verify(...knows('a'), '--chip', 'ESP32-S3'))).toContain('ESP32-S3');
    expect(await refused(1, ...verify(...knows('a'), '--slot-bytes', '8192'))).toContain('the slot takes 4096');
  });

  it('rotate a key: boards that want the old one take what brings them the new one', async () => {
    await told(...pack(...key('a', 0), ...key('b', 1), '--require', '1', '--floor', '1.0.0'));
    const both = [...knows('a', 0), ...knows('b', 1)];
    expect(await told(...verify(...both, '--require', '0'))).toMatchObject({ signedBy: [0, 1], requiredKeys: [1] });
    await told(...verify(...both, '--require', '1'));
    await told(...verify(...both));
    expect(await refused(2, ...verify(...both, '--require', '2'))).toContain('--require 2 names a key');
  });

  it('tell a person the same, and what to do next', async () => {
    const packed = await runOta(...pack(...key('a')));
    expect(packed.stdout).toMatch(/Package {2}.*servo\.slfw/);
    expect(packed.stdout).toContain('Signed   by key 0; what comes after it must be by key 0');
    expect(packed.stdout).toContain('smartlink ota publish');
    const checked = await runOta(...verify(...knows('a')));
    expect(checked.stdout).toContain('A board that wants key 0 takes it.');
  });

  it('pack the firmware of this program for simulated boards, with the version that was asked for', async () => {
    const simulator = ['pack', '--simulator', '--product', 'SW-SERVO-001', '--firmware-version', '1.5.0', ...key('a')];
    const out = ['--out', file('servo.slfw')];
    const rotation = [...knows('a', 0), ...knows('b', 1)];
    expect(await refused(2, ...simulator, ...knows('a', 0), '--require', '1', ...out)).toContain(
      '--require 1 names a key',
    );
    for (const require of [['1'], ['0', '1']]) {
      const ids = require.flatMap((id) => ['--require', id]);
      expect(await refused(2, ...simulator, ...ids, ...out)).toMatch(
        /keys? (0 and )?1 must sign .* --update-key ID=FILE/,
      );
    }
    await told(...simulator, ...rotation, '--require', '1', ...out);
    await told(...verify(...knows('a')));
    const { header, image } = readPackageFile(file('servo.slfw'));
    expect(header).toMatchObject({ version: '1.5.0', required: 0b10 });
    const { build, bundle } = decodeImage(openImage(image)!);
    expect(build).toMatchObject({ product: { productKey: 'SW-SERVO-001', firmwareVersion: '1.5.0' } });
    expect(Object.keys(build!.updateKeys!.keys)).toEqual(['0', '1']);
    expect(bundle).toBe(ownBundle());
  });

  it('refuse an image that is none, or for another chip, or too large', async () => {
    writeFileSync(file('servo.bin'), 'not an image');
    expect(await refused(2, ...pack(...key('a')))).toContain('is no image of an ESP32');
    writeFileSync(file('servo.bin'), espImage(9));
    expect(await refused(2, ...pack(...key('a')))).toContain('is for ESP32-S3, and SW-SERVO-001 has the chip ESP32');
    writeFileSync(file('servo.bin'), espImage(13));
    expect(await refused(2, ...pack(...key('a')))).toContain('is for a chip with the number 13');
    writeFileSync(file('servo.bin'), espImage(0, 0x1f0000 - 4_095));
    expect(await refused(1, ...pack(...key('a')))).toContain('boards take 2027520');
    writeFileSync(file('servo.bin'), espImage(0, 0x1f0000 - 4_096));
    await told(...pack(...key('a')));
  });

  it('refuse flags that contradict each other, and never write over a file', async () => {
    expect(await refused(2, ...pack(...key('a'), '--floor', '9.0.0'))).toContain('--floor 9.0.0 is above');
    expect(await refused(2, ...pack(...key('a'), '--firmware-version', 'v1'))).toContain(
      '--firmware-version v1 is no version',
    );
    expect(await refused(2, ...pack(...key('a'), ...key('b')))).toContain('each --key needs a --key-id');
    expect(await refused(2, ...pack(...[0, 1, 2, 3, 4].flatMap((id) => key('a', id))))).toContain('at most 4 sign');
    expect(await refused(2, ...pack(...key('a'), '--simulator'))).toContain('either --image FILE');
    expect(await refused(2, ...pack(...key('a'), ...knows('a')))).toContain('--update-key goes with --simulator');
    expect(await refused(2, ...pack(...key('a'), '--require', '8'))).toContain('from 0 to 7');
    expect(await refused(2, ...pack('--key', file('servo.bin')))).toContain('is no private key of P-256');
    expect(() => readFileSync(file('servo.slfw'))).toThrow();
    writeFileSync(file('servo.slfw'), 'mine');
    expect(await refused(1, ...pack(...key('a')))).toContain('servo.slfw exists');
    expect(readFileSync(file('servo.slfw'), 'utf8')).toBe('mine');
    expect(await refused(1, ...verify(...knows('a')))).toContain('does not begin as a package');
  });

  it('see what happened to a package on its way', async () => {
    await told(...pack(...key('a')));
    const whole = readFileSync(file('servo.slfw'));
    const becomes = async (bytes: Uint8Array): Promise<string> => {
      writeFileSync(file('servo.slfw'), bytes);
      return refused(1, ...verify(...knows('a')));
    };
    expect(await becomes(whole.subarray(0, -1))).toContain('4999 of them are there');
    expect(await becomes(whole.subarray(0, 200))).toContain('ends before its image begins');
    expect(await becomes(Buffer.alloc(0))).toContain('ends before its image begins');
    expect(await becomes(Buffer.concat([whole, Buffer.of(0)]))).toContain('1 bytes follow the image');
    whole[whole.length - 1]! ^= 1;
    expect(await becomes(whole)).toContain('another SHA-256');
  });
});
