import { CloudError } from '../errors.js';

/** When somebody who was refused may try again: by then a place is free. */
const RETRY_AFTER_S = 2;

/** Runs costly work, a few at a time, in the order in which it was asked for; refuses what would wait in too long a queue. */
export class WorkQueue {
  readonly #width: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  /** @param options.width how much may run at once; `maxWaiting`: how much may wait for that */
  constructor(options: { width: number; maxWaiting: number }) {
    this.#width = options.width;
    this.#maxWaiting = options.maxWaiting;
  }

  /** What the work gives. @throws CloudError `too_many_requests`, before anything was done */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#width) this.#running += 1;
    else if (this.#waiting.length >= this.#maxWaiting) {
      throw new CloudError('too_many_requests', 'too many ask at once', { retryAfterS: RETRY_AFTER_S });
    } else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      // Whoever is next takes this place over.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
