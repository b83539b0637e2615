import { CloudError } from '../../errors.js';
import { type TimeRange, timeRange } from '../time-range.js';

export const INTERVALS = ['hour', 'day'] as const;
export type Interval = (typeof INTERVALS)[number];

/** Buckets of one answer. */
export const MAX_BUCKETS = 400;

const STEP_MS: Readonly<Record<Interval, number>> = { hour: 3_600_000, day: 86_400_000 };
/** What is looked at where a request does not say since when. */
const DEFAULT_SPAN_MS: Readonly<Record<Interval, number>> = { hour: 86_400_000, day: 7 * 86_400_000 };

export interface BucketsRequest extends TimeRange {
  /** Hours where nothing is said. */
  readonly interval?: Interval | undefined;
  /** Of the clock by which hours and days begin, minutes east of UTC; 0 where nothing is said. */
  readonly utcOffset?: number | undefined;
}

/** A span of time in buckets of one length, ms since 1970; `from` is included, `to` is not. */
export interface Buckets {
  readonly from: number;
  readonly to: number;
  readonly interval: Interval;
  readonly stepMs: number;
  readonly count: number;
}

/**
 * The hours or days that a request touches, as whole ones; without `to` until now, without `from` the last 24 hours or 7
 * days. @throws CloudError `invalid_parameter`
 */
export function bucketsOf(request: BucketsRequest, nowMs: number): Buckets {
  const { interval = 'hour', utcOffset = 0 } = request;
  const stepMs = STEP_MS[interval];
  const offsetMs = utcOffset * 60_000;
  const named = timeRange(request);
  // Now is in the last one.
  const end = request.to === undefined ? nowMs + 1 : named.to;
  const start = request.from === undefined ? end - DEFAULT_SPAN_MS[interval] : named.from;
  if (start >= end) throw new CloudError('invalid_parameter', 'from must be before to');
  const from = Math.floor((start + offsetMs) / stepMs) * stepMs - offsetMs;
  const to = Math.ceil((end + offsetMs) / stepMs) * stepMs - offsetMs;
  const count = (to - from) / stepMs;
  if (count > MAX_BUCKETS) {
    throw new CloudError('invalid_parameter', `from and to must be at most ${MAX_BUCKETS} ${interval}s apart`);
  }
  return { from, to, interval, stepMs, count };
}

/** Of what is told bucket by bucket. */
export function byBucket<T>(buckets: Buckets, detail: (index: number) => T): (T & { readonly from: string })[] {
  return Array.from({ length: buckets.count }, (_bucket, index) => ({
    from: new Date(buckets.from + index * buckets.stepMs).toISOString(),
    ...detail(index),
  }));
}
