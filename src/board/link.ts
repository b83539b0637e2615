import type { Activation } from '../core/activation-answer.js';
import type { SessionLoss } from '../core/backoff.js';
import type { Product } from '../core/product.js';
import type { Host } from '../ports/host.js';
import { Session, type SessionOptions } from '../session/session.js';
import type { HomeCloud } from './home-cloud.js';
import type { Thing } from './thing.js';
import type { TimeKeeper } from './time-keeper.js';

/** Longest packet the board builds: a CONNECT with its will, or a property post, bytes. */
const SEND_BUFFER_BYTES = 2_048;

export interface LinkOptions {
  readonly host: Host;
  readonly product: Product;
  readonly cloud: HomeCloud;
  readonly time: TimeKeeper;
  readonly thing: Thing;
  readonly onOnline: () => void;
  /** What takes the cloud's offers of builds, if anything does. */
  readonly onOffer: () => SessionOptions['onUpgrade'];
  readonly onLost: (loss: SessionLoss) => void;
}

/** The board's session with its cloud: one at a time, and perhaps one before it that is still saying farewell. */
export class Link {
  readonly #options: LinkOptions;
  readonly #sendBuffer = new Uint8Array(SEND_BUFFER_BYTES);
  #session: Session | undefined;
  #leaving: Session | undefined;
  #sessions = 0;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** What the cloud of the session has given the board. */
  get activation(): Activation | undefined {
    return this.#session?.activation;
  }

  /** Sessions that have come online since boot. */
  get sessions(): number {
    return this.#sessions;
  }

  /** The board is activated: begins a session. */
  connect(): void {
    const { host, product, cloud, time, thing, onOnline, onOffer, onLost } = this.#options;
    const { activation, broker } = cloud.membership;
    this.#session = new Session({
      host,
      product,
      activation: activation!,
      broker: broker!,
      outbox: thing.outbox,
      posts: thing.reporter,
      sendBuffer: this.#sendBuffer,
      onOnline: () => {
        this.#sessions++;
        onOnline();
      },
      needsTime: time.wantsTime(cloud.isSecured),
      onCommand: (bytes, start, end, retained, service) => thing.onCommand(bytes, start, end, retained, service),
      onTime: (bytes, start, end) => thing.onTime(bytes, start, end),
      onUpgrade: onOffer(),
      onSkipped: (bytes) => thing.onTooLarge(bytes),
      onDropped: (characters) => thing.onTooLarge(characters),
      onLost,
    });
  }

  /** Sends what can be sent. */
  pump(): void {
    this.#session?.pump();
  }

  /**
   * Says `offline` where there is a session that is online, then calls back: at once where there is none.
   * @param onLeft `isLast`: no other session has come online meanwhile
   */
  leave(onLeft: (isLast: boolean) => void): void {
    const session = this.#session;
    const sessions = this.#sessions;
    if (!session?.isOnline) {
      onLeft(true);
      return;
    }
    this.#session = undefined;
    this.#leaving = session;
    session.leave(() => {
      this.#leaving = undefined;
      onLeft(this.#sessions === sessions);
    });
  }

  /** The end of the board: as `leave`, and whoever has been waiting for another farewell waits in vain. */
  end(): Promise<void> | undefined {
    this.#leaving?.close();
    const session = this.#session;
    this.#session = this.#leaving = undefined;
    return session && new Promise((resolve) => session.leave(resolve));
  }

  /** Ends the session at once and silently. May be called twice. */
  close(): void {
    this.#session?.close();
    this.#session = undefined;
  }
}
