/** Buckets between a power of two and the next: a value is known to within 1/128 of itself. */
const BUCKETS = 128;
const BUCKET_BITS = 7;

/** A histogram as JSON: pairs of bucket and count, in order; what is told exactly stands beside it. */
export interface WrittenHistogram {
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
  /** Largest value, exact; 0 where there is none. */
  readonly max: number;
  readonly sum: number;
}

/**
 * Counts of whole numbers from 0 on (times in µs) in buckets that widen with the value, at most 1/128 of it. Those of several machines add
 * up to the one that a single machine would have counted.
 */
export class Histogram {
  readonly #counts = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #max = 0;

  /** @throws {RangeError} where it does not read as one that was written */
  static read({ buckets, max, sum }: WrittenHistogram): Histogram {
    const histogram = new Histogram();
    for (const [bucket, count] of buckets) {
      if (!isWhole(bucket) || !isWhole(count)) throw new RangeError('a bucket and its count must be whole numbers');
      histogram.#add(bucket, count);
    }
    if (!isWhole(max) || !isWhole(sum)) throw new RangeError('max and sum must be whole numbers');
    histogram.#max = max;
    histogram.#sum = sum;
    return histogram;
  }

  get count(): number {
    return this.#count;
  }

  get max(): number {
    return this.#max;
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  /** Counts a value; one between two whole numbers is the nearest of them, one below 0 is 0. */
  record(value: number): void {
    const whole = Math.max(0, Math.round(value));
    this.#add(bucketOf(whole), 1);
    this.#sum += whole;
    if (whole > this.#max) this.#max = whole;
  }

  /** Adds all that another has counted. */
  merge(other: Histogram): void {
    for (const [bucket, count] of other.#counts) this.#add(bucket, count);
    this.#sum += other.#sum;
    this.#max = Math.max(this.#max, other.#max);
  }

  /** The value that `percent` of all are not above: the upper end of its bucket, and never more than the largest. 0 where there is none. */
  percentile(percent: number): number {
    const wanted = Math.max(1, Math.ceil((percent / 100) * this.#count));
    let seen = 0;
    for (const [bucket, count] of this.#sorted()) {
      seen += count;
      if (seen >= wanted) return Math.min(highestOf(bucket), this.#max);
    }
    return this.#max;
  }

  write(): WrittenHistogram {
    return { buckets: this.#sorted(), max: this.#max, sum: this.#sum };
  }

  #sorted(): [number, number][] {
    return [...this.#counts].sort(([a], [b]) => a - b);
  }

  #add(bucket: number, count: number): void {
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.#count += count;
  }
}

/** Below 128 each value has a bucket of its own. */
function bucketOf(value: number): number {
  if (value < BUCKETS) return value;
  let power = Math.max(0, Math.floor(Math.log2(value)) - BUCKET_BITS);
  // Next to a power of two the logarithm may have been rounded to it.
  if (value / 2 ** power >= 2 * BUCKETS) power++;
  else if (value / 2 ** power < BUCKETS) power--;
  return (power + 1) * BUCKETS + Math.floor(value / 2 ** power) - BUCKETS;
}

/** The largest value of a bucket. */
function highestOf(bucket: number): number {
  if (bucket < BUCKETS) return bucket;
  const power = Math.floor(bucket / BUCKETS) - 1;
  const part = (bucket % BUCKETS) + BUCKETS;
  return (part + 1) * 2 ** power - 1;
}

function isWhole(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
