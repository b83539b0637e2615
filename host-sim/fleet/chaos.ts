import type { Cut } from './crew.js';

/** Of its boards this share is cut off at a time at most: the rest is to be measured. */
const MOST_AWAY = 0.5;
/** Tries to find a board that is online. */
const TRIES = 8;

export interface ChaosOptions {
  readonly indices: readonly number[];
  /** Connections to cut a second. */
  readonly perS: number;
  /** How; each as often as the others. */
  readonly ways: readonly Cut[];
  /** Boards that are online now. */
  online(): number;
  isOnline(index: number): boolean;
  cut(index: number, how: Cut): void;
}

/** Cuts connections of boards at a constant rate, of whom it happens to hit. */
export class Chaos {
  readonly #options: ChaosOptions;
  #timer: NodeJS.Timeout | undefined;
  #beganMs = 0;
  /** Cuts that were due so far. */
  #due = 0;
  #count = 0;

  constructor(options: ChaosOptions) {
    this.#options = options;
  }

  start(): void {
    const { perS } = this.#options;
    if (perS === 0) return;
    this.#beganMs = performance.now();
    this.#timer = setInterval(() => this.#catchUp(), 1_000 / perS);
  }

  /** May be called twice. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** On a machine that is late, an interval leaves out what it has missed. */
  #catchUp(): void {
    const due = Math.floor(((performance.now() - this.#beganMs) * this.#options.perS) / 1_000);
    for (; this.#due < due; this.#due++) this.#strike();
  }

  #strike(): void {
    const { indices, ways, online, isOnline, cut } = this.#options;
    if (online() <= indices.length * (1 - MOST_AWAY)) return;
    for (let tries = 0; tries < TRIES; tries++) {
      const index = indices[Math.floor(Math.random() * indices.length)]!;
      if (!isOnline(index)) continue;
      cut(index, ways[this.#count++ % ways.length]!);
      return;
    }
  }
}
