import type { Timer, TimerHandle } from '../../src/ports/timer.js';
import { BouncingSwitch, type InputTarget, type SwitchOptions } from './bouncing-switch.js';

/** How long a finger stays on a button that it just presses, ms. */
const SHORT_MS = 100;
/** Between the presses of a double, ms. */
const GAP_MS = 100;
const HOLD_MS = 1_500;

/**
 * A push button as a thing, and the finger on it. The finger does one thing at a time: what it begins breaks off what it was
 * at. Nothing happens to the pin but what the contact does, bounces included.
 */
export class SimButton {
  readonly #switch: BouncingSwitch;
  readonly #timer: Timer;
  #next: TimerHandle | undefined;

  constructor(options: SwitchOptions) {
    this.#switch = new BouncingSwitch(options);
    this.#timer = options.timer;
  }

  /** Whether a finger is on it. */
  get pressed(): boolean {
    return this.#switch.closed;
  }

  /** How often its contact has closed or opened, bounces included. */
  get edges(): number {
    return this.#switch.edges;
  }

  /** Down now, and up again after `ms` (default 100). */
  press(ms: number = SHORT_MS): void {
    this.down();
    this.#after(ms, () => this.up());
  }

  /** Two short presses, `gapMs` (default 100) between them. */
  double(gapMs: number = GAP_MS): void {
    this.down();
    this.#after(SHORT_MS, () => {
      this.up();
      this.#after(gapMs, () => this.press());
    });
  }

  /** A long press (default 1.5 s). */
  hold(ms: number = HOLD_MS): void {
    this.press(ms);
  }

  /** Down until `up`. A button that is down already comes up for it first: it is another press. */
  down(): void {
    this.up();
    this.#switch.move(true);
  }

  up(): void {
    this.#timer.clear(this.#next);
    this.#next = undefined;
    this.#switch.move(false);
  }

  /** Its contact bounces for so long from now on (default 5), ms. */
  wear(bounceMs = 5): void {
    this.#switch.wear(bounceMs);
  }

  /** Its contact touches for some milliseconds though nobody has closed it. */
  spike(ms: number): void {
    this.#switch.spike(ms);
  }

  /** Wires it to a pin; the result takes the wire off. */
  connect(target: InputTarget, pin: number): () => void {
    return this.#switch.connect(target, pin);
  }

  #after(ms: number, then: () => void): void {
    this.#next = this.#timer.set(() => {
      this.#next = undefined;
      then();
    }, ms);
  }
}
