import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compareFiles } from '../../scripts/bench/compare-main.js';
import { compareResults } from '../../scripts/bench/compare-results.js';
import { judge, type Reading } from '../../scripts/bench/reading.js';
import { readResultFile, writeResultFile } from '../../scripts/bench/result-file.js';
import { inTurns, median, noise, percentile } from '../../scripts/bench/statistics.js';
import { formatResults } from '../../scripts/bench/table.js';
import { fileOf, reading } from './sample.js';

const folder = mkdtempSync(join(tmpdir(), 'smartlink-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('statistics', () => {
  test('a median is the middle one, or the mean of the two in the middle', () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), percentile([0, 10], 99)]).toEqual([2, 2.5, 9.9]);
    expect(() => median([])).toThrow(RangeError);
  });

  test('noise is how far the rounds lie from their median', () => {
    expect([noise([10, 10, 10]), noise([9, 10, 11]), noise([0])]).toEqual([0, 0.1, 0]);
  });

  test('rounds are run in turns, and the first one does not count', async () => {
    const order: string[] = [];
    const part = (name: string) => async (round: number) => {
      order.push(`${name}${round}`);
      return round;
    };
    expect(await inTurns(2, { a: part('a'), b: part('b') })).toEqual({ a: [1, 2], b: [1, 2] });
    expect(order).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
  });
});

describe('a verdict', () => {
  test.each<[string, Partial<Reading>, string]>([
    ['at the limit is met', { goal: { of: 'value', limit: 1 } }, 'met'],
    ['above it is missed', { goal: { of: 'value', limit: 0.9 } }, 'missed'],
    ['below a least value is missed', { goal: { of: 'value', limit: 2, atLeast: true } }, 'missed'],
    [
      'is of the ratio where the goal is',
      { value: 3, peer: { name: 'p', value: 2 }, goal: { of: 'ratio', limit: 1.5 } },
      'met',
    ],
    ['without a peer cannot be of the ratio', { goal: { of: 'ratio', limit: 1.5 } }, 'not measured here'],
    ['without a value is none', { why: 'no tool', goal: { of: 'value', limit: 1 } }, 'not measured here'],
    ['without a goal is none', {}, 'no goal'],
  ])('%s', (_, fields, verdict) => {
    expect(judge(reading(fields))).toBe(verdict);
  });

  test('that could not be had is in the table with its reason', () => {
    expect(formatResults(fileOf([reading({ name: 'x', why: 'no such tool' })]).results)).toContain('x: no such tool');
  });
});

describe('a comparison', () => {
  const change = (before: Partial<Reading>, now: Partial<Reading>) =>
    compareResults(fileOf([reading(before)]), fileOf([reading(now)]))[0]?.judgement;

  test('counts any change of an exact counter', () => {
    expect(change({ isExact: true, value: 1_000 }, { isExact: true, value: 1_001 })).toBe('worse');
    expect(change({ isExact: true, value: 1_000 }, { isExact: true, value: 999 })).toBe('better');
    expect(change({ isExact: true }, { isExact: true })).toBe('same');
  });

  test('takes for noise what lies within that of the rounds', () => {
    const rounds = [0.9, 1, 1.1];
    expect(change({ rounds }, { value: 1.25 })).toBe('within the noise');
    expect(change({ rounds }, { value: 1.35 })).toBe('worse');
    expect(change({}, { value: 1.04 })).toBe('within the noise');
  });

  test('of what has a peer is of the ratio: a busy machine hits both', () => {
    const peer = (value: number) => ({ name: 'p', value });
    expect(change({ value: 2, peer: peer(1) }, { value: 4, peer: peer(2) })).toBe('same');
    expect(change({ value: 2, peer: peer(1) }, { value: 2, peer: peer(0.5) })).toBe('worse');
    const quoted = { ...peer(1), isQuoted: true as const };
    expect(change({ value: 2, peer: quoted }, { value: 4, peer: quoted })).toBe('worse');
  });

  test('knows where more is better', () => {
    expect(change({ moreIsBetter: true }, { moreIsBetter: true, value: 2 })).toBe('better');
  });

  test('says what one of them lacks', () => {
    expect(change({}, { why: 'no tool' })).toBe('only before');
    expect(change({ why: 'no tool' }, {})).toBe('only now');
  });

  test('refuses times of another machine, and takes counters of it', () => {
    const readings = [reading({ name: 'time', value: 2 }), reading({ name: 'counter', isExact: true })];
    const [before, now] = [fileOf(readings), fileOf(readings, { cpu: 'another CPU' })];
    const judgements = (any: boolean) => compareResults(before, now, any).map(({ judgement }) => judgement);
    expect([judgements(false), judgements(true)]).toEqual([
      ['other machine', 'same'],
      ['same', 'same'],
    ]);
  });

  test('ends with 1 where something got worse, and with 2 where the files cannot be compared', () => {
    const write = (name: string, value: number, machine = {}): string => {
      const path = join(folder, name);
      writeResultFile(path, fileOf([reading({ value })], machine));
      return path;
    };
    const [before, worse, other] = [write('a', 1), write('b', 2), write('c', 1, { cores: 9 })];
    const code = (...args: string[]) =>
      compareFiles(
        args,
        () => {},
        () => {},
      );
    expect([code(before, before), code(before, worse), code(worse, before)]).toEqual([0, 1, 0]);
    expect([code(before, other), code(before, other, '--any-machine'), code(before)]).toEqual([2, 0, 2]);
  });
});

describe('a result file', () => {
  test('reads as it was written', () => {
    const path = join(folder, 'd');
    const file = fileOf([reading({ peer: { name: 'p', value: 2 } }), reading({ name: 'b', why: 'no tool' })]);
    writeResultFile(path, file);
    expect(readResultFile(path)).toEqual(file);
    expect(file.results.map(({ ratio, verdict }) => [ratio, verdict])).toEqual([
      [0.5, 'no goal'],
      [undefined, 'not measured here'],
    ]);
  });

  test.each([
    ['no JSON', 'nonsense', 'cannot be read'],
    ['something else', '{}', 'is no result of `npm run bench`'],
    [
      'a result without value and reason',
      JSON.stringify(fileOf([{ ...reading({ why: 'x' }), why: undefined as never }])),
      'must have a value, or say why',
    ],
  ])('that is %s is refused by name', (_, text, message) => {
    const path = join(folder, 'e');
    writeFileSync(path, text);
    expect(() => readResultFile(path)).toThrow(`${path}`);
    expect(() => readResultFile(path)).toThrow(message);
  });
});
