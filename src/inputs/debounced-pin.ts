import type { Digital, Pins } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

export interface DebouncedPinOptions {
  readonly timer: Timer;
  readonly io: Pins;
  readonly definition: {
    readonly pin: number;
    /** Level that counts as on; with 0 the pin is pulled up. */
    readonly activeLevel: 0 | 1;
    /** A level counts once it has been there so long, ms. */
    readonly debounceMs: number;
  };
  /** It is on or off now, and was not before. Never called from inside a method. */
  readonly onChange: (isOn: boolean) => void;
}

/**
 * A digital input without its bounces: a level counts once it has stayed for `debounceMs` since the last edge. Edges wake
 * it; nothing polls. What it is at first counts at once.
 */
export class DebouncedPin {
  readonly #timer: Timer;
  readonly #debounceMs: number;
  readonly #activeLevel: 0 | 1;
  readonly #onChange: (isOn: boolean) => void;
  readonly #pin: Digital;
  #isOn: boolean;
  #settling: TimerHandle | undefined;
  #closed = false;

  constructor(options: DebouncedPinOptions) {
    const { pin, activeLevel, debounceMs } = options.definition;
    const { Digital } = options.io;
    this.#timer = options.timer;
    this.#debounceMs = debounceMs;
    this.#activeLevel = activeLevel;
    this.#onChange = options.onChange;
    const mode = activeLevel === 0 ? Digital.InputPullUp : Digital.Input;
    this.#pin = new Digital({ pin, mode, onReadable: this.#onEdge });
    this.#isOn = this.#read();
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Lets the pin go. May be called twice. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer.clear(this.#settling);
    this.#settling = undefined;
    this.#pin.close();
  }

  readonly #onEdge = (): void => {
    if (this.#closed) return;
    this.#timer.clear(this.#settling);
    // Several edges may have come in one: also a level that is back where it was starts the time anew.
    this.#settling = this.#read() === this.#isOn ? undefined : this.#timer.set(this.#onSettled, this.#debounceMs);
  };

  readonly #onSettled = (): void => {
    this.#settling = undefined;
    // An edge that was not told yet follows, and decides.
    if (this.#read() === this.#isOn) return;
    this.#isOn = !this.#isOn;
    this.#onChange(this.#isOn);
  };

  #read(): boolean {
    return this.#pin.read() === this.#activeLevel;
  }
}
