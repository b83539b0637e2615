import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonRecord } from '../../src/records/json-record.js';
import { BLOCK_BYTES } from '../support/ota/memory-slots.js';
import { imageOf, packageOf, updateKey } from '../support/ota/package.js';
import { TransferBench } from '../support/ota/transfer-bench.js';

const IMAGE = imageOf(100_000);
const HEAD_BYTES = 165 + 65;

/** How often each block was written. */
function writesOf(bench: TransferBench): number[] {
  const writes: number[] = [];
  for (const { what, at } of bench.slots.operations) {
    if (what === 'write') writes[at / BLOCK_BYTES] = (writes[at / BLOCK_BYTES] ?? 0) + 1;
  }
  return writes.filter((count) => count !== undefined);
}

/** Of which the file comes in a quarter of a second. */
function slowly(): TransferBench {
  const bench = new TransferBench(IMAGE);
  bench.server.pace = { bytes: 4_000, ms: 10 };
  return bench;
}

const rangesOf = (bench: TransferBench): (string | undefined)[] =>
  bench.server.requests.map(({ headers }) => headers.get('range'));

describe('a download that breaks off', () => {
  it('is gone on with from the last block, by Range and If-Range, and writes no block twice', () => {
    const bench = new TransferBench(IMAGE);
    bench.server.cutAfter = ({ count }) => (count === 1 ? 50_000 : undefined);
    expect(bench.fetch()).toMatchObject({ ok: true });
    const from = HEAD_BYTES + 12 * BLOCK_BYTES;
    expect(rangesOf(bench)).toEqual([undefined, `bytes=${from}-`]);
    expect(bench.server.requests[1]!.headers.get('if-range')).toBe('"v1"');
    expect(bench.slots.holds(IMAGE)).toBe(true);
    expect(new Set(writesOf(bench))).toEqual(new Set([1]));
    expect(bench.told.filter((told) => told === 'header 1.1.0')).toHaveLength(2);
  });

  it('ends up the same, wherever and however often it is cut', () => {
    const cuts = fc.array(fc.nat(HEAD_BYTES + IMAGE.length), { maxLength: 7 });
    fc.assert(
      fc.property(cuts, fc.boolean(), (lengths, reboots) => {
        const bench = new TransferBench(IMAGE);
        bench.server.cutAfter = ({ count }) => lengths[count - 1];
        bench.transfer.start(bench.server.url);
        for (let round = 0; round < 20 && bench.outcome?.ok !== true; round++) {
          bench.resumes = !reboots;
          bench.run();
          if (!reboots || bench.outcome?.ok) break;
          bench.powerOff();
          bench.boot();
          if (bench.transfer.pending === undefined) bench.transfer.start(bench.server.url);
          else bench.transfer.resume();
        }
        expect(bench.outcome).toMatchObject({ ok: true });
        expect(bench.slots.holds(IMAGE)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('is paused and resumed at any moment without a loss', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300), { maxLength: 20 }), (moments) => {
        const bench = slowly();
        bench.transfer.start(bench.server.url);
        for (const ms of moments) {
          bench.time.advance(ms);
          bench.transfer.pause();
          bench.transfer.pause();
          expect(bench.transfer.isUnderWay).toBe(false);
          expect(bench.host.timers).toBe(0);
          expect(bench.host.sockets).toBe(0);
          expect(bench.slots.open).toBe(0);
          bench.time.advance(1_000);
          bench.transfer.resume();
          bench.transfer.resume();
        }
        if (bench.outcome === undefined) bench.run();
        expect(bench.outcome).toMatchObject({ ok: true });
        expect(bench.slots.holds(IMAGE)).toBe(true);
      }),
    );
  });

  it('waits with full jitter, longer each time, and is over after 8 tries without progress', () => {
    const bench = new TransferBench(IMAGE);
    bench.server.cutAfter = () => 3_000;
    const begins: number[] = [];
    bench.server.answer = () => begins.push(bench.time.nowMs) < 0;
    bench.fetch();
    expect(bench.failure).toEqual({ step: -2, code: 'closed', message: expect.any(String) });
    expect(begins).toHaveLength(8);
    begins.slice(1).forEach((begin, tries) => {
      expect(begin - begins[tries]!).toBeLessThan(1_000 * 2 ** tries + 100);
    });
    expect(bench.transfer.pending).toBeUndefined();
    expect(bench.flash.keys).toEqual([]);
  });

  it('has as many tries as it takes while 64 KiB come in eight of them', () => {
    const image = imageOf(400_000);
    const bench = new TransferBench(image, 128);
    bench.server.cutAfter = () => 12_000;
    expect(bench.fetch()).toMatchObject({ ok: true });
    expect(bench.server.requests.length).toBeGreaterThan(40);
    expect(bench.slots.holds(image)).toBe(true);
  });

  it('counts its tries over reboots', () => {
    const bench = new TransferBench(IMAGE);
    bench.resumes = false;
    bench.server.cutAfter = () => 3_000;
    bench.fetch();
    for (let tries = 1; tries < 8; tries++) {
      expect(bench.failure?.retryMs).toBeDefined();
      bench.powerOff();
      bench.boot().resume();
      bench.run();
    }
    expect(bench.failure?.retryMs).toBeUndefined();
    expect(bench.flash.keys).toEqual([]);
  });
});

describe('a job after a reboot', () => {
  /** Cut off in the middle, and booted again. */
  function broken(): TransferBench {
    const bench = new TransferBench(IMAGE);
    bench.resumes = false;
    bench.server.cutAfter = ({ count }) => (count === 1 ? 70_000 : undefined);
    bench.fetch();
    bench.powerOff();
    bench.boot();
    bench.told.length = 0;
    return bench;
  }

  it('is known, with its version, before anything is asked', () => {
    const bench = broken();
    expect(bench.transfer.pending).toMatchObject({ version: '1.1.0', required: 1, floor: '1.0.0' });
    expect(bench.transfer.isUnderWay).toBe(false);
    bench.transfer.resume();
    expect(bench.run()).toMatchObject({ ok: true });
    expect(bench.told.slice(0, 3)).toEqual(['header 1.1.0', '65', '70']);
    expect(rangesOf(bench)).toEqual([undefined, `bytes=${HEAD_BYTES + 17 * BLOCK_BYTES}-`]);
  });

  it('that was complete is read back, and asks for nothing', () => {
    const bench = new TransferBench(IMAGE);
    bench.fetch();
    bench.powerOff();
    bench.boot();
    expect(() => bench.transfer.complete()).toThrow();
    bench.transfer.resume();
    expect(bench.run()).toMatchObject({ ok: true });
    expect(bench.server.requests).toHaveLength(1);
    bench.transfer.complete();
    expect(bench.slots.started?.subarray(0, IMAGE.length).equals(IMAGE)).toBe(true);
    // It did not come up, and is completed again.
    bench.powerOff();
    bench.boot().resume();
    expect(bench.run()).toMatchObject({ ok: true });
    bench.transfer.complete();
  });

  it.each<[string, string, number, (bench: TransferBench) => void]>([
    [
      'whose version is not newer any more',
      'not_newer',
      -1,
      (bench) => {
        bench.board = { ...bench.board, version: '1.1.0' };
      },
    ],
    [
      'that has come below the floor',
      'below_floor',
      -1,
      (bench) => {
        bench.floor = '1.2.0';
      },
    ],
    [
      'whose key is not wanted any more',
      'signature_missing',
      -3,
      (bench) => {
        bench.keys = { points: [undefined, updateKey(1).point], required: 2 };
      },
    ],
    [
      'whose key is another now',
      'wrong_signature',
      -3,
      (bench) => {
        bench.keys = { points: [updateKey(0).point], required: 1 };
      },
    ],
  ])('%s is dropped', (_what, code, step, change) => {
    const bench = broken();
    change(bench);
    bench.powerOff();
    bench.boot().resume();
    bench.run();
    expect(bench.failure).toMatchObject({ step, code });
    expect(bench.failure?.retryMs).toBeUndefined();
    expect(bench.server.requests).toHaveLength(1);
    expect(bench.transfer.pending).toBeUndefined();
    expect(bench.flash.keys).toEqual([]);
  });

  it('whose flash has changed meanwhile is found out by its digest', () => {
    const bench = broken();
    bench.slots.spare[5 * BLOCK_BYTES]! ^= 1;
    bench.transfer.resume();
    bench.run();
    expect(bench.failure).toMatchObject({ step: -3, code: 'wrong_digest' });
    expect(() => bench.transfer.complete()).toThrow();
    expect(bench.slots.started).toBeUndefined();
  });

  it('is none after a record that is damaged, or that says what cannot be', () => {
    const write = (change: (record: Record<string, unknown>) => void): TransferBench => {
      const bench = broken();
      const { secrets, text } = bench.host;
      const record = new JsonRecord<Record<string, unknown>>(secrets, text, 'download', (value) => value);
      const value = record.read()!;
      change(value);
      record.write(value);
      bench.powerOff();
      bench.boot();
      return bench;
    };
    const wrong: ((record: Record<string, unknown>) => void)[] = [
      (record) => delete record['url'],
      (record) => (record['etag'] = 'W/"v1"'),
      (record) => (record['etag'] = '"v1"\r\nX-Evil: 1'),
      (record) => (record['head'] = 'zz'),
      (record) => (record['head'] = String(record['head']).slice(0, -2)),
      (record) => (record['done'] = -1),
      (record) => (record['done'] = 1.5),
      (record) => (record['done'] = 100_001),
      (record) => (record['done'] = 2 ** 40),
      (record) => (record['tries'] = '1'),
    ];
    for (const change of wrong) expect(write(change).transfer.pending, String(change)).toBeUndefined();
    for (const done of [1, 4_097, 99_999]) {
      const bench = write((record) => {
        record['done'] = done;
      });
      bench.transfer.resume();
      expect(bench.run()).toMatchObject({ ok: true });
      expect(bench.slots.holds(IMAGE)).toBe(true);
    }
  });
});

describe('a new job', () => {
  it('for the same package goes on where the old one was, from whatever URL', () => {
    const bench = new TransferBench(IMAGE);
    bench.resumes = false;
    bench.server.cutAfter = ({ count }) => (count === 1 ? 70_000 : undefined);
    bench.fetch();
    bench.server.etag = '"moved"';
    expect(bench.fetch(bench.server.url.replace('t0k3n', 'other'))).toMatchObject({ ok: true });
    expect(rangesOf(bench)).toEqual([undefined, undefined, `bytes=${HEAD_BYTES + 17 * BLOCK_BYTES}-`]);
    expect(bench.server.requests[2]!.headers.get('if-range')).toBe('"moved"');
    expect(new Set(writesOf(bench))).toEqual(new Set([1]));
    // Once more, of what is complete.
    expect(bench.fetch(bench.server.url.replace('t0k3n', 'third'))).toMatchObject({ ok: true });
    expect(new Set(writesOf(bench))).toEqual(new Set([1]));
  });

  it('for the same package from a server without ETags takes what comes, from its beginning', () => {
    const bench = new TransferBench(IMAGE);
    bench.resumes = false;
    bench.server.cutAfter = ({ count }) => (count === 1 ? 70_000 : undefined);
    bench.fetch();
    bench.server.etag = undefined;
    expect(bench.fetch(`${bench.server.url}/new`)).toMatchObject({ ok: true });
    expect(rangesOf(bench)).toEqual([undefined, undefined]);
    expect(bench.slots.holds(IMAGE)).toBe(true);
  });

  it('takes back that the one before it was ready', () => {
    const bench = slowly();
    bench.fetch();
    bench.transfer.start(`${bench.server.url}/new`);
    expect(() => bench.transfer.complete()).toThrow('no image has been checked');
    bench.transfer.pause();
    expect(() => bench.transfer.complete()).toThrow('no image has been checked');
    bench.transfer.resume();
    expect(bench.run()).toMatchObject({ ok: true });
    bench.transfer.complete();
  });

  it('for another package takes the place of the old one, whatever is in the slot', () => {
    const bench = new TransferBench(IMAGE);
    bench.resumes = false;
    bench.server.cutAfter = ({ count }) => (count === 1 ? 70_000 : undefined);
    bench.fetch();
    const other = imageOf(90_000, 7);
    bench.server.file = packageOf(other, [bench.key], { version: '1.2.0' });
    expect(bench.fetch()).toMatchObject({ ok: true, update: { version: '1.2.0' } });
    expect(bench.slots.holds(other)).toBe(true);
  });

  it('of which the server changes the file there and back does not take for its own what was overwritten', () => {
    const bench = new TransferBench(IMAGE);
    bench.resumes = false;
    bench.server.cutAfter = ({ count }) => (count <= 2 ? 70_000 : undefined);
    bench.fetch();
    const { file } = bench.server;
    bench.server.file = packageOf(imageOf(90_000, 7), [bench.key], { version: '1.2.0' });
    bench.server.etag = '"v2"';
    bench.fetch(`${bench.server.url}/new`);
    bench.server.file = file;
    bench.server.etag = '"v1"';
    bench.transfer.resume();
    expect(bench.run()).toMatchObject({ ok: true, update: { version: '1.1.0' } });
    expect(bench.slots.holds(IMAGE)).toBe(true);
  });

  it('for the URL that is being fetched changes nothing', () => {
    const bench = slowly();
    bench.transfer.start(bench.server.url);
    bench.time.advance(20);
    bench.transfer.start(bench.server.url);
    expect(bench.run()).toMatchObject({ ok: true });
    expect(bench.server.requests).toHaveLength(1);
  });

  it('for another URL ends the one that is under way', () => {
    const bench = slowly();
    bench.transfer.start(`${bench.server.url}/old`);
    bench.time.advance(20);
    bench.transfer.start(bench.server.url);
    expect(bench.run()).toMatchObject({ ok: true });
    expect(bench.told.filter((told) => told === 'ok')).toHaveLength(1);
    expect(bench.slots.holds(IMAGE)).toBe(true);
  });

  it('that has not come to its header does not survive a reboot, but the one before it does', () => {
    const bench = new TransferBench(IMAGE);
    bench.resumes = false;
    bench.server.cutAfter = ({ count }) => (count === 1 ? 70_000 : undefined);
    bench.fetch();
    bench.transfer.start('http://nowhere/');
    expect(bench.transfer.pending).toBeUndefined();
    bench.run();
    expect(bench.failure).toMatchObject({ step: -2, code: 'dns_failed', retryMs: expect.any(Number) });
    bench.powerOff();
    expect(bench.boot().pending).toMatchObject({ version: '1.1.0' });
  });

  it('is forgotten when it is abandoned, at any moment', () => {
    for (let ms = 0; ms < 300; ms += 3) {
      const bench = slowly();
      bench.transfer.start(bench.server.url);
      bench.time.advance(ms);
      bench.transfer.abandon();
      bench.transfer.abandon();
      const told = bench.told.length;
      bench.time.advance(100_000);
      bench.transfer.resume();
      bench.time.advance(100_000);
      expect(bench.told).toHaveLength(told);
      expect(bench.transfer.pending).toBeUndefined();
      expect(bench.host.timers).toBe(0);
      expect(bench.slots.open).toBe(0);
      expect(bench.flash.keys).toEqual([]);
      expect(() => bench.transfer.complete()).toThrow();
    }
  });
});
