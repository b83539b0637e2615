import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { JobDone } from '../../host-sim/simulation/job.js';
import { WorldPool } from '../../host-sim/simulation/pool.js';

const pools: WorldPool[] = [];

async function live(scenario: string, seed: number): Promise<JobDone> {
  const made = new WorldPool(1, resolve('dist/world-worker.js'));
  pools.push(made);
  return made.run({ scenario, seed });
}

afterEach(() => {
  for (const made of pools.splice(0)) made.close();
});

describe('a staged campaign over a hundred boards', () => {
  it('of a build that does not come online on every tenth of them stops by itself, and leaves nobody stranded', async () => {
    const { broken, boards } = await live('bad-tenth', 1);
    expect([broken, boards]).toEqual([undefined, 100]);
  });
});
