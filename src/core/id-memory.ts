const PLACES = 16;
const KEPT_MS = 120_000;

/** How a command was answered. */
export interface RememberedAnswer {
  readonly code: number;
  readonly message: string | undefined;
  /** Keys that meant nothing. */
  readonly ignored?: readonly string[];
}

/**
 * Remembers the last 16 command ids of the last 120 s with their answers, so that a repeated command is answered again but
 * acted on once, and a client that counts from 1 anew is not locked out for long. Times are monotonic milliseconds.
 */
export class IdMemory {
  readonly #ids: string[] = [];
  readonly #times: number[] = [];
  readonly #answers: RememberedAnswer[] = [];
  #next = 0;

  find(id: string, nowMs: number): RememberedAnswer | undefined {
    const ids = this.#ids;
    for (let i = ids.indexOf(id); i >= 0; i = ids.indexOf(id, i + 1)) {
      if (nowMs - this.#times[i]! <= KEPT_MS) return this.#answers[i];
    }
    return undefined;
  }

  add(id: string, nowMs: number, answer: RememberedAnswer): void {
    this.#ids[this.#next] = id;
    this.#times[this.#next] = nowMs;
    this.#answers[this.#next] = answer;
    this.#next = (this.#next + 1) % PLACES;
  }
}
