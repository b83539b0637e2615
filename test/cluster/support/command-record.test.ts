import { describe, expect, it } from 'vitest';
import { type Act, type GivenCommand, judge } from './command-record.js';

const given: GivenCommand[] = [
  { deviceId: 'a', mark: 1, givenAt: 0, acknowledged: true },
  { deviceId: 'a', mark: 2, givenAt: 0, acknowledged: true },
  { deviceId: 'b', mark: 1, givenAt: 0, acknowledged: false },
];
const acts: Act[] = [
  { deviceId: 'a', id: '11', mark: 1, flips: 1, at: 5 },
  { deviceId: 'a', id: '12', mark: 2, flips: 1, at: 60_000 },
];
const fine = { lost: [], doubled: [], late: [], strange: [] };

describe('what boards did, held against what they were told', () => {
  it('is fine where each acknowledged command was acted on once, and the others once or never', () => {
    expect(judge(given, acts)).toEqual(fine);
    expect(judge(given, [...acts, { deviceId: 'b', id: '13', mark: 1, flips: 1, at: 9 }])).toEqual(fine);
  });

  it('tells of an acknowledged command that no board acted on', () => {
    expect(judge(given, acts.slice(1)).lost).toEqual(['a, mark 1: answered 200, and never acted on']);
  });

  it('tells of a command that was acted on twice, by one delivery or by two', () => {
    const twice = [{ ...acts[0]!, flips: 2 }, acts[1]!];
    expect(judge(given, twice).doubled).toEqual(['a, mark 1: acted on 2 times (ids 11)']);
    const again = [...acts, { ...acts[0]!, id: '14', at: 7 }];
    expect(judge(given, again).doubled).toEqual(['a, mark 1: acted on 2 times (ids 11, 14)']);
  });

  it('tells of one that was acted on after its time', () => {
    expect(judge(given, [acts[0]!, { ...acts[1]!, at: 60_001 }]).late).toEqual([
      'a, mark 2: acted on 60001 ms after it was given',
    ]);
  });

  it('tells of an act that nobody has asked for', () => {
    expect(judge(given, [...acts, { ...acts[0]!, mark: 9 }]).strange).toEqual(['a, mark 9: acted on, and never given']);
  });
});
