import type { Clock } from '../../src/ports/clock.js';

/** They are so or they are not, however often that is said. */
const ONCE: ReadonlySet<string> = new Set(['no power', 'not set up']);

/** What keeps boards from their cloud at the moment, as those know who put it there; the boards do not. */
export class Obstacles {
  readonly #clock: Clock;
  readonly #boards: { readonly names: Map<string, number>; clearSinceMs: number }[];

  constructor(clock: Clock, boards: number) {
    this.#clock = clock;
    this.#boards = Array.from({ length: boards }, () => ({ names: new Map([['no power', 1]]), clearSinceMs: 0 }));
  }

  /** One more obstacle in a board's way. */
  put(board: number, name: string): void {
    const { names } = this.#boards[board]!;
    names.set(name, ONCE.has(name) ? 1 : (names.get(name) ?? 0) + 1);
  }

  /** Whether this is in a board's way. */
  has(board: number, name: string): boolean {
    return this.#boards[board]!.names.has(name);
  }

  /** An obstacle is gone; what it left behind may take the board so much longer. */
  release(board: number, name: string, aftermathMs = 0): void {
    const state = this.#boards[board]!;
    const count = state.names.get(name);
    // A board that starts without having lost its power is not given new time.
    if (count === undefined) return;
    if (count > 1) state.names.set(name, count - 1);
    else state.names.delete(name);
    state.clearSinceMs = Math.max(state.clearSinceMs, this.#clock.monotonicMs() + aftermathMs);
  }

  /** Since when nothing is in a board's way, ms; `undefined` while something is. May lie in the future: then it counts from there. */
  clearSinceMs(board: number): number | undefined {
    const { names, clearSinceMs } = this.#boards[board]!;
    return names.size === 0 ? clearSinceMs : undefined;
  }
}
