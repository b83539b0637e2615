import type { ButtonDefinition } from '../core/product.js';
import type { Pins } from '../ports/pins.js';
import type { Timer, TimerHandle } from '../ports/timer.js';
import { DebouncedPin } from './debounced-pin.js';

/** How a button was used. */
export type Press = 'short' | 'double' | 'long' | 'held';

/** Let go after this time, where it is not `held` by then, a press is `long`, ms. */
export const LONG_PRESS_MS = 3_000;

export interface ButtonOptions {
  readonly timer: Timer;
  readonly io: Pins;
  readonly definition: ButtonDefinition;
  /** Its place in the product's `inputs`. */
  readonly input: number;
  /** Never called from inside a method. */
  readonly onPress: (input: number, press: Press) => void;
}

/**
 * A push button. A press is `short` when it is let go; where there are doubles, once `doubleMs` have passed without a
 * second one. A second press within `doubleMs` after the first was let go makes one `double`. Let go after three seconds it is
 * `long`. Pressed for `holdMs` it is `held`, told while it is still pressed, and then it is no press any more, nor is one right
 * before it.
 * A button that is pressed at boot counts from its release on: one that is stuck, or a pin that nothing pulls, must not
 * look like a hand that holds it.
 */
export class Button {
  readonly #timer: Timer;
  readonly #definition: ButtonDefinition;
  readonly #input: number;
  readonly #onPress: (input: number, press: Press) => void;
  readonly #pin: DebouncedPin;
  /** Pressed, and the press counts. */
  #counts = false;
  /** A first press waits to become a double. */
  #second: TimerHandle | undefined;
  #isSecond = false;
  #isLong = false;
  #hold: TimerHandle | undefined;

  constructor(options: ButtonOptions) {
    const { timer, io, definition } = options;
    this.#timer = timer;
    this.#definition = definition;
    this.#input = options.input;
    this.#onPress = options.onPress;
    this.#pin = new DebouncedPin({ timer, io, definition, onChange: this.#onChange });
  }

  /** Lets the pin go; a press that waits to be told is forgotten. May be called twice. */
  close(): void {
    this.#pin.close();
    this.#clearSecond();
    this.#clearHold();
  }

  readonly #onChange = (isPressed: boolean): void => {
    if (isPressed) {
      this.#counts = true;
      this.#isSecond = this.#second !== undefined;
      this.#clearSecond();
      this.#isLong = false;
      const { holdMs } = this.#definition;
      this.#hold =
        holdMs > LONG_PRESS_MS ? this.#timer.set(this.#onLong, LONG_PRESS_MS) : this.#timer.set(this.#onHeld, holdMs);
      return;
    }
    this.#clearHold();
    if (!this.#counts) return;
    this.#counts = false;
    const { doubleMs } = this.#definition;
    if (this.#isLong) this.#onPress(this.#input, 'long');
    else if (this.#isSecond) this.#onPress(this.#input, 'double');
    else if (doubleMs === 0) this.#onPress(this.#input, 'short');
    else this.#second = this.#timer.set(this.#onAlone, doubleMs);
  };

  readonly #onAlone = (): void => {
    this.#second = undefined;
    this.#onPress(this.#input, 'short');
  };

  readonly #onLong = (): void => {
    this.#isLong = true;
    this.#hold = this.#timer.set(this.#onHeld, this.#definition.holdMs - LONG_PRESS_MS);
  };

  readonly #onHeld = (): void => {
    this.#hold = undefined;
    this.#counts = false;
    this.#onPress(this.#input, 'held');
  };

  #clearSecond(): void {
    this.#timer.clear(this.#second);
    this.#second = undefined;
  }

  #clearHold(): void {
    this.#timer.clear(this.#hold);
    this.#hold = undefined;
  }
}
