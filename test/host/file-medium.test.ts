import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoardFolder } from '../../host-sim/host/board-folder.js';
import { FileMedium } from '../../host-sim/host/file-medium.js';
import { MemoryMedium } from '../../host-sim/world/flash-medium.js';

describe('a flash in a file', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'smartlink-test-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('keeps what one in memory keeps, over any number of openings', () => {
    const write = fc.record({ at: fc.nat(20_000), bytes: fc.uint8Array({ minLength: 1, maxLength: 600 }) });
    let runs = 0;
    fc.assert(
      fc.property(fc.array(write, { maxLength: 10 }), (writes) => {
        const path = join(folder, String(runs++));
        const memory = new MemoryMedium();
        for (const { at, bytes } of writes) {
          new FileMedium(path).write(bytes, at);
          memory.write(bytes, at);
        }
        const [kept, expected] = [new FileMedium(path), memory].map((medium) => {
          const all = new Uint8Array(30_000);
          medium.read(all, 100);
          return all;
        });
        expect(Buffer.compare(kept!, expected!)).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('has no file before it is written to, and is for its owner alone then', () => {
    const path = join(folder, 'firmware.flash');
    const medium = new FileMedium(path);
    const bytes = new Uint8Array(3);
    medium.read(bytes, 1_000_000);
    expect([...bytes]).toEqual([0xff, 0xff, 0xff]);
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
    medium.write(Uint8Array.of(1, 2, 3), 1_000_000);
    medium.sync();
    medium.read(bytes, 1_000_000);
    expect([...bytes]).toEqual([1, 2, 3]);
    const { mode, blocks } = statSync(path);
    expect(mode & 0o777).toBe(0o600);
    // What is erased takes no room.
    expect(blocks * 512).toBeLessThan(100_000);
  });

  it('is in the folder of its board, and with `:memory:` nowhere', () => {
    const boards = new BoardFolder(folder, 'SW-SERVO-001');
    boards.claimSerial('AABBCCDDEEFF');
    const medium = boards.medium('AABBCCDDEEFF');
    medium.write(Uint8Array.of(0), 0);
    boards.release();
    expect(statSync(join(folder, 'boards/SW-SERVO-001/AABBCCDDEEFF/firmware.flash')).size).toBe(1);
    expect(new BoardFolder(':memory:', 'SW-SERVO-001').medium('AABBCCDDEEFF')).toBeInstanceOf(MemoryMedium);
  });

  it('does not hide that its file cannot be read or written', () => {
    expect(() => new FileMedium(folder).read(new Uint8Array(1), 0)).toThrow('EISDIR');
    expect(() => new FileMedium(join(folder, 'missing/flash')).write(new Uint8Array(1), 0)).toThrow('ENOENT');
  });
});
