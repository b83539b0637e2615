/** Something in a row of things whose ids rise. */
interface Identified {
  readonly id: number;
}

/** Where the first is whose id is this or a higher one; the length where there is none. */
export function placeOf(lines: readonly Identified[], id: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle]!.id < id) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows beyond the edges that are drawn nevertheless, so that scrolling shows no holes. */
const MARGIN = 6;

/** Which rows are drawn, `from` (with it) to `to` (without), of a list that is scrolled so far, px. */
export function rowsSeen(sizes: { count: number; top: number; view: number; row: number }): {
  from: number;
  to: number;
} {
  const { count, top, view, row } = sizes;
  const from = Math.min(count, Math.max(0, Math.floor(top / row) - MARGIN));
  return { from, to: Math.min(count, Math.ceil((top + view) / row) + MARGIN) };
}
