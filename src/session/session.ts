import type { Activation, Topics } from '../core/activation-answer.js';
import type { SessionLoss } from '../core/backoff.js';
import type { Product } from '../core/product.js';
import { MqttClient, type MqttEnd } from '../mqtt/client.js';
import type { Security } from '../net/connection.js';
import type { Host } from '../ports/host.js';
import type { TimerHandle } from '../ports/timer.js';
import { type Outbox, outlivesSession, type Uplink, type Waiting } from './outbox.js';

/** A QoS 1 farewell is given this long to be acknowledged, ms. */
const FAREWELL_MS = 1_000;
/** Longest name of a service. */
const MAX_NAME_BYTES = 64;

/** A broker as a board reaches it. */
export interface Broker {
  readonly host: string;
  readonly port: number;
  /** Absent: in the clear. */
  readonly security?: Security | undefined;
}

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
  /** Where its broker is, and how the way there is secured. */
  readonly broker: Broker;
  readonly outbox: Outbox;
  readonly posts: PostSource;
  /** Reused from session to session. */
  readonly sendBuffer: Uint8Array;
  /** Subscribed, and `online` has been published. */
  onOnline(): void;
  /** The time is not known: the cloud is listened to for it, where it tells it. */
  readonly needsTime: boolean;
  /**
   * A property set, or a call of `service`; the bytes are good until the call returns, and it is acknowledged after that.
   */
  onCommand(bytes: Uint8Array, start: number, end: number, retained: boolean, service?: string): void;
  /** The cloud has answered the question for the time. */
  onTime(bytes: Uint8Array, start: number, end: number): void;
  /** The cloud offers another build; likewise. Absent: the board takes none, and does not listen. */
  readonly onUpgrade?: ((bytes: Uint8Array, start: number, end: number) => void) | undefined;
  /** A message was too large and was passed over. */
  onSkipped(bytes: number): void;
  /** A message of the board's own was larger than the send buffer and was dropped. */
  onDropped(characters: number): void;
  /** The session is over or never began. Never called after `close()`. */
  onLost(loss: SessionLoss): void;
}

/**
 * One MQTT session of an activated board: connects with the `offline` will, subscribes to the property set topic and to those
 * that were announced beyond it, publishes `online` once that is acknowledged, then sends what is in the outbox and the property posts that fall due.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #client: MqttClient;
  /** Made once the session is ready: many attempts never are. */
  #topics:
    | { readonly propertyPost: Uint8Array; readonly propertySetReply: Uint8Array; readonly status: Uint8Array }
    | undefined;
  /** What is subscribed to, in the order of the client's list. */
  readonly #downlinks: readonly Downlink[];
  /** What outlives a session and has been published and not been acknowledged, by packet id, oldest first. */
  readonly #unsure = new Map<number, Waiting>();
  #online = false;
  #farewell: TimerHandle | undefined;

  constructor(options: SessionOptions) {
    const { host, product, activation } = options;
    const { mqtt, topics } = activation;
    this.#options = options;
    this.#downlinks = downlinksOf(topics, options.needsTime, options.onUpgrade !== undefined);
    this.#client = new MqttClient({
      network: host.network,
      timer: host.timer,
      text: host.text,
      ...options.broker,
      connect: {
        clientId: mqtt.clientId,
        username: mqtt.username,
        password: mqtt.password,
        keepAliveS: mqtt.keepAlive,
        // Its time is that of the connect, so that it cannot pass for newer than a later session's `online`.
        will: { topic: topics.status, payload: statusMessage('offline', host.clock.nowMs()) },
      },
      subscriptions: this.#downlinks.map((downlink) => topics[downlink]!),
      subscribeQos: activation.subscribeQos ?? 1,
      maxMessageBytes: product.session.maxMessageBytes,
      pingTimeoutMs: product.session.pingTimeoutS * 1_000,
      sendBuffer: options.sendBuffer,
      onReady: () => this.#onReady(),
      onMessage: (subscription, retained, bytes, start, end, topicStart, topicEnd) => {
        if (subscription === 0) options.onCommand(bytes, start, end, retained);
        else this.#onExtension(subscription, retained, bytes, start, end, topicStart, topicEnd);
      },
      onSkipped: (bytes) => options.onSkipped(bytes),
      onAcknowledged: (packetId) => this.#unsure.delete(packetId),
      onDrained: () => this.pump(),
      onEnded: (end) => this.#onEnded(end),
    });
  }

  /** What its cloud has given the board. */
  get activation(): Activation {
    return this.#options.activation;
  }

  /** Whether `online` has been said, and is not over. */
  get isOnline(): boolean {
    return this.#online;
  }

  /** Sends what can be sent: answers first, in their order, then the property post that is due. */
  pump(): void {
    if (!this.#online || this.#farewell !== undefined) return;
    const { outbox, posts } = this.#options;
    for (let waiting = outbox.peek(); waiting !== undefined; waiting = outbox.peek()) {
      const { uplink, payload, name } = waiting;
      const topic = this.#topicOf(uplink, name);
      // What the cloud has announced no topic for is not sent.
      const qos = uplink === 'otaProgress' ? 0 : 1;
      const packetId = topic ? this.#publish(topic, typeof payload === 'string' ? payload : payload(), qos) : 0;
      if (packetId < 0) return;
      outbox.shift();
      if (packetId > 0 && outlivesSession(uplink)) this.#unsure.set(packetId, waiting);
    }
    if (posts.due && this.#publish(this.#topics!.propertyPost, posts.build()) >= 0) posts.sent();
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
    // What comes now would be acted on, and its answer never leave.
    this.#client.refuseMessages();
    if (!this.#online) return;
    if (this.#client.publish(this.#topics!.status, statusMessage('offline', clock.nowMs()), true) < 0) return;
    this.#client.whenAcknowledged(() => finish(true));
  }

  /** Ends the session at once and silently. May be called twice. */
  close(): void {
    this.#online = false;
    this.#options.host.timer.clear(this.#farewell);
    this.#farewell = undefined;
    this.#leaveOutbox();
    this.#client.close();
  }

  /** What belongs to this session goes with it; what outlives it and may not have arrived is sent again in the next one. */
  #leaveOutbox(): void {
    const { outbox } = this.#options;
    outbox.clear();
    outbox.putBack([...this.#unsure.values()]);
    this.#unsure.clear();
  }

  #topicOf(uplink: Uplink, name: string | undefined): Uint8Array | undefined {
    if (uplink === 'propertyPost' || uplink === 'propertySetReply') return this.#topics![uplink];
    const topic = extensionTopic(this.#options.activation.topics, uplink, name);
    return topic === undefined ? undefined : bytesOf(this.#options.host, topic);
  }

  #onExtension(
    subscription: number,
    retained: boolean,
    bytes: Uint8Array,
    start: number,
    end: number,
    topicStart: number,
    topicEnd: number,
  ): void {
    const { host, activation, onCommand, onTime, onUpgrade } = this.#options;
    switch (this.#downlinks[subscription]) {
      case 'propertyGet':
        onCommand(bytes, start, end, retained, 'property.get');
        break;
      case 'ntpResponse':
        onTime(bytes, start, end);
        break;
      case 'otaUpgrade':
        // One that is retained was for another day.
        if (!retained) onUpgrade?.(bytes, start, end);
        break;
      case 'serviceInvoke': {
        const prefix = activation.topics.serviceInvoke!.length - 1;
        const name = readName(host, bytes, topicStart + prefix, topicEnd);
        if (name !== undefined) onCommand(bytes, start, end, retained, name);
        break;
      }
    }
  }

  /** The packet id, 0 at QoS 0; −1: there is no room for it now; 0 also: there never will be. */
  #publish(topic: Uint8Array, payload: string, qos: 0 | 1 = 1): number {
    try {
      return this.#client.publish(topic, payload, false, qos);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // It will never fit: one message is lost, not the board.
      this.#options.onDropped(payload.length);
      return 0;
    }
  }

  #onReady(): void {
    const { host, activation } = this.#options;
    const { propertyPost, propertySetReply = propertyPost, status } = activation.topics;
    this.#topics = {
      propertyPost: bytesOf(host, propertyPost),
      propertySetReply: bytesOf(host, propertySetReply),
      status: bytesOf(host, status),
    };
    this.#client.publish(this.#topics.status, statusMessage('online', host.clock.nowMs()), true);
    this.#online = true;
    this.#options.onOnline();
    this.pump();
  }

  #onEnded(end: MqttEnd): void {
    this.#online = false;
    this.#leaveOutbox();
    // A connection that drops during the farewell is as good as closed: the timer set there calls back.
    if (this.#farewell === undefined) this.#options.onLost(end);
  }
}

/** Topics that a board subscribes to; the first is that of the commands. */
type Downlink = 'propertySet' | 'propertyGet' | 'serviceInvoke' | 'ntpResponse' | 'otaUpgrade';

function downlinksOf(topics: Topics, needsTime: boolean, takesUpdates: boolean): Downlink[] {
  const downlinks: Downlink[] = ['propertySet'];
  if (topics.propertyGet !== undefined) downlinks.push('propertyGet');
  if (topics.serviceInvoke !== undefined) downlinks.push('serviceInvoke');
  if (needsTime && topics.ntpResponse !== undefined) downlinks.push('ntpResponse');
  if (takesUpdates && topics.otaUpgrade !== undefined) downlinks.push('otaUpgrade');
  return downlinks;
}

function extensionTopic(topics: Topics, uplink: Uplink, name = ''): string | undefined {
  switch (uplink) {
    case 'propertyGetReply':
      return topics.propertyGet && `${topics.propertyGet}_reply`;
    case 'serviceReply':
      return topics.serviceInvoke && `${topics.serviceInvoke.slice(0, -1)}${name}_reply`;
    case 'eventPost':
      return topics.eventPost?.replace('+', name);
    case 'logPost':
      return topics.logPost;
    case 'otaInform':
      return topics.otaInform;
    case 'otaProgress':
      return topics.otaProgress;
    default:
      return topics.ntpRequest;
  }
}

/** The name of a service; `undefined` for what is none, as the board's own answers are, which the broker sends back. */
function readName(host: Host, bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end === start || end - start > MAX_NAME_BYTES) return undefined;
  for (let i = start; i < end; i++) if (bytes[i]! < 0x21 || bytes[i]! > 0x7e) return undefined;
  const name = host.text.decode(bytes, start, end);
  return name.endsWith('_reply') ? undefined : name;
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
