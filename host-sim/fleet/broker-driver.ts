import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { parseJsonObject } from '../../src/core/json-guard.js';
import { topicRoot } from '../cloud/domain/topics.js';
import type { Driver, DriverEvents } from './driver.js';

/** A broker as its clients reach it. */
export interface BrokerTarget {
  /** `mqtt://host:port`, without user and password. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
}

const CONNECT_MS = 10_000;
const POST = 'thing/event/property/post';
const SET = 'thing/service/property/set';
const SET_METHOD = 'thing.service.property.set';

/** A plain MQTT client at the broker: sets at QoS 1, and hears all posts of the product at QoS 1. */
export class BrokerDriver implements Driver {
  readonly #client: MqttClient;
  readonly #productKey: string;
  readonly #events: DriverEvents;
  #nextId = Date.now() * 1_000;
  #closed = false;

  /** Resolves once it hears posts. @throws {Error} where the broker cannot be reached, or refuses */
  static async open(target: BrokerTarget, productKey: string, events: DriverEvents): Promise<BrokerDriver> {
    const { url, username, password } = target;
    const client = await connectAsync(
      url,
      {
        protocolVersion: 4,
        clientId: `smartlink-fleet-${randomUUID()}`,
        connectTimeout: CONNECT_MS,
        reconnectPeriod: 0,
        ...(username !== undefined && { username }),
        ...(password !== undefined && { password }),
      },
      false,
    );
    (client.stream as unknown as Socket).setNoDelay(true);
    const driver = new BrokerDriver(client, productKey, events);
    await client.subscribeAsync(topicRoot(productKey, '+') + POST, { qos: 1 });
    return driver;
  }

  private constructor(client: MqttClient, productKey: string, events: DriverEvents) {
    this.#client = client;
    this.#productKey = productKey;
    this.#events = events;
    client.on('message', (topic, payload, { retain }) => {
      if (retain) return;
      const message = parseJsonObject(payload.toString());
      if (message !== undefined) events.onPost(topic.split('/', 4)[3]!, message);
    });
    client.on('error', () => {});
    client.on('close', () => {
      if (!this.#closed) events.onLost('the broker has ended its connection');
    });
  }

  set(key: number, deviceId: string, params: Readonly<Record<string, unknown>>): void {
    const message = { method: SET_METHOD, id: String(this.#nextId++), params, time: Date.now() };
    const topic = topicRoot(this.#productKey, deviceId) + SET;
    this.#client.publish(topic, JSON.stringify(message), { qos: 1 }, (error) => {
      if (error && !this.#closed) this.#events.onRefused(key, error.message);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#client.endAsync(true);
  }
}
