import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cheapestOf,
  crossings,
  type PricePeriod,
  periodAt,
  wholeDay,
} from '../../../host-sim/cloud/domain/automation/price-periods.js';
import { minuteOf } from '../../../host-sim/cloud/domain/automation/timetable.js';

const clockOf = (minute: number) => new Date(minute * 60_000).toISOString().slice(11, 16);
const price = fc.double({ min: -10, max: 10, noNaN: true });

/** A day in periods: cut anywhere, said in any order, its last one perhaps past midnight. */
const day: fc.Arbitrary<PricePeriod[]> = fc
  .uniqueArray(fc.integer({ min: 0, max: 1_439 }), { minLength: 1, maxLength: 48 })
  .chain((cuts) => fc.tuple(fc.constant(cuts), fc.array(price, { minLength: cuts.length, maxLength: cuts.length })))
  .map(([cuts, prices]) => {
    const sorted = [...cuts].sort((a, b) => a - b);
    return cuts.map((cut, index) => {
      const next = sorted[(sorted.indexOf(cut) + 1) % sorted.length]!;
      return { from: clockOf(cut), to: next === 0 ? '24:00' : clockOf(next), price: prices[index]! };
    });
  });

/** Whether a period covers a minute of the day, said in another way than the code says it. */
function covers({ from, to }: PricePeriod, minute: number): boolean {
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  return begin < end ? begin <= minute && minute < end : minute >= begin || minute < end;
}

describe('the periods of a day', () => {
  test('are taken where each minute has exactly one price, in whatever order, and one is found at any moment', () => {
    fc.assert(
      fc.property(
        day,
        fc.integer({ min: -720, max: 840 }),
        fc.integer({ min: 0, max: 4e12 }),
        (said, offset, moment) => {
          const periods = wholeDay(said);
          expect(periods.map(({ from }) => from)).toEqual(said.map(({ from }) => from).sort());
          const local = new Date(moment + offset * 60_000);
          const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
          const { index, ends } = periodAt(periods, offset, moment);
          expect(periods.filter((period) => covers(period, minute))).toEqual([periods[index]]);
          expect(ends).toBeGreaterThan(moment);
          expect(ends).toBeLessThanOrEqual(moment + 86_400_000);
          const after = periods[(index + 1) % periods.length]!;
          expect(new Date(ends + offset * 60_000).toISOString().slice(11)).toBe(`${after.from}:00.000Z`);
        },
      ),
    );
  });

  test('are refused where a minute has no price, or two', () => {
    fc.assert(
      fc.property(day, fc.nat(), fc.integer({ min: 0, max: 1_439 }), (said, which, minute) => {
        const index = which % said.length;
        fc.pre(minuteOf(said[index]!.to) % 1_440 !== minute);
        const wrong = said.map((period, at) => (at === index ? { ...period, to: clockOf(minute) } : period));
        expect(() => wholeDay(wrong)).toThrow(/^invalid_parameter: periods: /);
        expect(() => wholeDay([...said, said[index]!])).toThrow(/^invalid_parameter: periods: /);
        if (said.length > 1) {
          expect(() => wholeDay(said.filter((_period, at) => at !== index))).toThrow(/^invalid_parameter: periods: /);
        }
      }),
    );
  });

  test('cross a limit where the side of the price changes, as often up as down', () => {
    fc.assert(
      fc.property(day, price, (said, maxPrice) => {
        const periods = wholeDay(said);
        const times = crossings(periods, maxPrice).map(({ at }) => at);
        expect(times.length % 2).toBe(0);
        periods.forEach(({ from, price: now }, index) => {
          const before = periods[(index + periods.length - 1) % periods.length]!.price;
          expect(times.includes(from)).toBe(now > maxPrice !== before > maxPrice);
        });
        expect(periods.every(({ price: one }) => one >= cheapestOf(periods).price)).toBe(true);
      }),
    );
  });

  test('may be one, the whole day', () => {
    for (const [from, to] of [
      ['00:00', '24:00'],
      ['00:00', '00:00'],
      ['06:00', '06:00'],
    ]) {
      const periods = wholeDay([{ from: from!, to: to!, price: 1 }]);
      expect(periodAt(periods, 0, Date.UTC(2026, 0, 10, 12)).index).toBe(0);
    }
    expect(() => wholeDay([{ from: '00:00', to: '23:59', price: 1 }])).toThrow('invalid_parameter');
  });
});
