import { describe, expect, it } from 'vitest';
import { type CutMoment, PowerCutError } from '../../host-sim/world/flash-power.js';
import { type FakePackage, fakePackage } from './fake-transfer.js';
import { benchKey, UpdateBench } from './update-bench.js';

const GOOD = { floor: '1.5.0' };
const MOMENTS: readonly CutMoment[] = ['before', 'during', 'after'];

/** Switches the board on, however often the power goes while the boot loader is at work. */
function switchOn(bench: UpdateBench): void {
  for (;;) {
    try {
      bench.boot('power_on');
      return;
    } catch (error) {
      if (!(error instanceof PowerCutError)) throw error;
    }
  }
}

/** An update from the offer to its end, with somebody who switches a dark board on again. */
async function update(bench: UpdateBench, found: FakePackage): Promise<void> {
  const untilMs = bench.time.nowMs + 600_000;
  let told = false;
  while (bench.time.nowMs < untilMs) {
    if (bench.isDark) switchOn(bench);
    if (!told && bench.isOnline && bench.cloud.connected) {
      bench.offer(found);
      told = true;
    }
    try {
      await bench.pass(100);
    } catch (error) {
      // The boot loader of a wanted restart.
      if (!(error instanceof PowerCutError)) throw error;
    }
    // The cloud tells a board again that says it is still the old one.
    const hasNothing = bench.version === '1.0.0' && bench.record('download') === undefined;
    if (told && !bench.isDark && hasNothing && bench.told('update_failed').length === 0) told = false;
    if (bench.isDark || !bench.isOnline) continue;
    const isProven = bench.version === '2.0.0' && bench.informs.includes('2.0.0');
    const isBack = bench.version === '1.0.0' && bench.told('update_failed').length > 0;
    if (!isProven && !isBack) continue;
    await bench.pass(2_000);
    if (!bench.isDark) return;
  }
}

describe('an update whose power goes', () => {
  it('at any single write of it ends in the new build, never in a board that does not start, and with what it brought', async () => {
    const key = await benchKey();
    const dry = new UpdateBench({ key });
    const before = dry.flash.power.operations;
    await update(dry, fakePackage('2.0.0', GOOD));
    const writes = dry.flash.power.operations - before;
    expect([dry.version, writes > 15]).toEqual(['2.0.0', true]);
    const seen = new Set<string>();
    for (let write = 1; write <= writes; write++) {
      for (const moment of MOMENTS) {
        const bench = new UpdateBench({ key });
        bench.flash.cutAtWrite(write, moment);
        await update(bench, fakePackage('2.0.0', GOOD));
        const what = `cut ${moment} write ${write}`;
        expect(bench.version, what).toBe('2.0.0');
        expect(bench.slots.isOnTrial, what).toBe(false);
        expect(bench.record('update'), what).toEqual({ policy: { required: 1, floor: '1.5.0' }, failed: [] });
        expect(bench.told('update_failed'), what).toEqual([]);
        seen.add(bench.boots.join(' '));
        // What is there survives the next power cut, too.
        bench.cut();
        switchOn(bench);
        expect(bench.version, what).toBe('2.0.0');
      }
    }
    // Some went back to the old build once more, some did not have to.
    expect(seen.size).toBeGreaterThan(2);
  });

  it('at any single write of one that never comes online ends in the old build, which says so and leaves it at that', async () => {
    const key = await benchKey();
    const dry = new UpdateBench({ key });
    const before = dry.flash.power.operations;
    await update(dry, fakePackage('2.0.0', { character: 'mute' }));
    const writes = dry.flash.power.operations - before;
    expect([dry.version, writes > 15]).toEqual(['1.0.0', true]);
    for (let write = 1; write <= writes; write++) {
      for (const moment of MOMENTS) {
        const bench = new UpdateBench({ key });
        bench.flash.cutAtWrite(write, moment);
        await update(bench, fakePackage('2.0.0', { character: 'mute' }));
        const what = `cut ${moment} write ${write}`;
        expect([bench.version, bench.slots.isOnTrial, bench.record('update')?.policy], what).toEqual([
          '1.0.0',
          false,
          {},
        ]);
        expect(bench.boots.filter((version) => version === '2.0.0').length, what).toBeLessThanOrEqual(2);
        bench.cut();
        switchOn(bench);
        await bench.pass(30_000);
        expect([bench.version, bench.isOnline], what).toEqual(['1.0.0', true]);
      }
    }
  });
});
