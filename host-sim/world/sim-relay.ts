import type { Clock } from '../../src/ports/clock.js';
import type { Random } from '../../src/ports/random.js';

/** Where a coil's current comes from: a bank of pins. */
export interface LevelSource {
  /** Level on a pin; `undefined` while nothing drives it. */
  level(pin: number): 0 | 1 | undefined;
  onChange(listener: (pin: number) => void): () => void;
}

export interface SimRelayOptions {
  readonly clock: Clock;
  /** Level that energises the coil (default 1). */
  readonly activeLevel?: 0 | 1;
  /** Time from the coil's current to a closed contact (default 8) and back to an open one (default 4), ms. */
  readonly closeMs?: number;
  readonly openMs?: number;
  /** Time that the contact bounces when it closes (default 3), ms. */
  readonly bounceMs?: number;
  /** Makes the bounces (default: every other millisecond). */
  readonly random?: Random;
}

const MOST_BOUNCE_MS = 32;
const EVERY_OTHER = 0xaaaa_aaaa;

/**
 * A relay as a thing: its contact follows the coil a few milliseconds later, and a coil that is let go before that leaves
 * the contact as it was. A contact that closes bounces before it rests. Worked out when asked for; it needs no timer.
 */
export class SimRelay {
  readonly #clock: Clock;
  readonly #activeLevel: 0 | 1;
  readonly #closeMs: number;
  readonly #openMs: number;
  readonly #bounceMs: number;
  readonly #random: Random | undefined;
  #energised = false;
  #contact = false;
  /** When the contact will have followed the coil. */
  #followsMs = 0;
  /** When the contact first touched, and in which milliseconds after that it is apart again: a bit for each. */
  #touchedMs = 0;
  #apart = 0;
  #operations = 0;

  constructor(options: SimRelayOptions) {
    this.#clock = options.clock;
    this.#activeLevel = options.activeLevel ?? 1;
    this.#closeMs = options.closeMs ?? 8;
    this.#openMs = options.openMs ?? 4;
    this.#bounceMs = Math.min(MOST_BOUNCE_MS, options.bounceMs ?? 3);
    this.#random = options.random;
  }

  get energised(): boolean {
    return this.#energised;
  }

  /** Whether the contact is closed now: while it bounces, now and then. */
  get closed(): boolean {
    this.#follow();
    if (!this.#contact) return false;
    const sinceMs = Math.floor(this.#clock.monotonicMs() - this.#touchedMs);
    return sinceMs >= this.#bounceMs || ((this.#apart >>> sinceMs) & 1) === 0;
  }

  /** Whether the contact has closed but does not rest yet. */
  get bouncing(): boolean {
    this.#follow();
    return this.#contact && this.#clock.monotonicMs() - this.#touchedMs < this.#bounceMs;
  }

  /** How often the contact has closed or opened, without bounces. */
  get operations(): number {
    this.#follow();
    return this.#operations;
  }

  /** The coil gets current, or none. */
  energise(on: boolean): void {
    this.#follow();
    if (on === this.#energised) return;
    this.#energised = on;
    this.#followsMs = this.#clock.monotonicMs() + (on ? this.#closeMs : this.#openMs);
  }

  /** Wires its coil to a pin, off while nothing drives that; the result takes the wire off. */
  connect(source: LevelSource, pin: number): () => void {
    this.energise(source.level(pin) === this.#activeLevel);
    return source.onChange((changed) => {
      if (changed === pin) this.energise(source.level(pin) === this.#activeLevel);
    });
  }

  #follow(): void {
    if (this.#contact === this.#energised || this.#clock.monotonicMs() < this.#followsMs) return;
    this.#contact = this.#energised;
    this.#operations++;
    if (!this.#contact) return;
    this.#touchedMs = this.#followsMs;
    // It is closed in the millisecond in which it first touches.
    this.#apart = (this.#random?.uint32() ?? EVERY_OTHER) & ~1;
  }
}
