import { expect, it } from 'vitest';
import { packageOf, updateKey } from '../support/ota/package.js';
import { buildOf, FieldBench } from './field-bench.js';

const KEY = updateKey(0);

it.each([
  ['lower', '0.9.0'],
  ['higher', '1.2.0'],
] as const)(
  'a build of a %s version than its package says is never confirmed, is told why, and after three times it is over',
  async (_what, version) => {
    const bench = new FieldBench({ key: KEY, file: packageOf(buildOf(version), [KEY], { floor: '1.1.0' }) });
    await bench.pass(3_600_000);
    expect([bench.device.version, bench.device.isOnline, bench.boots.length]).toEqual(['1.0.0', true, 7]);
    const message = `it says that it is version ${version}, and its package said 1.1.0`;
    const backs = Array.from({ length: 3 }, () => ({ version: '1.1.0', code: 'rolled_back', message }));
    expect(bench.data('update_failed')).toEqual([...backs, expect.objectContaining({ code: 'failed_before' })]);
    expect([bench.data('update_proven'), new Set(bench.informs)]).toEqual([[], new Set(['1.0.0'])]);
  },
);
