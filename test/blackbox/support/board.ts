import { Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { Inbox } from './inbox.js';

export interface Message {
  readonly topic: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read messages of every shape
  readonly payload: any;
  readonly qos: number;
  readonly retain: boolean;
}

export interface BoardOptions {
  readonly url?: string;
  readonly username?: string;
  readonly password?: string;
  readonly clientId?: string;
  readonly protocolVersion?: 4 | 5;
  readonly clean?: boolean;
  readonly will?: { readonly topic: string; readonly payload: unknown };
}

interface Credentials {
  readonly mqtt: { readonly username: string; readonly password: string; readonly clientId: string };
}

/** A board as far as the cloud can tell: mqtt.js with its credentials. */
export class Board {
  readonly client: MqttClient;
  readonly inbox = new Inbox<Message>();
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;

  private constructor(client: MqttClient) {
    this.client = client;
    client.on('message', (topic, payload, { qos, retain }) => {
      this.inbox.put({ topic, payload: parsed(payload.toString()), qos, retain });
    });
    client.on('error', () => {});
    this.closed = new Promise((resolve) => client.once('close', () => resolve()));
  }

  static async connect(url: string, credentials: Credentials, options: BoardOptions = {}): Promise<Board> {
    const { username, password, clientId } = { ...credentials.mqtt, ...options };
    const settings: IClientOptions = {
      username,
      password,
      clientId,
      protocolVersion: options.protocolVersion ?? 4,
      clean: options.clean ?? true,
      reconnectPeriod: 0,
      connectTimeout: 30_000,
      ...(options.will && {
        will: {
          topic: options.will.topic,
          payload: Buffer.from(JSON.stringify(options.will.payload)),
          qos: 1,
          retain: true,
        },
      }),
    };
    const client = mqtt.connect(url, settings);
    const board = new Board(client);
    // Else a small packet waits for the acknowledgement of the one before, 40 ms each time.
    if (client.stream instanceof Socket) client.stream.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      client.once('connect', () => resolve());
      client.once('error', reject);
      client.once('close', () => reject(new Error('closed')));
    });
    return board;
  }

  next(fits?: (message: Message) => boolean): Promise<Message> {
    return this.inbox.next(fits);
  }

  /** The next message of a topic. */
  on(topic: string | undefined): Promise<Message> {
    return this.next((message) => message.topic === topic);
  }

  /** Resolves with the granted QoS, or 128 where the filter is refused (MQTT 3.1.1, 3.9.3). */
  async subscribe(...filters: string[]): Promise<number[]> {
    return new Promise((resolve, reject) => {
      this.client.subscribe(filters, { qos: 1 }, (error, _asked, suback) => {
        // mqtt.js calls a refused filter an error too; the packet says which.
        if (suback) resolve(suback.granted as number[]);
        else reject(error);
      });
    });
  }

  /** Publishes at QoS 1 unless told otherwise; resolves when it is acknowledged. */
  say(
    topic: string | undefined,
    payload: unknown,
    options: { readonly retain?: boolean; readonly qos?: 0 | 1 | 2 } = {},
  ): Promise<unknown> {
    const text = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload);
    return this.client.publishAsync(topic!, text, { qos: options.qos ?? 1, retain: options.retain ?? false });
  }

  /** Everything that the cloud had sent before has arrived: it answers a connection in order. */
  async settled(): Promise<void> {
    await this.client.unsubscribeAsync('nothing');
  }

  /** The connection is gone without a DISCONNECT: power cut, or no more radio. */
  async cut(): Promise<void> {
    this.client.stream.destroy();
    await this.closed;
  }

  /** A clean end, with DISCONNECT. */
  async disconnect(): Promise<void> {
    await this.client.endAsync();
  }

  async end(): Promise<void> {
    await this.client.endAsync(true);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
