import type { Timer } from '../../src/ports/timer.js';

/** Runs a callback of the firmware; what it throws is the board's crash, not the process's. */
export type Guard = (callback: () => void) => void;

/** Node's timers in Moddable's shape. `close` clears all that are pending: the board has lost its power. */
export class NodeTimer implements Timer {
  readonly #guard: Guard;
  readonly #pending = new Set<NodeJS.Timeout>();
  readonly #immediate = new Set<NodeJS.Immediate>();

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  /** Without a delay, or with none left: as soon as what is under way has ended, which setTimeout would put off by 1 ms. */
  set(callback: () => void, delayMs?: number): NodeJS.Timeout | NodeJS.Immediate {
    return delayMs === undefined || delayMs <= 0 ? this.#soon(callback) : this.#after(callback, delayMs);
  }

  repeat(callback: () => void, intervalMs: number): NodeJS.Timeout {
    const handle = setInterval(() => this.#guard(callback), intervalMs);
    this.#pending.add(handle);
    return handle;
  }

  clear(handle: unknown): void {
    if (handle === undefined) return;
    if (this.#immediate.delete(handle as NodeJS.Immediate)) clearImmediate(handle as NodeJS.Immediate);
    else if (this.#pending.delete(handle as NodeJS.Timeout)) clearTimeout(handle as NodeJS.Timeout);
  }

  close(): void {
    for (const handle of this.#immediate) clearImmediate(handle);
    this.#immediate.clear();
    for (const handle of this.#pending) clearTimeout(handle);
    this.#pending.clear();
  }

  #soon(callback: () => void): NodeJS.Immediate {
    const handle = setImmediate(() => {
      this.#immediate.delete(handle);
      this.#guard(callback);
    });
    this.#immediate.add(handle);
    return handle;
  }

  #after(callback: () => void, delayMs: number): NodeJS.Timeout {
    const handle = setTimeout(() => {
      this.#pending.delete(handle);
      this.#guard(callback);
    }, delayMs);
    this.#pending.add(handle);
    return handle;
  }
}
