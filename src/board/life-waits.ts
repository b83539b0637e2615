import { STABLE_AFTER_MS } from '../core/backoff.js';
import type { LifeEvent } from '../core/life-cycle.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

/** The waits of the life cycle: for the start and the next attempt, and for the minute after which being online counts. */
export class LifeWaits {
  readonly #timer: Timer;
  readonly #onOver: (event: LifeEvent) => void;
  #next: TimerHandle | undefined;
  #stability: TimerHandle | undefined;

  constructor(timer: Timer, onOver: (event: LifeEvent) => void) {
    this.#timer = timer;
    this.#onOver = onOver;
  }

  /** Tells that event next, after `delayMs`, and nothing else that was to be told next. */
  next(event: LifeEvent, delayMs = 0): void {
    this.#timer.clear(this.#next);
    this.#next = this.#timer.set(() => {
      this.#next = undefined;
      this.#onOver(event);
    }, delayMs);
  }

  watchStability(): void {
    this.#stability = this.#timer.set(() => this.#onOver({ type: 'stable' }), STABLE_AFTER_MS);
  }

  /** May be called twice. */
  close(): void {
    this.#timer.clear(this.#next);
    this.#timer.clear(this.#stability);
    this.#next = this.#stability = undefined;
  }
}
