import { LiveLines, type Terminal } from './live-lines.js';

/** What takes less is done before anybody asks, ms. */
const QUIET_MS = 2_000;
/** Where lines cannot be rewritten, one is written every so many percent. */
const STEP_PERCENT = 10;

/** How far something is, on one line, once it takes longer than a moment. */
export class Progress {
  readonly #lines: LiveLines;
  readonly #what: string;
  readonly #step: number;
  readonly #since = performance.now();
  #shown = -1;

  /** @param what is under way, to stand before the percentage */
  constructor(stream: Terminal, what: string) {
    this.#lines = new LiveLines(stream, () => '');
    this.#what = what;
    this.#step = stream.isTTY === true ? 1 : STEP_PERCENT;
  }

  /** @param part from 0 to 1 */
  set(part: number): void {
    const percent = Math.floor((part * 100) / this.#step) * this.#step;
    if (percent === this.#shown || performance.now() - this.#since < QUIET_MS) return;
    this.#shown = percent;
    this.#lines.set('', `  ${this.#what} ${percent} %`);
  }

  /** What is shown stays. */
  end(): void {
    this.#lines.settle();
  }
}
