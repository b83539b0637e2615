import type { Timer } from '../../src/ports/timer.js';

/** Runs a callback of the firmware; what it throws is the board's crash, not the process's. */
export type Guard = (callback: () => void) => void;

/** Timers without a delay that run in one turn of the loop; those beyond let others have theirs first. */
const MOST_A_TURN = 16;

/** A timer without a delay. */
interface Soon {
  readonly callback: () => void;
}

/** Node's timers in Moddable's shape. `close` clears all that are pending: the board has lost its power. */
export class NodeTimer implements Timer {
  readonly #guard: Guard;
  readonly #pending = new Set<NodeJS.Timeout>();
  /** In the order they were set. */
  readonly #soon = new Set<Soon>();
  #turn: NodeJS.Immediate | undefined;

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  /**
   * Without a delay, or with none left: as soon as what is under way has ended, which setTimeout would put off by 1 ms. One that such a
   * timer sets follows in the same turn.
   */
  set(callback: () => void, delayMs?: number): NodeJS.Timeout | Soon {
    return delayMs === undefined || delayMs <= 0 ? this.#next(callback) : this.#after(callback, delayMs);
  }

  repeat(callback: () => void, intervalMs: number): NodeJS.Timeout {
    const handle = setInterval(() => this.#guard(callback), intervalMs);
    this.#pending.add(handle);
    return handle;
  }

  clear(handle: unknown): void {
    if (handle === undefined) return;
    if (this.#soon.delete(handle as Soon)) return;
    if (this.#pending.delete(handle as NodeJS.Timeout)) clearTimeout(handle as NodeJS.Timeout);
  }

  close(): void {
    clearImmediate(this.#turn);
    this.#soon.clear();
    for (const handle of this.#pending) clearTimeout(handle);
    this.#pending.clear();
  }

  #next(callback: () => void): Soon {
    const handle = { callback };
    this.#soon.add(handle);
    this.#turn ??= setImmediate(this.#onTurn);
    return handle;
  }

  readonly #onTurn = (): void => {
    let left = MOST_A_TURN;
    try {
      for (const soon of this.#soon) {
        if (left-- === 0) break;
        this.#soon.delete(soon);
        this.#guard(soon.callback);
      }
    } finally {
      this.#turn = this.#soon.size === 0 ? undefined : setImmediate(this.#onTurn);
    }
  };

  #after(callback: () => void, delayMs: number): NodeJS.Timeout {
    const handle = setTimeout(() => {
      this.#pending.delete(handle);
      this.#guard(callback);
    }, delayMs);
    this.#pending.add(handle);
    return handle;
  }
}
