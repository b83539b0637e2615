/** What an interlock needs to know and to ask of a relay. */
export interface InterlockMember {
  readonly isOn: boolean;
  /** Monotonic time of the last switching (of power-on at first), ms. */
  readonly sinceMs: number;
  /** Goes off as soon as it may and forgets what it was told before: the other one was told to go on. */
  giveWay(): void;
  /** Looks again at whether a held-back command may go ahead. */
  reconsider(): void;
}

/**
 * Two relays of which at most one is on, with a dead time in which both are off between one going off and the other
 * going on. The later command wins: who is told to go on makes the other give way and waits for it.
 */
export class Interlock {
  readonly #first: InterlockMember;
  readonly #second: InterlockMember;
  readonly #deadTimeMs: number;

  constructor(first: InterlockMember, second: InterlockMember, deadTimeMs: number) {
    this.#first = first;
    this.#second = second;
    this.#deadTimeMs = deadTimeMs;
  }

  /** `member` has been told to go on. */
  claim(member: InterlockMember): void {
    this.#other(member).giveWay();
  }

  /** How long `member` may not go on yet, ms; infinite while the other one is on (`released` follows). */
  waitMs(member: InterlockMember, nowMs: number): number {
    const other = this.#other(member);
    return other.isOn ? Number.POSITIVE_INFINITY : other.sinceMs + this.#deadTimeMs - nowMs;
  }

  /** `member` has gone off. */
  released(member: InterlockMember): void {
    this.#other(member).reconsider();
  }

  #other(member: InterlockMember): InterlockMember {
    return member === this.#first ? this.#second : this.#first;
  }
}
