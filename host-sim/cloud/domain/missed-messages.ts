import type { BoardLink } from './sessions.js';

/**
 * How long what boards say is kept, ms: longer than it takes the one that leads to notice that his way to the broker is dead (15 s),
 * or the lead to be without a holder, by what that one may lag behind.
 */
const KEPT_MS = 25_000;
const MAX_MESSAGES = 50_000;
const MAX_BYTES = 32 * 1024 * 1024;

export interface MissedMessage {
  readonly link: BoardLink;
  readonly topic: string;
  readonly payload: Buffer;
  /** ms since 1970. */
  readonly receivedAt: number;
}

/** What boards have said lately, for whoever takes over from a process that may have ended before it stored that. */
export class MissedMessages {
  readonly #elapsed: () => number;
  #messages: (MissedMessage & { readonly keptAt: number })[] = [];
  /** Before it everything is forgotten. */
  #first = 0;
  #bytes = 0;
  #dropped = 0;

  /** @param elapsed ms, by a clock that nobody sets */
  constructor(elapsed: () => number = () => performance.now()) {
    this.#elapsed = elapsed;
  }

  keep(message: MissedMessage): void {
    const keptAt = this.#elapsed();
    this.#messages.push({ ...message, keptAt });
    this.#bytes += message.payload.length;
    while (this.#messages[this.#first]!.keptAt < keptAt - KEPT_MS) this.#forgetFirst();
    while (this.#messages.length - this.#first > MAX_MESSAGES || this.#bytes > MAX_BYTES) {
      this.#forgetFirst();
      this.#dropped += 1;
    }
    if (this.#first < 1_024 || this.#first < this.#messages.length / 2) return;
    this.#messages = this.#messages.slice(this.#first);
    this.#first = 0;
  }

  /** All of them, in order, which are forgotten then; `dropped`: for how many there was no room, of all that ever came. */
  take(): { readonly messages: readonly MissedMessage[]; readonly dropped: number } {
    const oldest = this.#elapsed() - KEPT_MS;
    const messages = this.#messages.slice(this.#first).filter(({ keptAt }) => keptAt >= oldest);
    const dropped = this.#dropped;
    this.#messages = [];
    this.#first = 0;
    this.#bytes = 0;
    this.#dropped = 0;
    return { messages, dropped };
  }

  #forgetFirst(): void {
    this.#bytes -= this.#messages[this.#first]!.payload.length;
    this.#first += 1;
  }
}
