import { connect as connectTcp, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { type IConnackPacket, type IPublishPacket, MqttClient } from 'mqtt';
import mqttPacket from 'mqtt-packet';
import type { CloudEnvironment } from '../environment.js';

/** For TCP, TLS and CONNACK together, and for SUBACK, ms: by default. */
const ANSWER_WITHIN_MS = 5_000;
/** A broker that is silent is noticed after one and a half of it, s. */
const KEEP_ALIVE_S = 10;
/** Messages that were heard and are not judged; beyond it no more are read. */
const MAX_UNJUDGED = 256;
/** Own messages that the broker has not acknowledged; beyond it there is no way. */
const MAX_UNACKNOWLEDGED = 8_192;
/** Own bytes that the broker has not read; beyond it there is no way. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;
const PORTS = { 'mqtt:': 1883, 'mqtts:': 8883 } as const;
/** MQTT 3.1.1, 3.2.2.3: bad user name or password, not authorized; 3.9.3: a filter is refused. */
const REFUSALS: readonly unknown[] = [2, 4, 5];
/** MQTT.js leaves out PUBACK for a message whose handler failed, and goes on with the next. */
const ACKNOWLEDGED_LATER = new Error('acknowledged later');

export interface HeardMessage {
  readonly topic: string;
  readonly payload: Buffer;
  /** It is a copy that the broker kept, not said now. */
  readonly isRetained: boolean;
}

export interface BrokerSessionOptions {
  /** `mqtt://host:port` or `mqtts://host:port`. */
  readonly url: string;
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM. */
  readonly ca?: string | undefined;
  readonly filters: readonly string[];
  /** Neither the broker's session for this client id goes on with it, nor is there one afterwards. */
  readonly isClean?: boolean | undefined;
  /** Instead of 5 s: for TCP, TLS and CONNACK together, and for SUBACK, ms. */
  readonly answerWithinMs?: number | undefined;
  /** Gives it up while it is being opened. */
  readonly signal?: AbortSignal | undefined;
  /** Whether this process has subscribed in the broker's session for this client id, where the broker still has it. */
  readonly hasSubscribed: boolean;
  /** Called where the broker has no session for this client id, or has it no more: what was said meanwhile nobody will hear. */
  readonly onNewSession: () => void;
  readonly environment: CloudEnvironment;
  /** `done` is called once the message is stored, and not a second time. */
  readonly onMessage: (message: HeardMessage, done: () => void) => void;
  /** Called once, after it was opened. */
  readonly onClosed: (why: string) => void;
}

/** A broker that said no: trying again will not help. */
export class BrokerRefusal extends Error {}

/**
 * One connection to a broker with a persistent session (MQTT 3.1.1, 3.1.2.4): what is heard is acknowledged in the order it came,
 * each message when it is stored. What it has not sent when it ends is not sent by the next one, which would be too late for a command.
 */
export class BrokerSession {
  readonly #options: BrokerSessionOptions;
  readonly #client: MqttClient;
  /** Heard at QoS 1, in order, and whether each is stored. */
  readonly #unacknowledged: { readonly id: number; isStored: boolean }[] = [];
  readonly #publishing = new Set<(error: Error) => void>();
  #unjudged = 0;
  #resume: (() => void) | undefined;
  #isOpen = false;
  #isClosed = false;
  #why = 'the broker has closed the connection';

  private constructor(options: BrokerSessionOptions) {
    this.#options = options;
    const { clientId, username, password, isClean = false, answerWithinMs = ANSWER_WITHIN_MS } = options;
    this.#client = new MqttClient(() => this.#openStream(), {
      protocolVersion: 4,
      clean: isClean,
      clientId,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      keepalive: KEEP_ALIVE_S,
      connectTimeout: answerWithinMs,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
    });
    this.#client.handleMessage = (packet, done) => this.#heard(packet, done);
    this.#client.on('error', (error) => {
      this.#why = error.message;
    });
    this.#client.on('close', () => this.#closed());
  }

  /** Resolves when the broker has taken the login and the subscriptions. @throws BrokerRefusal; Error where it cannot be reached */
  static async open(options: BrokerSessionOptions): Promise<BrokerSession> {
    const { signal } = options;
    signal?.throwIfAborted();
    const session = new BrokerSession(options);
    const giveUp = () => {
      session.#why = 'it did not answer in time';
      session.close();
    };
    signal?.addEventListener('abort', giveUp);
    try {
      await session.#connect();
      signal?.throwIfAborted();
      session.#isOpen = true;
      return session;
    } catch (error) {
      session.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  get url(): string {
    return this.#options.url;
  }

  /** Resolves with PUBACK at QoS 1, and when it is handed to the socket at QoS 0; rejects where neither comes on this connection. */
  publish(topic: string, payload: string, how: { readonly qos: 0 | 1; readonly retain: boolean }): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed || !this.#hasRoom()) {
        reject(new Error('the broker does not read'));
        return;
      }
      this.#publishing.add(reject);
      this.#client.publish(topic, payload, how, (error) => {
        this.#publishing.delete(reject);
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Ends it as a loss of the connection would; what was heard and not acknowledged comes again with the next session. */
  close(): void {
    this.#isOpen = false;
    this.#client.end(true);
    this.#closed();
  }

  /** Ends it by DISCONNECT (MQTT 3.1.1, 3.14), which no broker takes for a loss. */
  leave(): void {
    if (!this.#isClosed) mqttPacket.writeToStream({ cmd: 'disconnect' }, this.#client.stream as never);
    this.close();
  }

  async #connect(): Promise<void> {
    const { sessionPresent } = await this.#answered<IConnackPacket>((resolve, reject) => {
      this.#client.once('connect', resolve);
      this.#client.once('error', (error: Error & { code?: unknown }) =>
        reject(REFUSALS.includes(error.code) ? new BrokerRefusal(error.message) : error),
      );
      this.#client.once('close', () => reject(new Error(this.#why)));
    });
    const { filters, hasSubscribed, onNewSession } = this.#options;
    if (!sessionPresent) onNewSession();
    // To subscribe again has a broker send all that it retains again.
    if ((sessionPresent && hasSubscribed) || filters.length === 0) return;
    await this.#answered<void>((resolve, reject) => {
      this.#client.once('close', () => reject(new Error(this.#why)));
      this.#client.subscribe([...filters], { qos: 1 }, (error, granted = []) => {
        const refused = granted.find(({ qos }) => qos >= 128)?.topic;
        if (refused !== undefined) reject(new BrokerRefusal(`it may not subscribe to ${refused}`));
        else if (error)
          reject(new BrokerRefusal(`it may not subscribe to ${filters[0]} and its like (${error.message})`));
        else resolve();
      });
    });
  }

  #answered<T>(ask: (resolve: (value: T) => void, reject: (error: Error) => void) => void): Promise<T> {
    const { environment, answerWithinMs = ANSWER_WITHIN_MS } = this.#options;
    return new Promise((resolve, reject) => {
      const cancel = environment.setTimer(
        () => reject(new Error(`no answer in ${answerWithinMs / 1000} s`)),
        answerWithinMs,
      );
      ask(
        (value) => {
          cancel();
          resolve(value);
        },
        (error) => {
          cancel();
          reject(error);
        },
      );
    });
  }

  #openStream(): Duplex {
    const { url, ca } = this.#options;
    const { protocol, hostname, port: named } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const port = Number(named) || PORTS[protocol as keyof typeof PORTS];
    if (protocol !== 'mqtts:') return connectTcp({ host, port, noDelay: true, keepAlive: true });
    const secured = connectTls({
      host,
      port,
      ...(isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca }),
    });
    return secured.setNoDelay(true).setKeepAlive(true);
  }

  #hasRoom(): boolean {
    const { stream } = this.#client;
    return this.#publishing.size < MAX_UNACKNOWLEDGED && stream.writableLength < MAX_UNREAD_BYTES;
  }

  #heard(packet: IPublishPacket, done: (error?: Error) => void): void {
    const { topic, payload, retain, qos, messageId } = packet;
    const message = {
      topic: topic.toString(),
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      isRetained: retain,
    };
    const entry = qos > 0 ? { id: messageId!, isStored: false } : undefined;
    if (entry) this.#unacknowledged.push(entry);
    this.#unjudged += 1;
    const goOn = () => done(entry && ACKNOWLEDGED_LATER);
    this.#options.onMessage(message, () => {
      this.#unjudged -= 1;
      if (entry) {
        entry.isStored = true;
        this.#acknowledge();
      }
      const resume = this.#resume;
      this.#resume = undefined;
      resume?.();
    });
    // Not before: what comes next is handed on while this call lasts.
    if (this.#unjudged < MAX_UNJUDGED) goOn();
    else this.#resume = goOn;
  }

  /** PUBACKs go out in the order in which the messages came [MQTT-4.6.0-2]. */
  #acknowledge(): void {
    while (this.#unacknowledged[0]?.isStored) {
      const { id } = this.#unacknowledged.shift()!;
      if (!this.#isClosed) mqttPacket.writeToStream({ cmd: 'puback', messageId: id }, this.#client.stream as never);
    }
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#client.end(true);
    const error = new Error(this.#why);
    for (const reject of this.#publishing) reject(error);
    this.#publishing.clear();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#options.onClosed(this.#why);
  }
}
