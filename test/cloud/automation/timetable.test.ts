import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isTime, nextRun, type Timetable } from '../../../host-sim/cloud/domain/automation/timetable.js';

const WEEK_MS = 7 * 86_400_000;

const timeOfDay = fc
  .integer({ min: 0, max: 1_439 })
  .map((minute) => new Date(minute * 60_000).toISOString().slice(11, 16));
const days = fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 });
const timetable: fc.Arbitrary<Timetable> = fc.record({
  times: fc.array(fc.record({ at: timeOfDay, days }), { minLength: 1, maxLength: 32 }),
  utcOffset: fc.integer({ min: -720, max: 840 }),
});
const moment = fc.integer({ min: Date.UTC(1969, 0, 1), max: Date.UTC(2100, 0, 1) });

/** The clock on the wall as the platform's own calendar reads it. */
function wall(ms: number, utcOffset: number): { at: string; day: number; seconds: number } {
  const local = new Date(ms + utcOffset * 60_000);
  return {
    at: local.toISOString().slice(11, 16),
    day: local.getUTCDay() === 0 ? 7 : local.getUTCDay(),
    seconds: ((ms % 60_000) + 60_000) % 60_000,
  };
}

describe('the next run of a timetable', () => {
  test('is in the future, within a week, and at a minute and on a day that it names', () => {
    fc.assert(
      fc.property(timetable, moment, (table, after) => {
        const next = nextRun(table, after)!;
        expect(next).toBeGreaterThan(after);
        expect(next).toBeLessThanOrEqual(after + WEEK_MS);
        const { at, day, seconds } = wall(next, table.utcOffset);
        expect(seconds).toBe(0);
        expect(table.times.some((time) => time.at === at && time.days.includes(day))).toBe(true);
        expect(table.times.some((time) => isTime(time, table.utcOffset, next))).toBe(true);
      }),
    );
  });

  test('leaves none out: no minute before it is named', () => {
    fc.assert(
      fc.property(timetable, moment, (table, after) => {
        const next = nextRun(table, after)!;
        const first = Math.floor(after / 60_000) * 60_000 + 60_000;
        for (let ms = first; ms < Math.min(next, first + 600 * 60_000); ms += 60_000) {
          expect(table.times.some((time) => isTime(time, table.utcOffset, ms))).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('is there once a week for each time and day, wherever the weeks begin', () => {
    fc.assert(
      fc.property(timetable, moment, (table, start) => {
        const named = new Set(table.times.flatMap(({ at, days }) => days.map((day) => `${day} ${at}`)));
        let runs = 0;
        for (let at = nextRun(table, start)!; at <= start + WEEK_MS; at = nextRun(table, at)!) runs += 1;
        expect(runs).toBe(named.size);
      }),
    );
  });

  test.each([
    ['2026-01-10T06:29:59.999Z', 60, '2026-01-10T06:30:00.000Z'],
    ['2026-01-10T06:30:00.000Z', 60, '2026-01-17T06:30:00.000Z'],
    // Saturday has begun east of Greenwich, and ends later west of it.
    ['2026-01-09T12:00:00.000Z', 840, '2026-01-09T17:30:00.000Z'],
    ['2026-01-10T12:00:00.000Z', -720, '2026-01-10T19:30:00.000Z'],
  ])('on Saturdays at 07:30, after %s at an offset of %i, is %s', (after, utcOffset, next) => {
    const found = nextRun({ times: [{ at: '07:30', days: [6] }], utcOffset }, Date.parse(after));
    expect(new Date(found!).toISOString()).toBe(next);
  });

  test('is none where nothing is named', () => {
    expect(nextRun({ times: [], utcOffset: 0 }, 0)).toBeUndefined();
  });
});
