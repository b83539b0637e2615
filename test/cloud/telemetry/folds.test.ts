import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Buckets, bucketsOf, MAX_BUCKETS } from '../../../host-sim/cloud/domain/telemetry/buckets.js';
import { EnergyFold } from '../../../host-sim/cloud/domain/telemetry/energy-fold.js';
import { PowerFold, READING_HOLDS_MS } from '../../../host-sim/cloud/domain/telemetry/power-fold.js';

const HOUR = 3_600_000;
const T0 = Date.UTC(2026, 0, 10);

interface Reading {
  readonly at: number;
  readonly value: number;
}

/** Readings by time, from an hour before T0 to some after, close together and far apart, many at the same times and at borders. */
const READINGS = fc
  .array(
    fc.record({
      at: fc.oneof(
        fc.integer({ min: -60, max: 360 }).map((minutes) => T0 + minutes * 60_000),
        fc.integer({ min: -1, max: 6 }).map((hours) => T0 + hours * HOUR),
        fc.integer({ min: -1, max: 6 }).map((hours) => T0 + hours * HOUR - 1),
      ),
      value: fc.integer({ min: 0, max: 50 }),
    }),
    { maxLength: 40 },
  )
  .map((readings) => readings.sort((a, b) => a.at - b.at));

const hours = (count: number): Buckets => ({ from: T0, to: T0 + count * HOUR, interval: 'hour', stepMs: HOUR, count });

function energy(buckets: Buckets, readings: readonly Reading[]) {
  const fold = new EnergyFold(buckets);
  for (const { at, value } of readings) fold.add(at, value);
  return fold.result();
}

function power(buckets: Buckets, readings: readonly Reading[], now = buckets.to) {
  const fold = new PowerFold(buckets, now);
  for (const { at, value } of readings) fold.add(at, value);
  return fold.result();
}

describe('buckets', () => {
  const at = (text: string) => Date.parse(text);
  const spans = (request: Parameters<typeof bucketsOf>[0], now = at('2026-01-10T15:30:00Z')) => {
    const { from, to, count } = bucketsOf(request, now);
    return [new Date(from).toISOString(), new Date(to).toISOString(), count];
  };

  test('are whole hours and days, by the clock of the offset', () => {
    const span = { from: '2026-01-10T01:20:00Z', to: '2026-01-10T03:00:00Z' };
    expect(spans({ ...span, interval: 'hour', utcOffset: 0 })).toEqual([
      '2026-01-10T01:00:00.000Z',
      '2026-01-10T03:00:00.000Z',
      2,
    ]);
    expect(spans({ ...span, interval: 'hour', utcOffset: 345 })).toEqual([
      '2026-01-10T01:15:00.000Z',
      '2026-01-10T03:15:00.000Z',
      2,
    ]);
    expect(spans({ ...span, interval: 'day', utcOffset: 480 })).toEqual([
      '2026-01-09T16:00:00.000Z',
      '2026-01-10T16:00:00.000Z',
      1,
    ]);
    expect(spans({ ...span, interval: 'day', utcOffset: -120 })).toEqual([
      '2026-01-09T02:00:00.000Z',
      '2026-01-11T02:00:00.000Z',
      2,
    ]);
  });

  test('are the last 24 hours or 7 days, with now, where nothing else is said', () => {
    expect(spans({ interval: 'hour', utcOffset: 0 })).toEqual([
      '2026-01-09T15:00:00.000Z',
      '2026-01-10T16:00:00.000Z',
      25,
    ]);
    expect(spans({ interval: 'day', utcOffset: 0 })[2]).toBe(8);
  });

  test('are bounded, and their span goes forward', () => {
    const request = { interval: 'hour', utcOffset: 0 } as const;
    expect(() => bucketsOf({ ...request, from: '2026-01-02', to: '2026-01-01' }, T0)).toThrow('from must be before to');
    expect(() => bucketsOf({ ...request, from: '2026-01-01', to: '2026-01-01' }, T0)).toThrow('from must be before to');
    expect(() => bucketsOf({ ...request, from: '2020-01-01' }, T0)).toThrow('400 hours apart');
    expect(bucketsOf({ ...request, to: String(T0), from: String(T0 - MAX_BUCKETS * HOUR) }, T0).count).toBe(400);
  });
});

describe('energy by bucket', () => {
  test('is the rise of the counter, where it was reported', () => {
    expect(
      energy(hours(2), [
        { at: T0 - 60_000, value: 10 },
        { at: T0 + 60_000, value: 11 },
        { at: T0 + HOUR - 1, value: 13 },
        { at: T0 + HOUR, value: 14 },
      ]),
    ).toEqual({ buckets: [3, 1], total: 4 });
  });

  test('starts anew where the counter fell, and a counter that stood still has counted nothing, which is zero', () => {
    expect(
      energy(hours(3), [
        { at: T0, value: 100 },
        { at: T0 + 1, value: 2 },
        { at: T0 + 2, value: 5 },
        { at: T0 + HOUR, value: 5 },
        { at: T0 + 2 * HOUR, value: 4 },
      ]),
    ).toEqual({ buckets: [3, 0, null], total: 3 });
  });

  test('of a silence is null, and what was counted in it is in the total alone', () => {
    expect(
      energy(hours(4), [
        { at: T0, value: 1 },
        { at: T0 + 3 * HOUR, value: 8 },
        { at: T0 + 3 * HOUR + 1, value: 9 },
      ]),
    ).toEqual({ buckets: [null, null, null, 1], total: 8 });
  });

  test('knows nothing of what was counted since long before the span', () => {
    expect(energy(hours(1), [{ at: T0 - 2 * HOUR, value: 1 }])).toEqual({ buckets: [null], total: null });
    expect(
      energy(hours(1), [
        { at: T0 - 2 * HOUR, value: 1 },
        { at: T0, value: 9 },
      ]),
    ).toEqual({ buckets: [null], total: null });
  });

  test('is what a slow recomputation, pair by pair and bucket by bucket, makes of any readings', () => {
    fc.assert(
      fc.property(READINGS, (readings) => {
        const pairs = readings.slice(1).map((b, index) => ({ a: readings[index]!, b }));
        const known = pairs.filter(({ a, b }) => b.at >= T0 && b.at < T0 + 6 * HOUR && b.value >= a.value);
        const sum = (some: typeof pairs) =>
          some.length === 0 ? null : some.reduce((all, { a, b }) => all + b.value - a.value, 0);
        const close = ({ a, b }: (typeof pairs)[number]) => b.at - a.at <= HOUR;
        const expected = [0, 1, 2, 3, 4, 5].map((hour) =>
          sum(known.filter((pair) => close(pair) && Math.floor((pair.b.at - T0) / HOUR) === hour)),
        );
        const total = sum(known.filter((pair) => close(pair) || pair.a.at >= T0));
        const inside = readings.filter(({ at }) => at < T0 + 6 * HOUR);
        expect(energy(hours(6), inside)).toEqual({ buckets: expected, total });
      }),
    );
  });
});

describe('power by bucket', () => {
  test('is weighed by time', () => {
    const readings = [
      { at: T0, value: 100 },
      { at: T0 + 10 * 60_000, value: 400 },
      { at: T0 + 15 * 60_000, value: 0 },
    ];
    expect(power(hours(1), readings, T0 + 20 * 60_000 - 1)).toEqual([{ min: 0, mean: 150, max: 400 }]);
  });

  test('holds over a border, but not longer than 15 minutes, nor beyond now', () => {
    const last = { at: T0 + HOUR - 60_000, value: 7 };
    expect(power(hours(2), [last])).toEqual([
      { min: 7, mean: 7, max: 7 },
      { min: 7, mean: 7, max: 7 },
    ]);
    const silent = { min: null, mean: null, max: null };
    expect(power(hours(2), [last], T0 + HOUR - 1)[1]).toEqual(silent);
    expect(power(hours(2), [{ at: T0 - READING_HOLDS_MS, value: 7 }])).toEqual([silent, silent]);
    expect(power(hours(1), [{ at: T0, value: 7 }], T0)).toEqual([{ min: 7, mean: 7, max: 7 }]);
  });

  test('is what a slow recomputation, minute by minute, makes of any readings', () => {
    fc.assert(
      fc.property(READINGS, (all) => {
        // Whole minutes, so that the value of each minute is one.
        const readings = all.filter(({ at }) => at % 60_000 === 0 && at < T0 + 6 * HOUR);
        const expected = [0, 1, 2, 3, 4, 5].map((hour) => {
          const values: number[] = [];
          for (let minute = 0; minute < 60; minute += 1) {
            const now = T0 + hour * HOUR + minute * 60_000;
            const last = readings.filter(({ at }) => at <= now).at(-1);
            if (last && now - last.at < READING_HOLDS_MS) values.push(last.value);
          }
          if (values.length === 0) return { min: null, mean: null, max: null };
          const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
          return { min: Math.min(...values), mean: expect.closeTo(mean, 5), max: Math.max(...values) };
        });
        expect(power(hours(6), readings)).toEqual(expected);
      }),
    );
  });
});
