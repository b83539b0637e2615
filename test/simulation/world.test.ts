import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { tellBroken } from '../../host-sim/cli/world-report.js';
import { loadProduct } from '../../host-sim/products/load.js';
import type { Job, JobDone } from '../../host-sim/simulation/job.js';
import { WorldPool } from '../../host-sim/simulation/pool.js';
import { shrink } from '../../host-sim/simulation/shrink.js';
import { buildMutant } from '../../scripts/mutants.mjs';
import { MUTATIONS } from '../../scripts/mutations.mjs';

const WORKER = resolve('dist/world-worker.js');
const pools: WorldPool[] = [];

/** A pool of one new process. */
function pool(worker = WORKER): WorldPool {
  const made = new WorldPool(1, worker);
  pools.push(made);
  return made;
}

afterEach(() => {
  for (const made of pools.splice(0)) made.close();
});

describe('a virtual world', { timeout: 180_000 }, () => {
  it('is the same byte for byte under the same seed, in another process and after other runs', async () => {
    const job: Job = { scenario: 'short', seed: 7 };
    const [first, second] = [pool(), pool()];
    await second.run({ scenario: 'short', seed: 3 });
    const [one, other] = await Promise.all([first.run(job), second.run(job)]);
    expect(one.broken).toBeUndefined();
    expect([other.hash, other.lines]).toEqual([one.hash, one.lines]);
    expect(one.lines).toBeGreaterThan(1_000);
  });

  it('is another under another seed, and when less happens in it', async () => {
    const one = pool();
    const hashes = new Set<string>();
    for (const job of [{ seed: 1 }, { seed: 2 }, { seed: 2, only: [] }, { seed: 2, only: [0] }]) {
      hashes.add((await one.run({ scenario: 'short', ...job })).hash);
    }
    expect(hashes.size).toBe(4);
  });

  it('says what it does not know', async () => {
    await expect(pool().run({ scenario: 'nowhere', seed: 1 })).rejects.toThrow('there is no scenario "nowhere"');
    await expect(pool().run({ scenario: 'short', seed: 1, only: [0, 9_999] })).rejects.toThrow(
      /^Under seed 1, \d+ things happen, from 0 on: there is no 9999 to leave\.$/,
    );
  });

  it('names what is wrong in a plan', async () => {
    const about = { format: 'smartlink-recording/1', recordedAt: '', durationMs: 20_000, leftOut: [] } as const;
    const boards = [{ serial: 'A0', definition: loadProduct('SW-SERVO-001') }];
    const happenings = [{ atMs: 10_000, what: 'power-cut', board: 0, offMs: 'long' }];
    await expect(pool().run({ scenario: { ...about, boards, happenings }, seed: 1 })).rejects.toThrow(
      /^The plan has "power-cut" at 10000 ms told wrongly: "offMs" must be a number\.$/,
    );
  });
});

describe('a board that breaks a promise', { timeout: 300_000 }, () => {
  let folder: string;
  let mutant: string;

  beforeAll(async () => {
    mkdirSync('dist', { recursive: true });
    folder = mkdtempSync(resolve('dist/test-mutant-'));
    mutant = await buildMutant(MUTATIONS.find(({ name }) => name.includes('Wi-Fi was lost never ends'))!, folder);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is told with the seed, the shortest plan, what came last, and the command that does it again', async () => {
    const workers = pool(mutant);
    const whole = await workers.run({ scenario: 'day-at-home', seed: 1 });
    expect(whole.broken?.promise).toBe('online');
    let shortest: JobDone = whole;
    await shrink(
      whole.happened!.map(({ place }) => place),
      async (only) => {
        const tried = await workers.run({ scenario: 'day-at-home', seed: 1, only });
        if (tried.broken?.promise !== 'online') return false;
        shortest = tried;
        return true;
      },
      { atOnce: 1, isEnough: () => false },
    );
    expect(shortest.happened!.map(({ happening }) => happening.what)).toEqual(['wifi-lost']);
    const told = tellBroken('--scenario day-at-home', shortest, true);
    expect(told).toContain('broken online at ');
    expect(told).toContain(shortest.broken!.sentence);
    expect(told).toMatch(/What it takes:\n {4}\S+ {2}wifi-lost \{"place"/);
    expect(told).toContain('keep alive timeout');
    const { place } = shortest.happened![0]!;
    expect(told).toContain(`Again: smartlink world --scenario day-at-home --seed 1 --only ${place}\n`);
    // And so it does.
    const again = await workers.run({ scenario: 'day-at-home', seed: 1, only: [place] });
    expect([again.hash, again.broken]).toEqual([shortest.hash, shortest.broken]);
  });
});
