import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { UPDATE_RECORD, UpdateRecord } from '../../src/board/update-record.js';
import type { Host } from '../../src/ports/host.js';
import { JsonRecord } from '../../src/records/json-record.js';

const text = createNodeText();
const digest = (digit: string): string => digit.repeat(64);
const build = (version: string, digit = '1') => ({ version, digest: digest(digit), required: 3, floor: '1.0.0' });

function recordIn(storage = new MemoryStorage()): { record: UpdateRecord; store: (value: object) => UpdateRecord } {
  const host = { storage, text } as unknown as Host;
  const store = (value: object): UpdateRecord => {
    new JsonRecord(storage, text, UPDATE_RECORD, () => undefined).write(value);
    return new UpdateRecord(host);
  };
  return { record: new UpdateRecord(host), store };
}

describe('what a board remembers of its updates', () => {
  it('is nothing at first', () => {
    const { record } = recordIn();
    expect([record.policy, record.trial, record.failuresOf(digest('1'))]).toEqual([{}, undefined, 0]);
  });

  it('counts how often it has switched to a build, and begins anew with another', () => {
    const { record } = recordIn();
    record.switching(build('2.0.0'));
    record.note({ mayHaveRun: false, reason: 'x'.repeat(1_000) });
    expect(record.trial).toEqual({ ...build('2.0.0'), switches: 1, mayHaveRun: false, reason: 'x'.repeat(120) });
    record.switching(build('2.0.0'));
    expect(record.trial).toEqual({ ...build('2.0.0'), switches: 2, mayHaveRun: true });
    record.switching(build('3.0.0', '2'));
    expect(record.trial).toMatchObject({ version: '3.0.0', switches: 1 });
    record.forgetTrial();
    record.note({ mayHaveRun: false });
    expect(record.trial).toBeUndefined();
  });

  it('counts the failures of the last four builds', () => {
    const { record } = recordIn();
    for (const digit of ['1', '1', '2', '3', '4', '1']) {
      record.switching(build('2.0.0', digit));
      record.failed();
    }
    expect(['1', '2', '3', '4'].map((digit) => record.failuresOf(digest(digit)))).toEqual([3, 1, 1, 1]);
    record.switching(build('2.0.0', '5'));
    record.failed();
    expect(['1', '2', '5'].map((digit) => record.failuresOf(digest(digit)))).toEqual([3, 0, 1]);
    expect([record.trial, record.policy]).toEqual([undefined, {}]);
  });

  it('changes nothing where nothing is on trial', () => {
    const { record } = recordIn();
    record.failed();
    record.proven(true);
    record.forgetTrial();
    expect([record.policy, record.trial, record.failuresOf(digest('1'))]).toEqual([{}, undefined, 0]);
  });

  it('is read part by part: one that is wrong takes no other with it', () => {
    const policy = { required: 5, floor: '1.2.3' };
    const trial = { ...build('2.0.0'), switches: 1, mayHaveRun: false };
    const wrong = [{ ...trial, digest: 'x' }, { ...trial, switches: -1 }, { ...trial, version: '2' }, [], null, 'x'];
    for (const value of wrong) {
      const record = recordIn().store({ policy, trial: value, failed: [{ digest: digest('1'), count: 2 }, 7] });
      expect([record.policy, record.trial, record.failuresOf(digest('1'))]).toEqual([policy, undefined, 2]);
    }
    const other = recordIn().store({ policy: { required: 0, floor: '1.2.3' }, trial, failed: 'x' });
    expect([other.policy, other.trial]).toEqual([{ floor: '1.2.3' }, trial]);
    expect(recordIn().store({ policy: { required: 256 }, trial: { ...trial, reason: 7 } }).trial).toEqual(trial);
  });

  it('of any shape is read without an error, as far as it can be used', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (policy, trial, failed) => {
        const record = recordIn().store({ policy, trial, failed });
        record.switching(build('2.0.0'));
        record.proven(true);
        expect(record.policy.required).toBe(3);
      }),
      { numRuns: 200 },
    );
  });
});
