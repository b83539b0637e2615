/** A part of time, ms since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

const MINUTE_MS = 60_000;
export const RANGES_MS = [5 * MINUTE_MS, 60 * MINUTE_MS, 24 * 60 * MINUTE_MS, 7 * 24 * 60 * MINUTE_MS] as const;
/** Nothing is looked at more closely, ms: reports carry their time to the millisecond. */
const SHORTEST_MS = 100;

/** A span around the same middle, `times` as long (below 1: closer). Never shorter than 100 ms, never longer than `longestMs`. */
export function zoomed({ from, to }: Span, times: number, longestMs: number): Span {
  const half = Math.min(longestMs, Math.max(SHORTEST_MS, (to - from) * times)) / 2;
  const middle = (from + to) / 2;
  return { from: middle - half, to: middle + half };
}

/** The span so many of its lengths later (negative: earlier), which never begins after `latest`, ms since 1970. */
export function moved({ from, to }: Span, lengths: number, latest: number): Span {
  const length = to - from;
  const start = Math.min(from + lengths * length, latest);
  return { from: start, to: start + length };
}

/** A span that somebody has pulled, in order, and long enough to see something. */
export function pulled(a: number, b: number): Span {
  const from = Math.min(a, b);
  return { from, to: Math.max(a, b, from + SHORTEST_MS) };
}
