import type { Buckets } from './buckets.js';
import { tidy } from './energy-model.js';

/** For how long a reading holds where no other follows, ms: boards post every minute, some less often. */
export const READING_HOLDS_MS = 900_000;

/** Power in one bucket, W; null where none is known. */
export interface PowerBucket {
  readonly min: number | null;
  readonly mean: number | null;
  readonly max: number | null;
}

/**
 * Lowest, mean and highest power by bucket, from readings by time: each holds until the next, at most for 15 minutes. Times of
 * which nothing is known do not weigh.
 */
export class PowerFold {
  readonly #buckets: Buckets;
  readonly #until: number;
  readonly #sums: ({ ms: number; wattMs: number; min: number; max: number } | undefined)[];
  #before: { readonly at: number; readonly watts: number } | undefined;

  /** @param nowMs what comes later is not known, whatever the last reading */
  constructor(buckets: Buckets, nowMs: number) {
    this.#buckets = buckets;
    this.#until = Math.min(buckets.to, nowMs + 1);
    this.#sums = new Array(buckets.count).fill(undefined);
  }

  /** The next reading, not older than the one before; one of the same time takes its place. */
  add(at: number, watts: number): void {
    this.#close(at);
    this.#before = { at, watts };
  }

  result(): PowerBucket[] {
    this.#close(this.#until);
    return this.#sums.map((sum) =>
      sum === undefined
        ? { min: null, mean: null, max: null }
        : { min: sum.min, mean: tidy(sum.wattMs / sum.ms), max: sum.max },
    );
  }

  /** What was read last has held until then. */
  #close(end: number): void {
    if (!this.#before) return;
    const { from, stepMs } = this.#buckets;
    const { at, watts } = this.#before;
    const until = Math.min(end, at + READING_HOLDS_MS, this.#until);
    let start = Math.max(at, from);
    while (start < until) {
      const bucket = Math.floor((start - from) / stepMs);
      const stop = Math.min(until, from + (bucket + 1) * stepMs);
      this.#weigh(bucket, watts, stop - start);
      start = stop;
    }
  }

  #weigh(bucket: number, watts: number, ms: number): void {
    this.#sums[bucket] ??= { ms: 0, wattMs: 0, min: watts, max: watts };
    const sum = this.#sums[bucket];
    sum.ms += ms;
    sum.wattMs += watts * ms;
    sum.min = Math.min(sum.min, watts);
    sum.max = Math.max(sum.max, watts);
  }
}
