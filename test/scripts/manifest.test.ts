import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

describe('the TLS of the SDK', () => {
  const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
  const { modules, preload } = JSON.parse(read('src/xs/sdk/manifest.json')) as {
    modules: Record<string, string>;
    preload: string[];
  };

  test('is linked with our own certificates, cipher suites, cache, ECDSA and random numbers, not its own', () => {
    for (const name of ['ssl/cert', 'ssl/ciphersuites', 'ssl/cache', 'ecdsa', 'rng']) {
      expect(modules[name]).toBe(`./${name.replace('/', '-')}`);
    }
    const all = read('manifest.json') + read('src/xs/sdk/manifest.json');
    for (const theirs of [
      'tls_419.json',
      'tls.json',
      'ssl/*',
      'ssl_cert',
      'ssl_ciphersuites',
      'ssl_cache',
      'etc/rng',
      'etc/ecdsa',
      'crypt/data',
    ]) {
      expect(all).not.toContain(theirs);
    }
  });

  test('is preloaded, all of it', () => {
    expect(Object.keys(modules).sort()).toEqual([...preload].sort());
  });
});

describe('the partition table', () => {
  interface Partition {
    readonly name: string;
    readonly offset: number;
    readonly size: number;
  }
  const partitions: Partition[] = readFileSync(join(ROOT, 'src/xs/esp32/partitions.csv'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').map((field) => field.trim()))
    .map(([name, , , offset, size]) => ({ name: name!, offset: Number(offset), size: Number(size) }));
  const named = (name: string): Partition => partitions.find((partition) => partition.name === name)!;

  test('fills 4 MB without overlaps, behind the boot loader and the table', () => {
    let end = 0x9000;
    for (const { offset, size } of partitions) {
      expect(offset).toBe(end);
      end += size;
    }
    expect(end).toBe(0x400000);
  });

  test('has two equal slots of at least 1.9 MB, where applications may stand', () => {
    expect(named('ota_0').size).toBe(named('ota_1').size);
    expect(named('ota_0').size).toBeGreaterThanOrEqual(1.9 * 1024 * 1024);
    expect(named('ota_0').offset % 0x10000).toBe(0);
    expect(named('ota_1').offset % 0x10000).toBe(0);
  });

  test('has room for records, OTA data, and a factory record in a partition of its own', () => {
    expect(named('nvs').size).toBeGreaterThanOrEqual(0x10000);
    expect(named('otadata').size).toBe(0x2000);
    // A record has up to 8,000 bytes.
    expect(named('factory').size).toBeGreaterThanOrEqual(0x2000);
  });
});
