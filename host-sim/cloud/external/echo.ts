import type { CloudEnvironment } from '../environment.js';
import type { HeardMessage } from './broker-session.js';

/** While nothing comes back the cloud calls itself again so often, ms. */
const AGAIN_MS = 2_000;
const MAX_OPEN = 64;
/**
 * A broker by which nothing has ever come back in this time of one connection does not let the account do it, ms: what it has kept while
 * the cloud was away comes first, which takes a minute where it is much.
 */
const GIVEN_UP_AFTER_MS = 5 * 60_000;

/**
 * Whether all that was said until a certain time has been heard: the cloud calls itself, on a topic that it hears like those of boards,
 * and the broker keeps the order. Without that a queue that stands still would look like boards that are silent. It calls at QoS 1, as
 * boards answer: brokers keep the order of each QoS alone (MQTT 3.1.1, 4.6), and Mosquitto has QoS 0 overtake what waits.
 */
export class Echo {
  readonly #topic: string;
  readonly #publish: (topic: string, payload: string) => Promise<void>;
  readonly #environment: Pick<CloudEnvironment, 'now'>;
  /** When each call that has not come back was made, by its id. */
  readonly #open = new Map<string, number>();
  #lastId = 0;
  #firstAt: number | undefined;
  #lastAt = Number.NEGATIVE_INFINITY;
  #heardUntil = Number.NEGATIVE_INFINITY;
  #hasReturned = false;

  /** @param options.clientId of this process, whose calls are its own */
  constructor(options: {
    clientId: string;
    publish: (topic: string, payload: string) => Promise<void>;
    environment: Pick<CloudEnvironment, 'now'>;
  }) {
    this.#topic = `/sys/smartlink-cloud/${options.clientId}/thing/service/echo`;
    this.#publish = options.publish;
    this.#environment = options.environment;
  }

  /** Whether what was said until then has been heard; asks where that is not known, so that it will be. */
  hasHeardUntil(time: number): boolean {
    if (this.#heardUntil >= time) return true;
    const now = this.#environment.now();
    if (now - this.#lastAt >= AGAIN_MS || this.#open.size === 0) this.call();
    return !this.#hasReturned && now - (this.#firstAt ?? now) >= GIVEN_UP_AFTER_MS;
  }

  /** To be called when the way to the broker is there. */
  call(): void {
    const now = this.#environment.now();
    this.#firstAt ??= now;
    this.#lastAt = now;
    // A broker may have kept one of a former run.
    this.#lastId = Math.max(this.#lastId + 1, now);
    const id = String(this.#lastId);
    this.#open.set(id, now);
    if (this.#open.size > MAX_OPEN) this.#open.delete(this.#open.keys().next().value!);
    this.#publish(this.#topic, JSON.stringify({ id })).catch(() => {
      // It does not come back, and that is what is asked.
    });
  }

  /** To be called when the way to the broker is lost. */
  lost(): void {
    this.#open.clear();
    this.#firstAt = undefined;
  }

  /** Takes a message that was heard; false where it is none of these. */
  heard({ topic, payload, isRetained }: HeardMessage): boolean {
    if (topic !== this.#topic) return false;
    const id = /^\{"id":"(\d{1,15})"\}$/.exec(payload.toString('latin1'))?.[1] ?? '';
    const at = isRetained ? undefined : this.#open.get(id);
    if (at === undefined) return true;
    this.#open.delete(id);
    this.#hasReturned = true;
    this.#heardUntil = Math.max(at, this.#heardUntil);
    return true;
  }
}
