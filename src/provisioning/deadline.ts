import type { Timer, TimerHandle } from '../ports/timer.js';

/** One wait that can be begun anew and given up. */
export class Deadline {
  readonly #timer: Timer;
  readonly #onOver: () => void;
  #pending: TimerHandle | undefined;

  constructor(timer: Timer, onOver: () => void) {
    this.#timer = timer;
    this.#onOver = onOver;
  }

  /** Whether it is waited for. */
  get isRunning(): boolean {
    return this.#pending !== undefined;
  }

  /** Waits from now on. */
  start(ms: number): void {
    this.#timer.clear(this.#pending);
    this.#pending = this.#timer.set(() => {
      this.#pending = undefined;
      this.#onOver();
    }, ms);
  }

  /** May be called twice. */
  stop(): void {
    this.#timer.clear(this.#pending);
    this.#pending = undefined;
  }
}
