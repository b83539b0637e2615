/** Which of the board's topics a message goes to. */
export type Uplink = 'propertyPost' | 'propertySetReply';

interface Waiting {
  readonly uplink: Uplink;
  readonly payload: string;
}

/**
 * Messages that wait to be sent, in order and bounded: when it is full, the oldest goes. Property posts are not in it: of
 * them only the latest counts, and that is built when it can be sent (`PropertyReporter`).
 */
export class Outbox {
  readonly #capacity: number;
  readonly #waiting: Waiting[] = [];
  #dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(uplink: Uplink, payload: string): void {
    if (this.#waiting.length >= this.#capacity) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#waiting.push({ uplink, payload });
  }

  /** The message whose turn it is. */
  peek(): Waiting | undefined {
    return this.#waiting[0];
  }

  /** It has been sent. */
  shift(): void {
    this.#waiting.shift();
  }

  /** The session they belonged to is over. */
  clear(): void {
    this.#waiting.length = 0;
  }

  /** Number of messages dropped since boot. */
  get dropped(): number {
    return this.#dropped;
  }
}
