import type { BoardGateway, Verdict } from '../domain/board-gateway.js';
import type { BoardLink } from '../domain/sessions.js';
import type { CancelTimer, CloudEnvironment } from '../environment.js';

/** A message that could not be stored is tried again this often, for a minute, before it is given up. */
const STORE_AGAIN_MS = 1_000;
const MAX_TRIES = 60;

/** What a board has said. */
export interface SaidMessage {
  readonly topic: string;
  readonly payload: Buffer;
  readonly isWill: boolean;
}

/** Hands what boards say to the gateway until it is judged for good: a broker of somebody else's would not send it again soon. */
export class MessageIntake {
  readonly #gateway: Pick<BoardGateway, 'publish'>;
  readonly #environment: CloudEnvironment;
  readonly #onMessage: (topic: string, payload: Buffer) => void;
  readonly #cancelTries = new Set<CancelTimer>();
  #isClosed = false;

  /** @param options.onMessage is told of what is believed */
  constructor(options: {
    gateway: Pick<BoardGateway, 'publish'>;
    environment: CloudEnvironment;
    onMessage: (topic: string, payload: Buffer) => void;
  }) {
    this.#gateway = options.gateway;
    this.#environment = options.environment;
    this.#onMessage = options.onMessage;
  }

  /** `done` is called once it is stored, or never will be. */
  take(link: BoardLink, message: SaidMessage, done: () => void, tries = 1): void {
    this.#gateway.publish(link, message, (verdict) => {
      if (verdict === 'again' && tries < MAX_TRIES) {
        this.#later(() => this.take(link, message, done, tries + 1));
        return;
      }
      if (isBelieved(verdict)) this.#onMessage(message.topic, message.payload);
      done();
    });
  }

  /** What is not stored then never is `done`. */
  close(): void {
    this.#isClosed = true;
    for (const cancel of this.#cancelTries) cancel();
  }

  #later(tryAgain: () => void): void {
    if (this.#isClosed) return;
    const cancel = this.#environment.setTimer(() => {
      this.#cancelTries.delete(cancel);
      tryAgain();
    }, STORE_AGAIN_MS);
    this.#cancelTries.add(cancel);
  }
}

function isBelieved(verdict: Verdict): boolean {
  return verdict === 'keep' || verdict === 'pass';
}
