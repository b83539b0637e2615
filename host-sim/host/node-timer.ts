import type { Timer } from '../../src/ports/timer.js';

/** Runs a callback of the firmware; what it throws is the board's crash, not the process's. */
export type Guard = (callback: () => void) => void;

/** Node's timers in Moddable's shape. `close` clears all that are pending: the board has lost its power. */
export class NodeTimer implements Timer {
  readonly #guard: Guard;
  readonly #pending = new Set<NodeJS.Timeout>();

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  // Not a default value: with one, each timer would keep a scope more.
  set(callback: () => void, delayMs?: number): NodeJS.Timeout {
    const handle = setTimeout(() => {
      this.#pending.delete(handle);
      this.#guard(callback);
    }, delayMs ?? 0);
    this.#pending.add(handle);
    return handle;
  }

  repeat(callback: () => void, intervalMs: number): NodeJS.Timeout {
    const handle = setInterval(() => this.#guard(callback), intervalMs);
    this.#pending.add(handle);
    return handle;
  }

  clear(handle: unknown): void {
    if (handle === undefined) return;
    clearTimeout(handle as NodeJS.Timeout);
    this.#pending.delete(handle as NodeJS.Timeout);
  }

  close(): void {
    for (const handle of this.#pending) clearTimeout(handle);
    this.#pending.clear();
  }
}
