import { CloudError } from '../errors.js';

/** A span of time as a request names it: ISO 8601 or milliseconds since 1970; `from` is included, `to` is not. */
export interface TimeRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** With a space for the plus of its offset too: that is what a plus in a query means, where it is not escaped. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+ -]\d\d:?\d\d))?$/;

/** In ms since 1970; all of time where nothing is named. @throws CloudError `invalid_parameter` */
export function timeRange(range: TimeRange): { from: number; to: number } {
  return {
    from: range.from === undefined ? 0 : time('from', range.from),
    to: range.to === undefined ? Number.MAX_SAFE_INTEGER : time('to', range.to),
  };
}

function time(field: string, text: string): number {
  const ms = /^\d{1,15}$/.test(text)
    ? Number(text)
    : ISO_TIME.test(text)
      ? Date.parse(text.replace(' ', '+'))
      : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new CloudError('invalid_parameter', `${field} must be an ISO 8601 time or milliseconds since 1970`);
  }
  return ms;
}
