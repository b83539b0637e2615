import { type History, MOST_POINTS } from './history.js';

/** A report as the API shows it. */
export interface HistoryPoint {
  readonly key: string;
  readonly value: unknown;
  /** ISO 8601. */
  readonly reportedAt: string;
}

export const PAGE_SIZE = 1_000;

/**
 * Reads what a board reported, at most 10,000 points of all its properties, the newest first.
 * @param ask gives a page of {@link PAGE_SIZE} points, from 1, newest first
 * @returns whether that is all
 */
export async function loadHistory(
  ask: (page: number) => Promise<{ readonly list: readonly HistoryPoint[]; readonly total: number }>,
  into: History,
): Promise<boolean> {
  const found: HistoryPoint[] = [];
  for (let page = 1; ; page++) {
    // What comes meanwhile moves the rest to later pages: some of it is read twice, and nothing is left out.
    const { list, total } = await ask(page);
    found.push(...list);
    const isAll = list.length === 0 || found.length >= total;
    if (!isAll && found.length < MOST_POINTS) continue;
    // Oldest first, so that each goes to the end.
    for (const { key, value, reportedAt } of found.reverse()) into.add(key, Date.parse(reportedAt), value);
    return isAll;
  }
}
