import type { Activation } from '../core/activation-answer.js';
import type { SessionLoss } from '../core/backoff.js';
import type { Product } from '../core/product.js';
import { MqttClient, type MqttEnd } from '../mqtt/client.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import type { Outbox, Uplink } from './outbox.js';

/** A QoS 1 farewell is given this long to be acknowledged, ms. */
const FAREWELL_MS = 1_000;

/** What the session asks for the property post that is due. */
export interface PostSource {
  readonly due: boolean;
  build(): string;
  sent(): void;
}

export interface SessionOptions {
  readonly host: Host;
  readonly product: Product;
  readonly activation: Activation;
  readonly outbox: Outbox;
  readonly posts: PostSource;
  /** Reused from session to session. */
  readonly sendBuffer: Uint8Array;
  /** Subscribed, and `online` has been published. */
  onOnline(): void;
  /** A message on the property set topic; the bytes are good until the call returns, and it is acknowledged after that. */
  onCommand(bytes: Uint8Array, start: number, end: number, retained: boolean): void;
  /** A message was too large and was passed over. */
  onSkipped(bytes: number): void;
  /** A message of the board's own was larger than the send buffer and was dropped. */
  onDropped(characters: number): void;
  /** The session is over or never began. Never called after `close()`. */
  onLost(loss: SessionLoss): void;
}

/**
 * One MQTT session of an activated board: connects with the `offline` will, subscribes to the property set topic, publishes
 * `online` once that is acknowledged, then sends what is in the outbox and the property posts that fall due.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #client: MqttClient;
  readonly #topics: {
    readonly propertyPost: Uint8Array;
    readonly propertySetReply: Uint8Array;
    readonly status: Uint8Array;
  };
  #online = false;
  #farewell: TimerHandle | undefined;

  constructor(options: SessionOptions) {
    const { host, product, activation } = options;
    const { mqtt, topics } = activation;
    this.#options = options;
    this.#topics = {
      propertyPost: bytesOf(host, topics.propertyPost),
      propertySetReply: bytesOf(host, topics.propertySetReply ?? topics.propertyPost),
      status: bytesOf(host, topics.status),
    };
    this.#client = new MqttClient({
      network: host.network,
      timer: host.timer,
      text: host.text,
      host: mqtt.host,
      port: mqtt.port,
      connect: {
        clientId: mqtt.clientId,
        username: mqtt.username,
        password: mqtt.password,
        keepAliveS: mqtt.keepAlive,
        // Its time is that of the connect, so that it cannot pass for newer than a later session's `online`.
        will: { topic: topics.status, payload: statusMessage('offline', host.clock.nowMs()) },
      },
      subscriptions: [bytesOf(host, topics.propertySet)],
      maxMessageBytes: product.session.maxMessageBytes,
      pingTimeoutMs: product.session.pingTimeoutS * 1_000,
      sendBuffer: options.sendBuffer,
      onReady: () => this.#onReady(),
      onMessage: (_subscription, retained, bytes, start, end) => options.onCommand(bytes, start, end, retained),
      onSkipped: (bytes) => options.onSkipped(bytes),
      onDrained: () => this.pump(),
      onEnded: (end) => this.#onEnded(end),
    });
  }

  /** Sends what can be sent: answers first, in their order, then the property post that is due. */
  pump(): void {
    if (!this.#online || this.#farewell !== undefined) return;
    const { outbox, posts } = this.#options;
    for (let waiting = outbox.peek(); waiting !== undefined; waiting = outbox.peek()) {
      if (!this.#publish(waiting.uplink, waiting.payload)) return;
      outbox.shift();
    }
    if (posts.due && this.#publish('propertyPost', posts.build())) posts.sent();
  }

  /** Ends the session cleanly: publishes `offline`, waits a moment for its acknowledgement, disconnects, then calls back. */
  leave(onLeft: () => void): void {
    const { timer, clock } = this.#options.host;
    const finish = (said: boolean): void => {
      if (this.#farewell === undefined) return;
      if (said) this.#client.disconnect();
      this.close();
      onLeft();
    };
    // Where `offline` cannot be said in time, the will says it: then the connection is dropped without a DISCONNECT.
    this.#farewell = timer.set(() => finish(false), this.#online ? FAREWELL_MS : 0);
    if (!this.#online) return;
    if (this.#client.publish(this.#topics.status, statusMessage('offline', clock.nowMs()), true) < 0) return;
    this.#client.whenAcknowledged(() => finish(true));
  }

  /** Ends the session at once and silently. May be called twice. */
  close(): void {
    this.#online = false;
    this.#options.host.timer.clear(this.#farewell);
    this.#farewell = undefined;
    this.#options.outbox.clear();
    this.#client.close();
  }

  #publish(uplink: Uplink, payload: string): boolean {
    try {
      return this.#client.publish(this.#topics[uplink], payload, false) >= 0;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // It will never fit: one message is lost, not the board.
      this.#options.onDropped(payload.length);
      return true;
    }
  }

  #onReady(): void {
    this.#client.publish(this.#topics.status, statusMessage('online', this.#options.host.clock.nowMs()), true);
    this.#online = true;
    this.#options.onOnline();
    this.pump();
  }

  #onEnded(end: MqttEnd): void {
    this.#online = false;
    this.#options.outbox.clear();
    // A connection that drops during the farewell is as good as closed: the timer set there calls back.
    if (this.#farewell === undefined) this.#options.onLost(end);
  }
}

/** A message of the status topic (API reference, 5.4). */
function statusMessage(status: 'online' | 'offline', time: number): string {
  return `{"status":"${status}","time":${time}}`;
}

function bytesOf(host: Host, topic: string): Uint8Array {
  const bytes = new Uint8Array(topic.length);
  host.text.encode(topic, bytes, 0);
  return bytes;
}
