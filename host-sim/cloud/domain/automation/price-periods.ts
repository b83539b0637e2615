import { CloudError } from '../../errors.js';
import { DAY_MINUTES, EVERY_DAY, minuteAt, minuteOf, type TimeOfWeek } from './timetable.js';

/** A part of every day, and what a kWh costs in it. */
export interface PricePeriod {
  /** `HH:MM` */
  readonly from: string;
  /** `HH:MM`, up to `24:00`; not later than `from`: it goes on past midnight. */
  readonly to: string;
  readonly price: number;
}

/**
 * Periods by their beginnings, which cover the whole day.
 * @throws CloudError `invalid_parameter`: a time has no price, or two
 */
export function wholeDay(periods: readonly PricePeriod[]): PricePeriod[] {
  const sorted = periods
    .map(({ from, to, price }) => ({ from, to, price }))
    .sort((a, b) => minuteOf(a.from) - minuteOf(b.from));
  sorted.forEach(({ from, to }, index) => {
    const next = sorted[(index + 1) % sorted.length]!;
    const isTwice = next !== sorted[0] && next.from === from;
    if (isTwice || minuteOf(to) % DAY_MINUTES !== minuteOf(next.from)) {
      const wanted = 'they must cover the day without gaps or overlaps';
      throw new CloudError('invalid_parameter', `periods: ${from} to ${to} is followed by ${next.from}; ${wanted}`);
    }
  });
  return sorted;
}

/** A period that covers a moment (ms since 1970), and the moment at which it ends. */
export function periodAt(
  periods: readonly PricePeriod[],
  utcOffset: number,
  moment: number,
): { readonly index: number; readonly ends: number } {
  const minute = minuteAt(moment, utcOffset);
  const begun = periods.filter(({ from }) => minuteOf(from) <= minute).length;
  // Before the first beginning the last one goes on.
  const index = (begun || periods.length) - 1;
  const left = minuteOf(periods[index]!.to) - minute;
  const minutes = left > 0 ? left : left + DAY_MINUTES;
  return { index, ends: moment + Math.round(minutes * 60_000) };
}

/** The first of the periods with the lowest price. */
export function cheapestOf(periods: readonly PricePeriod[]): PricePeriod {
  return periods.reduce((best, period) => (period.price < best.price ? period : best));
}

/** The times of the day at which the price goes over a limit, or falls to it or under; none where it stays on one side. */
export function crossings(periods: readonly PricePeriod[], maxPrice: number): TimeOfWeek[] {
  return periods.flatMap(({ from, price }, index) => {
    const before = periods.at(index - 1)!.price;
    return price > maxPrice === before > maxPrice ? [] : [{ at: from, days: EVERY_DAY }];
  });
}
