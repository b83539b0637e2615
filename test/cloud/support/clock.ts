import { scryptSync } from 'node:crypto';
import { type CloudEnvironment, createNodeEnvironment } from '../../../host-sim/cloud/cloud.js';

interface Entry {
  readonly at: number;
  readonly callback: () => void;
}

/** The real environment with a cheap password hash, for tests that are not about it. */
export function createQuickEnvironment(): CloudEnvironment {
  return {
    ...createNodeEnvironment(),
    scrypt: async (password, salt, keyLength) => scryptSync(password, salt, keyLength, { N: 2, r: 1, p: 1 }),
  };
}

/** An environment whose time and timers move only when told to; the rest is real. */
export class TestClock {
  readonly environment: CloudEnvironment;
  #now: number;
  #wallOffset = 0;
  readonly #timers = new Set<Entry>();
  readonly #watches = new Set<(delayMs: number) => void>();

  constructor(now = Date.UTC(2026, 0, 10, 15, 30)) {
    this.#now = now;
    this.environment = {
      ...createQuickEnvironment(),
      now: () => this.now,
      setTimer: (callback, delayMs) => {
        const entry = { at: this.#now + delayMs, callback };
        this.#timers.add(entry);
        for (const watch of [...this.#watches]) watch(delayMs);
        return () => this.#timers.delete(entry);
      },
    };
  }

  get now(): number {
    return this.#now + this.#wallOffset;
  }

  /** Resolves when the next timer of this duration is set. */
  untilTimer(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const watch = (delay: number) => {
        if (delay === delayMs && this.#watches.delete(watch)) resolve();
      };
      this.#watches.add(watch);
    });
  }

  /** Sets the wall clock, on or back; timers take no notice. */
  set(ms: number): void {
    this.#wallOffset += ms;
  }

  /** Moves time on, firing what becomes due in order. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#timers].filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers.delete(due);
      this.#now = Math.max(this.#now, due.at);
      due.callback();
    }
    this.#now = end;
  }
}
