import type { PulseDefinition } from '../core/product.js';
import type { Timer, TimerHandle } from '../ports/timer.js';

/**
 * The time of a pulse: from the moment the output is at the pulse's position, for as long as was asked, at most
 * `maxMs`. It lives in memory only: after a reboot nothing of it is left.
 * In control mode `pulse` an output is nowhere but at rest for longer than `maxMs`: there, what leads it away without
 * being a pulse (the legacy `switch`, an angle, a property) counts as a pulse of `maxMs` to that place.
 */
export class Pulse {
  readonly #timer: Timer;
  readonly #definition: PulseDefinition;
  readonly #limitsAll: boolean;
  readonly #onOver: () => void;
  #active = false;
  #holdMs = 0;
  #hold: TimerHandle | undefined;

  /**
   * @param limitsAll whether the product's control mode is `pulse`
   * @param onOver is called when the time has passed; the owner then goes to the rest position
   */
  constructor(timer: Timer, definition: PulseDefinition, limitsAll: boolean, onOver: () => void) {
    this.#timer = timer;
    this.#definition = definition;
    this.#limitsAll = limitsAll;
    this.#onOver = onOver;
  }

  /** Whether a pulse is on its way to its position or holds there. */
  get active(): boolean {
    return this.#active;
  }

  /** A pulse begins, or begins anew with its whole time; the owner goes to the pulse's position and says `arrived`. */
  begin(durationMs: number | undefined): void {
    this.end();
    this.#holdMs = Math.min(durationMs ?? this.#definition.durationMs, this.#definition.maxMs);
    this.#active = true;
  }

  /** Another command has come, that is no pulse, and leads to the rest position or elsewhere. */
  replace(leadsToRest: boolean): void {
    if (this.#limitsAll && !leadsToRest) this.begin(this.#definition.maxMs);
    else this.end();
  }

  /** The output is where the command led: the time runs. */
  arrived(): void {
    if (!this.#active || this.#hold !== undefined) return;
    this.#hold = this.#timer.set(this.#over, this.#holdMs);
  }

  /** Ends the pulse without `onOver`. */
  end(): void {
    this.#active = false;
    if (this.#hold === undefined) return;
    this.#timer.clear(this.#hold);
    this.#hold = undefined;
  }

  readonly #over = (): void => {
    if (!this.#active) return;
    this.#hold = undefined;
    this.#active = false;
    this.#onOver();
  };
}
