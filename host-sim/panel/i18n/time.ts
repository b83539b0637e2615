import { locale } from './language.js';

const DAY_MS = 86_400_000;

/** A time of day to the millisecond, as lists of events show it. @param at ms since 1970 */
export function clockTime(at: number): string {
  return new Date(at).toLocaleTimeString(locale(), {
    hour12: false,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
  });
}

/** Day and time. @param at ms since 1970, or ISO 8601 */
export function dayTime(at: number | string): string {
  return new Date(at).toLocaleString(locale(), { hour12: false, dateStyle: 'medium', timeStyle: 'short' });
}

/** A time of day to the second. @param at ms since 1970, or ISO 8601 */
export function timeOfDay(at: number | string): string {
  return new Date(at).toLocaleTimeString(locale(), { hour12: false });
}

/** When something was, to the second; with its day where that is not of the last 24 hours. @param at ms since 1970, or ISO 8601 */
export function whenText(at: number | string): string {
  const date = new Date(at);
  const isLately = Math.abs(Date.now() - date.getTime()) < DAY_MS;
  return date.toLocaleString(locale(), {
    hour12: false,
    timeStyle: 'medium',
    ...(!isLately && { dateStyle: 'short' }),
  });
}
