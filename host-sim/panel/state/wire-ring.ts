import type { WireLine } from './wire-line.js';

export const MOST_LINES = 2_000;
const MOST_WEIGHT = 8 * 1_048_576;
/** About what a line takes beside its texts. */
const AROUND = 512;

/** The newest lines, as many as there may be of them; the oldest fall out. */
export class WireRing {
  #lines: WireLine[] = [];
  #weight = 0;
  #dropped = 0;
  readonly #mostLines: number;
  readonly #mostWeight: number;

  /** @param mostWeight characters, about */
  constructor(mostLines = MOST_LINES, mostWeight = MOST_WEIGHT) {
    this.#mostLines = mostLines;
    this.#mostWeight = mostWeight;
  }

  /** Oldest first. */
  get lines(): readonly WireLine[] {
    return this.#lines;
  }

  /** How many have fallen out since it was cleared. */
  get dropped(): number {
    return this.#dropped;
  }

  add(line: WireLine): void {
    this.#lines.push(line);
    this.#weight += weigh(line);
    while (this.#lines.length > this.#mostLines || (this.#weight > this.#mostWeight && this.#lines.length > 1)) {
      this.#weight -= weigh(this.#lines.shift()!);
      this.#dropped++;
    }
  }

  clear(): void {
    this.#lines = [];
    this.#weight = 0;
    this.#dropped = 0;
  }
}

function weigh({ raw, fact }: WireLine): number {
  const rest = AROUND + raw.length;
  if (fact.kind === 'mqtt') return rest + (fact.payload?.length ?? 0);
  if (fact.kind === 'http') return rest + fact.requestBody.length + fact.responseBody.length;
  return rest;
}
