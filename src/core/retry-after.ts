import { parseHttpDate } from './http-date.js';

/**
 * How long a server wants not to be asked, ms (RFC 9110, 10.2.3): seconds, or a date, which is as far away as the answer's own date
 * says; `undefined` where that cannot be told.
 * @param retryAfter the `Retry-After` header
 * @param date the `Date` header
 */
export function retryAfterMs(retryAfter = '', date = ''): number | undefined {
  if (/^[0-9]{1,20}$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const until = parseHttpDate(retryAfter);
  const now = parseHttpDate(date);
  return until === undefined || now === undefined ? undefined : Math.max(0, until - now);
}
