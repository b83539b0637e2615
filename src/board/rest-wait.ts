import type { Timer, TimerHandle } from '../ports/timer.js';

/** Whoever waits until nothing runs looks so often, ms. */
const REST_POLL_MS = 200;

/** Waits until nothing runs, then calls back; never at once. No command is cut short for what can wait. */
export class RestWait {
  readonly #timer: Timer;
  #pending: TimerHandle | undefined;

  constructor(timer: Timer, isAtRest: () => boolean, onRest: () => void) {
    this.#timer = timer;
    const look = (): void => {
      this.#pending = undefined;
      if (isAtRest()) onRest();
      else this.#pending = timer.set(look, REST_POLL_MS);
    };
    this.#pending = timer.set(look);
  }

  /** May be called twice. */
  close(): void {
    this.#timer.clear(this.#pending);
    this.#pending = undefined;
  }
}
