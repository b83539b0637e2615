const DAY_S = 86_400;

/** A time on an axis whose marks are `stepS` apart: the day where a day begins, seconds where they differ. @param at s since 1970 */
export function timeTick(at: number, stepS: number, locale: string): string {
  const date = new Date(at * 1_000);
  const isDay = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (stepS >= DAY_S || isDay) return date.toLocaleDateString(locale, { day: 'numeric', month: 'short' });
  return date.toLocaleTimeString(locale, {
    hour12: false,
    hour: '2-digit',
    minute: '2-digit',
    ...(stepS < 60 && { second: '2-digit' }),
    ...(stepS < 1 && { fractionalSecondDigits: 3 }),
  });
}
