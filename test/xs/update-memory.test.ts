import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, describe, expect, test } from 'vitest';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import { bootOnNode, bundleEngine, withoutXs } from './engines.js';
import { measureUpdate, UpdateRun } from './measure-update.js';

/** What an update of the large image takes, beside one of the small image. */
const SMALL_BLOCKS = 64; // 256 KB
const LARGE_BLOCKS = 425; // 1.7 MB
const MOST_RATIO = 1.02;

describe.skipIf(withoutXs)('an update on XS', () => {
  let engine: XsEngine;
  beforeAll(async () => {
    engine = await bundleEngine();
  });

  test('of 1.7 MB takes the memory of one of 256 KB', async () => {
    const small = await measureUpdate(engine, SMALL_BLOCKS);
    const large = await measureUpdate(engine, LARGE_BLOCKS);
    expect(small.slots).toBeGreaterThan(0);
    expect(large.slots / small.slots).toBeLessThanOrEqual(MOST_RATIO);
    expect(large.bytes / small.bytes).toBeLessThanOrEqual(MOST_RATIO);
  });
});

describe('an update on Node', () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;

  /** The resident set, bytes; the process does nothing else meanwhile. */
  async function measure(blocks: number): Promise<number> {
    const run = new UpdateRun(blocks);
    const { peak } = await run.follow(bootOnNode(run.host), async () => {
      gc();
      return process.memoryUsage.rss();
    });
    return peak;
  }

  test('of 1.7 MB takes the memory of one of 256 KB', async () => {
    // The first one of a process pays for its code, and what Node has not given back yet is nobody's: the lesser of two counts.
    await measure(LARGE_BLOCKS);
    const small = await measure(SMALL_BLOCKS);
    const large = await measure(LARGE_BLOCKS);
    const again = Math.min(small, await measure(SMALL_BLOCKS));
    expect(Math.min(large, await measure(LARGE_BLOCKS)) / again).toBeLessThanOrEqual(MOST_RATIO);
  });
});
