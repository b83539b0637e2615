import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BoardFolder } from '../../host-sim/host/board-folder.js';

describe('the boards of a data folder', () => {
  let dataDir: string;
  const opened: BoardFolder[] = [];

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'smartlink-test-'));
  });

  afterEach(() => {
    for (const folder of opened.splice(0)) folder.release();
    rmSync(dataDir, { recursive: true, force: true });
  });

  function open(productKey = 'SW-SERVO-001'): BoardFolder {
    const folder = new BoardFolder(dataDir, productKey);
    opened.push(folder);
    return folder;
  }

  it('are the same at each start, more being added behind them', async () => {
    const first = open();
    const two = await first.claim(2);
    expect(two).toEqual([expect.stringMatching(/^[0-9A-F]{12}$/), expect.stringMatching(/^[0-9A-F]{12}$/)]);
    first.release();
    const four = await open().claim(4);
    expect(four.slice(0, 2)).toEqual(two);
    expect(new Set(four).size).toBe(4);
  });

  it('are left out where another has them: the next ones are taken, and found again', async () => {
    const [first, second] = [open(), open()];
    const mine = await first.claim(2);
    const others = await second.claim(2);
    expect(new Set([...mine, ...others]).size).toBe(4);
    first.release();
    second.release();
    expect(await open().claim(4)).toEqual([...mine, ...others]);
  });

  it('are all told apart also where many are numbered at the same time', async () => {
    const claims = await Promise.all(Array.from({ length: 8 }, () => open().claim(3)));
    for (const folder of opened) folder.release();
    expect(new Set(claims.flat()).size).toBe(24);
    expect(new Set(await open().claim(24))).toEqual(new Set(claims.flat()));
  });

  it('fill the gap of one that was claimed by its name', async () => {
    const first = open();
    const [a, b] = (await first.claim(2)) as [string, string];
    first.release();
    open().claimSerial(a);
    const others = await open().claim(2);
    expect(others[0]).toBe(b);
    expect(others[1]).not.toBe(a);
  });

  it('are refused one by one, with the serial number and who has it', () => {
    const first = open();
    first.claimSerial('A1');
    expect(() => open().claimSerial('A1')).toThrow(
      expect.objectContaining({
        code: 'board_in_use',
        message: expect.stringMatching(/A1.*--sn/),
        data: { serial: 'A1', pid: process.pid },
      }),
    );
    open('SW-RELAY-002').claimSerial('A1');
    first.release();
    open().claimSerial('A1');
  });

  it('are given free where the list of their numbers is damaged', async () => {
    const folder = open();
    writeFileSync(join(dataDir, 'boards/SW-SERVO-001/serials.json'), '["A');
    await expect(folder.claim(1)).rejects.toThrow(/serials\.json is damaged/);
    expect(existsSync(join(dataDir, 'boards/SW-SERVO-001/.lock'))).toBe(false);
  });

  it('are no matter where nothing is kept', async () => {
    const folder = new BoardFolder(':memory:', 'SW-SERVO-001');
    expect(await folder.claim(3)).toHaveLength(3);
    folder.claimSerial('A1');
    folder.release();
  });

  it('keep their secrets apart, where nobody but their owner looks', () => {
    const { storage, secrets } = open().stores('A0');
    storage.write('outputs', Uint8Array.of(1));
    secrets.write('network', Uint8Array.of(2));
    const folder = join(dataDir, 'boards', 'SW-SERVO-001', 'A0');
    expect(readdirSync(folder).sort()).toEqual(['outputs', 'secrets']);
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, 'secrets', 'network')).mode & 0o777).toBe(0o600);
    expect([storage.read('network'), secrets.read('outputs')]).toEqual([undefined, undefined]);
  });
});
