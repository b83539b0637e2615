import type { Random } from '../../src/ports/random.js';
import type { Timer, TimerHandle } from '../../src/ports/timer.js';

/** The pin that a switch is wired to: of a bank of pins. */
export interface InputTarget {
  /** Gives a level to a pin; `undefined`: nothing connected. */
  setInput(pin: number, level: 0 | 1 | undefined): void;
}

export interface SwitchOptions {
  readonly timer: Timer;
  /** Makes the bounces. */
  readonly random: Random;
  /** Level that it gives while it is closed (default 0); open it gives none, and the pin's pull decides. */
  readonly activeLevel?: 0 | 1;
  /** Its contact comes to rest within this time (default 5), ms. */
  readonly bounceMs?: number;
}

/** A mechanical switch between a pin and a level: whenever it is moved, its contact bounces for some milliseconds. */
export class BouncingSwitch {
  readonly #timer: Timer;
  readonly #random: Random;
  readonly #activeLevel: 0 | 1;
  #bounceMs: number;
  readonly #wires = new Set<{ readonly target: InputTarget; readonly pin: number }>();
  #closed = false;
  #touches = false;
  #bouncing: TimerHandle | undefined;
  #edges = 0;

  constructor(options: SwitchOptions) {
    this.#timer = options.timer;
    this.#random = options.random;
    this.#activeLevel = options.activeLevel ?? 0;
    this.#bounceMs = options.bounceMs ?? 5;
  }

  /** Where it was moved to. */
  get closed(): boolean {
    return this.#closed;
  }

  /** How often its contact has closed or opened, bounces included. */
  get edges(): number {
    return this.#edges;
  }

  /** Moves it. The contact changes at once, and once more or several times until it rests; moving it to where it is does nothing. */
  move(closed: boolean): void {
    if (closed === this.#closed) return;
    this.#closed = closed;
    this.#timer.clear(this.#bouncing);
    this.#touch(closed);
    this.#bounce(1);
  }

  /** Its contact comes to rest within this time from now on, ms: it wears. */
  wear(bounceMs: number): void {
    this.#bounceMs = bounceMs;
  }

  /** Its contact touches for some milliseconds though nobody has closed it: dirt, or a magnet nearby. */
  spike(ms: number): void {
    if (this.#closed || this.#bouncing !== undefined) return;
    this.#touch(true);
    this.#bouncing = this.#timer.set(() => {
      this.#bouncing = undefined;
      this.#touch(false);
    }, ms);
  }

  /** Wires it to a pin; the result takes the wire off. */
  connect(target: InputTarget, pin: number): () => void {
    const wire = { target, pin };
    this.#wires.add(wire);
    target.setInput(pin, this.#level);
    return () => {
      if (this.#wires.delete(wire)) target.setInput(pin, undefined);
    };
  }

  get #level(): 0 | 1 | undefined {
    return this.#touches ? this.#activeLevel : undefined;
  }

  #bounce(afterMs: number): void {
    if (afterMs > this.#bounceMs) {
      this.#bouncing = undefined;
      return;
    }
    this.#bouncing = this.#timer.set(() => {
      const rests = afterMs >= this.#bounceMs;
      this.#touch(rests ? this.#closed : this.#random.uint32() >= 0x8000_0000);
      this.#bounce(afterMs + 1);
    }, 1);
  }

  #touch(touches: boolean): void {
    if (touches === this.#touches) return;
    this.#touches = touches;
    this.#edges++;
    for (const { target, pin } of this.#wires) target.setInput(pin, this.#level);
  }
}
