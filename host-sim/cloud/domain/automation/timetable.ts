/** A time of day on days of the week. */
export interface TimeOfWeek {
  /** `HH:MM`, by the clock on the wall. */
  readonly at: string;
  /** 1 Monday to 7 Sunday (ISO 8601), at least one. */
  readonly days: readonly number[];
}

/** When something runs, week by week. */
export interface Timetable {
  readonly times: readonly TimeOfWeek[];
  /** How far the clock on the wall is before UTC, minutes: the same all year. */
  readonly utcOffset: number;
}

export const EVERY_DAY: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

const MINUTE_MS = 60_000;
export const DAY_MINUTES = 1_440;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** Minutes since midnight. */
export function minuteOf(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3));
}

/** Minutes since midnight at a moment (ms since 1970), with what has gone of the minute as a fraction. */
export function minuteAt(ms: number, utcOffset: number): number {
  const local = ms + utcOffset * MINUTE_MS;
  return (local - Math.floor(local / DAY_MS) * DAY_MS) / MINUTE_MS;
}

/** The first moment after this one (ms since 1970) that a timetable names; undefined where it names none. */
export function nextRun({ times, utcOffset }: Timetable, after: number): number | undefined {
  const today = dayAt(after, utcOffset);
  let next: number | undefined;
  for (const { at, days } of times) {
    // Up to the same day of next week.
    for (let day = today; day <= today + 7; day += 1) {
      if (!days.includes(dayOfWeek(day))) continue;
      const moment = day * DAY_MS + (minuteOf(at) - utcOffset) * MINUTE_MS;
      if (moment <= after) continue;
      if (next === undefined || moment < next) next = moment;
      break;
    }
  }
  return next;
}

/** Whether this moment is one of a time of the week. */
export function isTime({ at, days }: TimeOfWeek, utcOffset: number, moment: number): boolean {
  return minuteAt(moment, utcOffset) === minuteOf(at) && days.includes(dayOfWeek(dayAt(moment, utcOffset)));
}

/** Days since 1970-01-01, by the clock on the wall. */
function dayAt(ms: number, utcOffset: number): number {
  return Math.floor((ms + utcOffset * MINUTE_MS) / DAY_MS);
}

/** 1970-01-01 was a Thursday. */
function dayOfWeek(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}
