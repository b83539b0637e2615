const FIRST_MS = 500;
const MOST_MS = 15_000;

/** How long to wait before the next attempt, ms: at random up to 0.5 s, doubling up to 15 s, so that pages do not come all at once. */
export function retryDelayMs(failures: number): number {
  return Math.random() * Math.min(MOST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
}
