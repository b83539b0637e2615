import type { Buckets } from './buckets.js';
import { tidy } from './energy-model.js';

/** Energy by bucket and in all, kWh; null where nothing was counted. */
export interface CountedEnergy {
  readonly buckets: readonly (number | null)[];
  readonly total: number | null;
}

/**
 * What a counter has counted, from its readings by time. A rise counts where it was reported, unless the reading before is
 * older than a bucket is long: then nobody knows in which bucket it was, and it is in the total alone, or nowhere where that
 * reading is from before the span. A counter that falls has been reset: what it counted in between is not known.
 */
export class EnergyFold {
  readonly #buckets: Buckets;
  readonly #sums: (number | null)[];
  #total: number | null = null;
  #before: { readonly at: number; readonly kWh: number } | undefined;

  constructor(buckets: Buckets) {
    this.#buckets = buckets;
    this.#sums = new Array(buckets.count).fill(null);
  }

  /** The next reading, not older than the one before; those before the span are where it starts from. */
  add(at: number, kWh: number): void {
    const before = this.#before;
    this.#before = { at, kWh };
    const { from, stepMs } = this.#buckets;
    if (!before || at < from || kWh < before.kWh) return;
    const rise = kWh - before.kWh;
    const isPlaced = at - before.at <= stepMs;
    if (isPlaced) {
      const bucket = Math.floor((at - from) / stepMs);
      this.#sums[bucket] = (this.#sums[bucket] ?? 0) + rise;
    }
    if (isPlaced || before.at >= from) this.#total = (this.#total ?? 0) + rise;
  }

  result(): CountedEnergy {
    const tidied = (sum: number | null) => (sum === null ? null : tidy(sum));
    return { buckets: this.#sums.map(tidied), total: tidied(this.#total) };
  }
}
