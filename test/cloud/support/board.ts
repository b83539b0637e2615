import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Activation } from './fixture.js';

export interface Message {
  readonly topic: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read messages of every shape
  readonly payload: any;
  readonly qos: number;
  readonly retain: boolean;
}

export interface BoardOptions {
  readonly will?: { readonly topic: string; readonly payload: string } | undefined;
  readonly username?: string;
  readonly password?: string;
  readonly clientId?: string;
  readonly clean?: boolean;
  /** `time` of its `online`. */
  readonly time?: number;
  /** Whom it trusts, and what it shows. */
  readonly tls?: {
    readonly ca: string;
    readonly cert?: string;
    readonly key?: string;
    readonly rejectUnauthorized?: boolean;
  };
}

/** An independent MQTT client (mqtt.js) that plays a board. */
export class TestBoard {
  readonly client: MqttClient;
  readonly received: Message[] = [];
  readonly #waiting: ((message: Message) => void)[] = [];

  constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (topic, payload, packet) => {
      const message = {
        topic,
        payload: JSON.parse(payload.toString()) as unknown,
        qos: packet.qos,
        retain: packet.retain,
      };
      const waiting = this.#waiting.shift();
      if (waiting) waiting(message);
      else this.received.push(message);
    });
    client.on('error', () => {});
  }

  /** The next message, in order. */
  next(): Promise<Message> {
    const message = this.received.shift();
    if (message) return Promise.resolve(message);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  subscribe(topic: string, qos: 0 | 1 = 1): Promise<unknown> {
    return this.client.subscribeAsync(topic, { qos });
  }

  /** Publishes; resolves with PUBACK (QoS 1). */
  say(topic: string, payload: unknown, options: { retain?: boolean; qos?: 0 | 1 } = {}): Promise<unknown> {
    const text = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    return this.client.publishAsync(topic, text, { qos: options.qos ?? 1, retain: options.retain ?? false });
  }

  /** The connection is gone, without DISCONNECT. */
  cut(): Promise<void> {
    return new Promise((resolve) => {
      this.client.once('close', () => resolve());
      this.client.stream.destroy();
    });
  }

  closed(): Promise<void> {
    return new Promise((resolve) => this.client.once('close', () => resolve()));
  }

  async end(): Promise<void> {
    await this.client.endAsync(true);
  }
}

/** Connects, or rejects with the CONNACK code in `code`. */
export async function connectBoard(
  url: string,
  activation: Activation,
  options: BoardOptions = {},
): Promise<TestBoard> {
  const { mqtt: credentials } = activation;
  const settings: IClientOptions = {
    username: options.username ?? credentials.username,
    password: options.password ?? credentials.password,
    clientId: options.clientId ?? credentials.clientId,
    clean: options.clean ?? true,
    reconnectPeriod: 0,
    connectTimeout: 30_000,
    ...options.tls,
    ...(options.will && {
      will: { topic: options.will.topic, payload: Buffer.from(options.will.payload), qos: 1, retain: true },
    }),
  };
  const client = mqtt.connect(url, settings);
  const board = new TestBoard(client);
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed')));
  });
  return board;
}
