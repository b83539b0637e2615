import { describe, expect, test } from 'vitest';
import { WireFollower } from '../../host-sim/panel/state/wire-follower.js';
import type { SimWireEntry } from '../../host-sim/sim-api/messages.js';

const entry = (seq: number, serial = 'A1') =>
  ({ seq, serial, at: seq, bytes: 0, raw: '', kind: 'life', name: 'booted', level: 'info', data: {} }) as SimWireEntry;

/** A world's ring, and one who follows it. `told` is what he got: numbers of entries, and gaps. */
function start(serial?: string) {
  const world = { kept: [] as SimWireEntry[], newest: 0, isDown: false, asked: 0 };
  const told: (number | string)[] = [];
  const problems: unknown[] = [];
  const follower = new WireFollower({
    serial,
    history: async (after, limit) => {
      world.asked++;
      if (world.isDown) throw new Error('down');
      const entries = world.kept.filter((one) => one.seq > after && (serial ?? one.serial) === one.serial);
      return { entries: entries.slice(0, limit), newest: world.newest };
    },
    onEntries: (entries) => told.push(...entries.map(({ seq }) => seq)),
    onGap: (missed) => told.push(`gap ${missed ?? '?'}`),
    onProblem: (error) => problems.push(error),
  });
  const happen = (count: number, of = 'A1'): SimWireEntry[] => {
    const fresh = Array.from({ length: count }, () => entry(++world.newest, of));
    world.kept.push(...fresh);
    return fresh;
  };
  return { world, told, problems, follower, happen };
}

describe('who follows the wire', () => {
  test('gets what was before, then what comes, each once', async () => {
    const { told, follower, happen } = start();
    happen(3);
    const began = follower.began();
    // While the history is on its way, the stream has begun: the last two are in both.
    for (const one of happen(2)) follower.entry(one);
    await began;
    for (const one of happen(1)) follower.entry(one);
    expect(told).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('gets the newest 2,000 of a long history, page by page', async () => {
    const { world, told, follower, happen } = start();
    happen(5_300);
    await follower.began();
    expect([told.length, told[0], told.at(-1)]).toEqual([2_000, 3_301, 5_300]);
    expect(world.asked).toBeLessThan(8);
  });

  test('takes another world for another one, however far it has come by then', async () => {
    const { world, told, follower, happen } = start();
    happen(3);
    await follower.began();
    world.kept = [];
    world.newest = 0;
    happen(5);
    world.kept = world.kept.map((one) => ({ ...one, at: one.at + 1_000 }));
    await follower.began();
    expect(told).toEqual([1, 2, 3, 'gap ?', 1, 2, 3, 4, 5]);
  });

  test('gets what happened while he was away, and hears how much is gone', async () => {
    const { world, told, follower, happen } = start();
    happen(2);
    await follower.began();
    happen(2);
    await follower.began();
    happen(10);
    world.kept = world.kept.slice(-3);
    await follower.began();
    expect(told).toEqual([1, 2, 3, 4, 'gap 7', 12, 13, 14]);
  });

  test('hears from the stream how many were too many for him', async () => {
    const { told, follower, happen } = start();
    await follower.began();
    happen(3);
    follower.missed(3);
    for (const one of happen(1)) follower.entry(one);
    expect(told).toEqual(['gap 3', 4]);
  });

  test('of one board gets no other’s, and hears of a gap only where there may be one', async () => {
    const { world, told, follower, happen } = start('A1');
    happen(2);
    await follower.began();
    for (const one of happen(4, 'B2')) follower.entry(one);
    happen(1);
    await follower.began();
    happen(2);
    world.kept = world.kept.slice(-1);
    await follower.began();
    expect(told).toEqual([1, 2, 7, 'gap ?', 9]);
  });

  test('hears of another world, which counts from one again', async () => {
    const { world, told, follower, happen } = start();
    happen(3);
    await follower.began();
    Object.assign(world, { kept: [], newest: 0 });
    happen(2);
    await follower.began();
    expect(told).toEqual([1, 2, 3, 'gap ?', 1, 2]);
  });

  test('goes on with what comes where the history cannot be had, and says why', async () => {
    const { world, told, problems, follower, happen } = start();
    happen(2);
    world.isDown = true;
    const began = follower.began();
    for (const one of happen(1)) follower.entry(one);
    await began;
    expect([told, problems]).toEqual([[3], [new Error('down')]]);
    world.isDown = false;
    await follower.began();
    expect(problems.at(-1)).toBeUndefined();
  });

  test('keeps to the newest stream where two begin at once', async () => {
    const { told, follower, happen } = start();
    happen(2);
    await Promise.all([follower.began(), follower.began()]);
    expect(told).toEqual([1, 2]);
  });
});
