/** Which of the board's topics a message goes to. */
export type Uplink =
  | 'propertyPost'
  | 'propertySetReply'
  | 'propertyGetReply'
  | 'serviceReply'
  | 'eventPost'
  | 'logPost'
  | 'ntpRequest'
  | 'otaInform'
  | 'otaProgress';

/** A message that waits. */
export interface Waiting {
  readonly uplink: Uplink;
  /** Text, or what builds it when it can be sent. */
  readonly payload: string | (() => string);
  /** Of the service or the event, whose topic it is part of. */
  readonly name: string | undefined;
}

/**
 * Messages that wait to be sent, in order and bounded: when it is full, the oldest goes. Of those that say which build this is, or how far
 * an update has come, only the latest waits. Property posts are not in it: of them, too, only the latest counts, and that is built
 * when it can be sent (`PropertyReporter`).
 */
export class Outbox {
  readonly #capacity: number;
  readonly #waiting: Waiting[] = [];
  #dropped = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  push(uplink: Uplink, payload: string | (() => string), name?: string): void {
    if (uplink === 'otaInform' || uplink === 'otaProgress') this.#keep((waiting) => waiting.uplink !== uplink);
    if (this.#waiting.length >= this.#capacity) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#waiting.push({ uplink, payload, name });
  }

  /** The message whose turn it is. */
  peek(): Waiting | undefined {
    return this.#waiting[0];
  }

  /** It has been sent. */
  shift(): void {
    this.#waiting.shift();
  }

  /** The session is over, and with it all that belonged to it: what outlives one waits for the next. */
  clear(): void {
    this.#keep(({ uplink }) => outlivesSession(uplink));
  }

  /** Messages that have been sent and may not have arrived: they go again, before all others. */
  putBack(messages: readonly Waiting[]): void {
    this.#waiting.unshift(...messages);
    const excess = this.#waiting.length - this.#capacity;
    if (excess <= 0) return;
    this.#waiting.splice(0, excess);
    this.#dropped += excess;
  }

  /** Number of messages dropped since boot. */
  get dropped(): number {
    return this.#dropped;
  }

  #keep(isKept: (waiting: Waiting) => boolean): void {
    let kept = 0;
    for (const waiting of this.#waiting) if (isKept(waiting)) this.#waiting[kept++] = waiting;
    this.#waiting.length = kept;
  }
}

/** Whether the cloud wants to know it also after a session that was lost: what has happened, and which build this is. */
export function outlivesSession(uplink: Uplink): boolean {
  return uplink === 'eventPost' || uplink === 'otaInform';
}
