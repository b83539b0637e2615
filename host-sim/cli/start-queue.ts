/** A board that has not come online by then, nor said why, makes room for the next, ms. */
const MOST_STARTING_MS = 15_000;

/** What has its power from a queue. */
export interface Startable {
  readonly powered: boolean;
  powerOn(): void;
}

/**
 * Gives power to boards in turn, so that only `atOnce` of them at a time are between their start and their first being online or waiting:
 * where hundreds activate at the same moment in one process, each waits for all others until its patience ends, and asks anew.
 */
export class StartQueue {
  readonly #waiting: Startable[];
  readonly #starting = new Map<Startable, NodeJS.Timeout>();
  readonly #atOnce: number;
  #soon: NodeJS.Immediate | undefined;

  /** @param boards without power, in the order in which they are to get it; the first get it in the next turn of the loop */
  constructor(boards: readonly Startable[], atOnce: number) {
    this.#waiting = [...boards].reverse();
    this.#atOnce = atOnce;
    this.#later();
  }

  /** The board is online, waits or has failed: it holds up nobody any more. Nothing where it did not. */
  settled(board: Startable): void {
    const late = this.#starting.get(board);
    if (late === undefined) return;
    clearTimeout(late);
    this.#starting.delete(board);
    this.#later();
  }

  /** Nobody gets power any more. */
  stop(): void {
    clearImmediate(this.#soon);
    this.#waiting.length = 0;
    for (const late of this.#starting.values()) clearTimeout(late);
    this.#starting.clear();
  }

  #later(): void {
    if (this.#waiting.length === 0 || this.#starting.size >= this.#atOnce) return;
    this.#soon ??= setImmediate(() => {
      this.#soon = undefined;
      this.#startNext();
      // One in each turn of the loop: those that have started are to be heard in between.
      this.#later();
    });
  }

  #startNext(): void {
    const board = this.#waiting.pop()!;
    // Somebody else was quicker.
    if (board.powered) return;
    this.#starting.set(
      board,
      setTimeout(() => this.settled(board), MOST_STARTING_MS),
    );
    board.powerOn();
  }
}
