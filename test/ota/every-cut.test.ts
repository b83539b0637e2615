import { describe, expect, it } from 'vitest';
import type { CutMoment } from '../../host-sim/world/flash-power.js';
import { updateKey } from '../support/ota/package.js';
import { FieldBench } from './field-bench.js';

const MOMENTS: readonly CutMoment[] = ['before', 'during', 'after'];
const KEY = updateKey(0);

/** From the offer on; what came before it is not the update's. */
async function offered(): Promise<FieldBench> {
  const bench = new FieldBench({ key: KEY });
  await bench.pass(60_000, () => bench.informs.length > 0);
  return bench;
}

async function mustEndUpdated(bench: FieldBench, what: string): Promise<void> {
  await bench.settle();
  expect(bench.isBrick, what).toBe(false);
  expect([bench.device.version, bench.device.isOnline], what).toEqual(['1.1.0', true]);
  expect(new Set(bench.boots), what).toEqual(new Set(['1.0.0', '1.1.0']));
  expect(bench.data('update_failed'), what).toEqual([]);
  // And it stays so.
  bench.device.cut();
  await bench.pass(60_000, () => bench.device.isOnline);
  expect([bench.device.version, bench.device.isOnline], what).toEqual(['1.1.0', true]);
}

describe('a board whose power goes in the middle of an update starts with one of the two builds, and ends with the new one', () => {
  it('at every single operation of its flash: slots, records and the boot loader’s own', async () => {
    const dry = await offered();
    const { power } = dry.device.flash;
    const before = power.operations;
    await dry.settle();
    const operations = power.operations - before;
    expect(operations).toBeGreaterThan(25);
    for (let operation = 1; operation <= operations; operation++) {
      for (const moment of MOMENTS) {
        const bench = await offered();
        bench.device.flash.power.cutAt(operation, moment);
        await mustEndUpdated(bench, `cut ${moment} operation ${operation}`);
      }
    }
  });

  it('at two operations in a row, the second one while it comes back from the first', async () => {
    const dry = await offered();
    const { power } = dry.device.flash;
    const before = power.operations;
    await dry.settle();
    const operations = power.operations - before;
    for (let operation = 1; operation <= operations; operation += 3) {
      for (let second = 1; second <= 12; second++) {
        const bench = await offered();
        const again = bench.device.flash.power;
        again.cutAt(operation, 'during', () => again.cutAt(second, 'during'));
        await mustEndUpdated(bench, `cut during operation ${operation}, and ${second} later`);
      }
    }
  });

  it('at every step of its life: with each event that it reports', async () => {
    const dry = await offered();
    const before = dry.events.length;
    await dry.settle();
    const events = dry.events.length - before;
    const steps = dry.events.slice(before).map(({ name }) => name);
    expect(steps).toEqual(
      expect.arrayContaining(['update_started', 'update_ready', 'stopped', 'booted', 'update_proven']),
    );
    for (let count = 1; count <= events; count++) {
      const bench = await offered();
      let left = count;
      bench.onEvent = () => {
        left -= 1;
        // At once is inside the firmware's own call: the power goes there, too.
        if (left === 0) bench.time.timer.set(() => bench.device.cut());
      };
      await mustEndUpdated(bench, `cut at ${steps[count - 1]}, event ${count}`);
    }
  });

  it('at every moment, 25 ms apart', async () => {
    const dry = await offered();
    const beganMs = dry.time.nowMs;
    await dry.pass(120_000, () => dry.isUpdated);
    const lastsMs = dry.time.nowMs - beganMs;
    expect(lastsMs).toBeGreaterThan(400);
    for (let atMs = 0; atMs < lastsMs; atMs += 25) {
      const bench = await offered();
      bench.time.timer.set(() => bench.device.cut(), atMs);
      await mustEndUpdated(bench, `cut after ${atMs} ms`);
    }
  });
});
