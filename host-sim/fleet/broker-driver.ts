import { parseJsonObject } from '../../src/core/json-guard.js';
import { topicRoot } from '../cloud/domain/topics.js';
import type { Driver, DriverEvents } from './driver.js';
import { type BrokerTarget, PacketClient } from './packet-client.js';

export type { BrokerTarget } from './packet-client.js';

const POST = 'thing/event/property/post';
const SET = 'thing/service/property/set';
const SET_METHOD = 'thing.service.property.set';

/** A plain MQTT client at the broker: sets at QoS 1, and hears all posts of the product at QoS 1. */
export class BrokerDriver implements Driver {
  readonly #client: PacketClient;
  readonly #productKey: string;
  #nextId = Date.now() * 1_000;

  /** Resolves once it hears posts. @throws {Error} where the broker cannot be reached, or refuses */
  static async open(target: BrokerTarget, productKey: string, events: DriverEvents): Promise<BrokerDriver> {
    const client = await PacketClient.open(target, topicRoot(productKey, '+') + POST, {
      onMessage: (topic, payload) => {
        const message = parseJsonObject(payload.toString());
        if (message !== undefined) events.onPost(topic.split('/', 4)[3]!, message);
      },
      onLost: () => events.onLost('the broker has ended its connection'),
    });
    return new BrokerDriver(client, productKey);
  }

  private constructor(client: PacketClient, productKey: string) {
    this.#client = client;
    this.#productKey = productKey;
  }

  set(_key: number, deviceId: string, params: Readonly<Record<string, unknown>>): void {
    const message = { method: SET_METHOD, id: String(this.#nextId++), params, time: Date.now() };
    this.#client.publish(topicRoot(this.#productKey, deviceId) + SET, JSON.stringify(message));
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}
