import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FileStorage } from '../../host-sim/host/file-storage.js';
import { MemoryStorage } from '../../host-sim/host/memory-storage.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import { temporaryFolder } from '../support/program.js';

const folders: ReturnType<typeof temporaryFolder>[] = [];

function folder(): string {
  const made = temporaryFolder();
  folders.push(made);
  return made.path;
}

afterEach(() => {
  for (const made of folders.splice(0)) made.remove();
});

const hosts: [string, () => RecordStorage][] = [
  ['memory', () => new MemoryStorage()],
  ['files', () => new FileStorage(join(folder(), 'deep', 'er'))],
];

describe.each(hosts)('record storage in %s', (_name, make) => {
  it('has nothing to begin with, and removing nothing is no error', () => {
    const storage = make();
    expect(storage.read('a')).toBeUndefined();
    storage.delete('a');
  });

  it('gives back what was written, and the newest of it', () => {
    const storage = make();
    storage.write('a', new Uint8Array([1, 2, 3]));
    storage.write('b', new Uint8Array([9]));
    storage.write('a', new Uint8Array(8_000).fill(7));
    expect([...storage.read('a')!]).toEqual(new Array(8_000).fill(7));
    expect([...storage.read('b')!]).toEqual([9]);
    storage.delete('a');
    expect(storage.read('a')).toBeUndefined();
  });

  it('keeps its own copy: neither what was handed in nor what was handed out changes it', () => {
    const storage = make();
    const bytes = new Uint8Array([1]);
    storage.write('a', bytes);
    bytes[0] = 2;
    storage.read('a')![0] = 3;
    expect([...storage.read('a')!]).toEqual([1]);
  });
});

describe('record storage in files', () => {
  it('takes no notice of a write that a power cut broke off', () => {
    const path = folder();
    new FileStorage(path).write('a', new Uint8Array([1]));
    writeFileSync(join(path, 'a.next'), 'half of someth');
    const storage = new FileStorage(path);
    expect([...storage.read('a')!]).toEqual([1]);
    storage.write('a', new Uint8Array([2]));
    expect([...storage.read('a')!]).toEqual([2]);
    expect(readdirSync(path)).toEqual(['a']);
  });

  it('takes no key that could leave its folder', () => {
    const path = folder();
    const storage = new FileStorage(join(path, 'records'));
    for (const key of ['../a', 'A', '', 'a/b', 'a.b', 'sixteen-letters-']) {
      expect(() => storage.write(key, new Uint8Array([1]))).toThrow(RangeError);
      expect(() => storage.read(key)).toThrow(RangeError);
    }
    expect(existsSync(join(path, 'a'))).toBe(false);
  });

  it('says why when the folder cannot be made', () => {
    const path = join(folder(), 'file');
    writeFileSync(path, '');
    expect(() => new FileStorage(join(path, 'records'))).toThrow(/ENOTDIR/);
    expect(() => new FileStorage('/proc/nothing-here')).toThrow(/ENOENT/);
  });
});
