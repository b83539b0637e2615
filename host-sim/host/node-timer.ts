import type { Timer } from '../../src/ports/timer.js';

/** Runs a callback of the firmware; what it throws is the board's crash, not the process's. */
export type Guard = (callback: () => void) => void;

type Handle = NodeJS.Timeout | NodeJS.Immediate;

/** Node's timers in Moddable's shape. `close` clears all that are pending: the board has lost its power. */
export class NodeTimer implements Timer {
  readonly #guard: Guard;
  readonly #pending = new Set<Handle>();

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  /** Without a delay, or with none left: as soon as what is under way has ended, which setTimeout would put off by 1 ms. */
  set(callback: () => void, delayMs?: number): Handle {
    const run = (): void => {
      this.#pending.delete(handle);
      this.#guard(callback);
    };
    const handle: Handle = delayMs === undefined || delayMs <= 0 ? setImmediate(run) : setTimeout(run, delayMs);
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
    cancel(handle as Handle);
    this.#pending.delete(handle as Handle);
  }

  close(): void {
    for (const handle of this.#pending) cancel(handle);
    this.#pending.clear();
  }
}

function cancel(handle: Handle): void {
  if ('refresh' in handle) clearTimeout(handle);
  else clearImmediate(handle);
}
