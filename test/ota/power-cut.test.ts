import { describe, expect, it } from 'vitest';
import { PowerCutError } from '../../host-sim/world/flash-power.js';
import { imageOf, packageOf } from '../support/ota/package.js';
import { TransferBench } from '../support/ota/transfer-bench.js';

const IMAGE = imageOf(100_000);
const OTHER = imageOf(90_000, 3);

type Moment = 'before' | 'during' | 'after';
const MOMENTS: readonly Moment[] = ['before', 'during', 'after'];

/** The power goes at the `count`-th operation on the slot from now on. What is half done then, the slots themselves know. */
function cutAtOperation(bench: TransferBench, count: number): void {
  const from = bench.slots.operations.length;
  bench.slots.onOperation = (_operation, all) => {
    if (!bench.flash.powered) throw new PowerCutError('no power');
    if (all - from !== count) return;
    bench.powerOff();
    throw new PowerCutError('the power went');
  };
}

/** Lets the power come back, and the board do what it does at a boot. */
function bootAndFinish(bench: TransferBench): void {
  bench.slots.onOperation = () => {};
  const transfer = bench.boot();
  if (transfer.pending === undefined) transfer.start(bench.server.url);
  else transfer.resume();
  bench.run();
}

/** Runs until the job or the power has ended. */
function runUntilCut(bench: TransferBench): void {
  bench.time.runUntil(() => bench.outcome !== undefined || !bench.flash.powered);
}

/** Starts with half of another package in the slot, so that there is something to be mixed up with. */
function begun(): TransferBench {
  const bench = new TransferBench(IMAGE);
  bench.resumes = false;
  const { file } = bench.server;
  bench.server.file = packageOf(OTHER, [bench.key], { version: '1.0.5' });
  bench.server.cutAfter = ({ count }) => (count === 1 ? 70_000 : undefined);
  bench.fetch();
  bench.server.file = file;
  bench.server.etag = '"v2"';
  bench.outcome = undefined;
  return bench;
}

/** How often something happens in an undisturbed job. */
function countOf(what: 'operations' | 'records'): number {
  const bench = begun();
  const before = bench.slots.operations.length;
  let records = 0;
  const { write } = bench.flash.secrets;
  bench.flash.secrets.write = (key, value) => {
    records++;
    write(key, value);
  };
  bench.fetch();
  return what === 'records' ? records : bench.slots.operations.length - before;
}

describe('a power cut', () => {
  it('at any operation on the slot leaves a job that ends with the right image', () => {
    const operations = countOf('operations');
    expect(operations).toBeGreaterThan(70);
    for (let count = 1; count <= operations; count++) {
      const bench = begun();
      cutAtOperation(bench, count);
      bench.transfer.start(bench.server.url);
      runUntilCut(bench);
      expect(bench.flash.powered, `operation ${count}`).toBe(false);
      bootAndFinish(bench);
      expect(bench.outcome, `operation ${count}`).toMatchObject({ ok: true, update: { version: '1.1.0' } });
      expect(bench.slots.holds(IMAGE), `operation ${count}`).toBe(true);
    }
  });

  it('at any write of the record leaves a job that ends with the right image', () => {
    const records = countOf('records');
    expect(records).toBeGreaterThanOrEqual(3);
    for (let count = 1; count <= records; count++) {
      for (const moment of MOMENTS) {
        const bench = begun();
        bench.flash.cutAtWrite(count, moment, () => bench.powerOff());
        bench.transfer.start(bench.server.url);
        runUntilCut(bench);
        bootAndFinish(bench);
        expect(bench.outcome, `${moment} record ${count}`).toMatchObject({ ok: true, update: { version: '1.1.0' } });
        expect(bench.slots.holds(IMAGE), `${moment} record ${count}`).toBe(true);
      }
    }
  });

  it('at one operation after another is survived, too', () => {
    const bench = begun();
    bench.transfer.start(bench.server.url);
    for (let cuts = 0; cuts < 60; cuts++) {
      cutAtOperation(bench, 1 + ((cuts * 7) % 23));
      runUntilCut(bench);
      if (bench.flash.powered) break;
      bench.outcome = undefined;
      const transfer = bench.boot();
      if (transfer.pending === undefined) transfer.start(bench.server.url);
      else transfer.resume();
    }
    bench.slots.onOperation = () => {};
    if (bench.outcome === undefined) bench.run();
    expect(bench.outcome).toMatchObject({ ok: true });
    expect(bench.slots.holds(IMAGE)).toBe(true);
  });
});

describe('a flash that fails', () => {
  it('at any operation on the slot ends the job as one that cannot be burnt', () => {
    const operations = countOf('operations');
    for (let count = 1; count <= operations; count++) {
      const bench = begun();
      const from = bench.slots.operations.length;
      bench.slots.onOperation = (_operation, all) => {
        if (all - from === count) throw new Error('worn out');
      };
      bench.fetch();
      expect(bench.failure, `operation ${count}`).toEqual({
        step: -4,
        code: 'flash_failed',
        message: 'the flash of the spare slot fails',
      });
      expect(bench.transfer.pending).toBeUndefined();
      expect(() => bench.transfer.complete()).toThrow();
      expect(bench.slots.open).toBe(0);
      expect(bench.host.timers).toBe(0);
    }
  });

  it('and keeps something else than was written is found out before anything is switched', () => {
    const bench = new TransferBench(IMAGE);
    bench.slots.onOperation = ({ what, at }) => {
      if (what === 'read' && at === 0x3000) bench.slots.spare[at]! ^= 1;
    };
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -4, code: 'flash_differs' });
    expect(() => bench.transfer.complete()).toThrow();
  });

  it('of the record ends the job before the slot is touched', () => {
    const bench = new TransferBench(IMAGE);
    bench.flash.isWornOut = true;
    const before = bench.slots.fingerprint;
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -4, code: 'storage_failed' });
    expect(bench.slots.fingerprint).toBe(before);
  });

  it('has no slot', () => {
    const bench = new TransferBench(IMAGE);
    bench.slots.openSpare();
    bench.fetch();
    expect(bench.failure).toMatchObject({ step: -4, code: 'no_slot' });
  });
});

it('an image that the boot loader does not take stays where it is, and says why', () => {
  const bench = new TransferBench(IMAGE);
  bench.fetch();
  bench.slots.onOperation = ({ what }) => {
    if (what === 'complete') throw Object.assign(new Error('invalid image'), { code: 'ota_validate_failed' });
  };
  expect(() => bench.transfer.complete()).toThrow('invalid image');
  expect(bench.slots.open).toBe(0);
  expect(bench.slots.started).toBeUndefined();
});
