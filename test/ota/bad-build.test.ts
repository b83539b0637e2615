import { expect, it } from 'vitest';
import type { Fault } from '../../host-sim/image/sim-image.js';
import { packageOf, updateKey } from '../support/ota/package.js';
import { buildOf, FieldBench } from './field-bench.js';

const KEY = updateKey(0);

const BUILDS: readonly (readonly [string, Fault, RegExp])[] = [
  ['throws as it starts', 'crash', /^it crashed before it was online$/],
  ['hangs until the watchdog bites', 'hang', /^it crashed before it was online$/],
  ['never comes online', 'deaf', /^not online within 90 s: /],
];

it.each(BUILDS)(
  'a build that %s is gone again, its reason told, and is not tried again by itself',
  async (_what, fault, why) => {
    const bench = new FieldBench({ key: KEY, file: packageOf(buildOf('1.1.0', fault), [KEY]) });
    bench.onEvent = ({ name }) => {
      // Nobody offers it again.
      if (name === 'update_ready') bench.offers = false;
    };
    await bench.settle();
    await bench.pass(3_600_000);
    expect([bench.device.version, bench.device.isOnline]).toEqual(['1.0.0', true]);
    expect(bench.data('update_failed')).toEqual([
      { version: '1.1.0', code: 'rolled_back', message: expect.stringMatching(why) },
    ]);
    expect(bench.progress.filter((step) => step.startsWith('-'))).toEqual([expect.stringMatching(/^-1 rolled_back: /)]);
    expect(bench.data('update_ready')).toHaveLength(1);
    // The mended one comes all the same.
    bench.server.file = packageOf(buildOf('1.2.0'), [KEY], { version: '1.2.0' });
    bench.server.etag = '"v2"';
    bench.version = '1.2.0';
    bench.offer('1.2.0', bench.server.url, bench.server.file.length);
    await bench.pass(120_000, () => bench.isUpdated);
    expect(bench.isUpdated).toBe(true);
  },
);
