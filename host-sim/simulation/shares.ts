/** Shares are judged again after so many more. */
const SAMPLE = 24;
/** How far the mean of many may be from the middle, in standard deviations: less than once in ten million samples. */
const MOST_DEVIATIONS = 5.5;
/** Of one share that is uniform from 0 to 1. */
const DEVIATION = Math.sqrt(1 / 12);

/** Whether waits lie all over the range in which they are to lie, or crowd at one end of it. */
export class Shares {
  readonly #what: string;
  #count = 0;
  #sum = 0;

  constructor(what: string) {
    this.#what = what;
  }

  /** Takes one, from 0 to 1; what is wrong with all so far, in one sentence, if anything is. */
  add(share: number): string | undefined {
    this.#sum += share;
    if (++this.#count % SAMPLE !== 0) return undefined;
    const mean = this.#sum / this.#count;
    if (Math.abs(mean - 0.5) <= (MOST_DEVIATIONS * DEVIATION) / Math.sqrt(this.#count)) return undefined;
    return `Of ${this.#count}, ${this.#what} took ${mean.toFixed(2)} of its range on average: 0.5 is full jitter.`;
  }
}
