const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** Reads an IMF-fixdate (RFC 9110, 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`) as epoch milliseconds, or `undefined`. */
export function parseHttpDate(text: string): number | undefined {
  const match = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/.exec(text);
  if (!match) return undefined;
  const month = MONTHS.indexOf(match[2]!);
  if (month < 0 || month % 3 !== 0) return undefined;
  const time = Date.UTC(
    Number(match[3]),
    month / 3,
    Number(match[1]),
    Number(match[4]),
    Number(match[5]),
    Number(match[6]),
  );
  // `Date.UTC` carries what is out of range over to the next day or month; such a date is none.
  const date = new Date(time);
  const same =
    date.getUTCFullYear() === Number(match[3]) &&
    date.getUTCDate() === Number(match[1]) &&
    date.getUTCHours() === Number(match[4]) &&
    date.getUTCMinutes() === Number(match[5]) &&
    date.getUTCSeconds() === Number(match[6]);
  return same ? time : undefined;
}
