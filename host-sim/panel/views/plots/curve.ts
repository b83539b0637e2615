import type { Point } from './history.js';
import type { Span } from './spans.js';

/** What is drawn: times in s since 1970 and heights, as uPlot wants them. */
export interface Curve {
  readonly xs: readonly number[];
  readonly ys: readonly (number | null)[];
}

/** More points than this are thinned out: no screen shows them. */
export const MOST_DRAWN = 2_000;

/**
 * The points of a span, and the one before and the one after it, so that the line runs to both edges.
 * @param points oldest first
 */
export function within(points: readonly Point[], { from, to }: Span): readonly Point[] {
  const first = firstFrom(points, from);
  const end = firstFrom(points, to);
  return points.slice(Math.max(0, first - 1), Math.min(points.length, end + 1));
}

/**
 * At most `most` (4 or more) of the points of a curve: of each of equal parts of its time the first, the last, the lowest and the
 * highest, in their order (M4; Jugel et al., 2014), so that no peak is lost. A gap within a part may be.
 */
export function thinned({ xs, ys }: Curve, most = MOST_DRAWN): Curve {
  if (xs.length <= most) return { xs, ys };
  const parts = Math.floor(most / 4);
  const start = xs[0]!;
  const width = (xs.at(-1)! - start) / parts;
  const kept: number[] = [];
  for (let i = 0; i < xs.length; ) {
    const part = partOf(xs[i]!);
    const first = i;
    let lowest = i;
    let highest = i;
    for (; i < xs.length && partOf(xs[i]!) === part; i++) {
      if ((ys[i] ?? Number.POSITIVE_INFINITY) < (ys[lowest] ?? Number.POSITIVE_INFINITY)) lowest = i;
      if ((ys[i] ?? Number.NEGATIVE_INFINITY) > (ys[highest] ?? Number.NEGATIVE_INFINITY)) highest = i;
    }
    kept.push(...new Set([first, lowest, highest, i - 1].sort((a, b) => a - b)));
  }
  return { xs: kept.map((i) => xs[i]!), ys: kept.map((i) => ys[i]!) };

  function partOf(x: number): number {
    return width === 0 ? 0 : Math.min(parts - 1, Math.floor((x - start) / width));
  }
}

/** The place of the first point that is not before a time. */
function firstFrom(points: readonly Point[], at: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}
