import type { DeviceStore } from '../store/device-store.js';
import type { BoardGateway } from './board-gateway.js';
import { boardTopics, ownFilter, publication, topicRoot } from './topics.js';

export interface HookResult {
  readonly result: 'allow' | 'deny';
}

/** What an external MQTT broker asks about a client that has shown its password. */
export interface AclQuestion {
  readonly username: string;
  readonly clientId: string;
  readonly topic: string;
  readonly action: 'publish' | 'subscribe';
}

/** The rules of the own broker, for an external one that asks over HTTP (as the origin's does). */
export class BrokerHooks {
  readonly #gateway: BoardGateway;
  readonly #devices: DeviceStore;

  constructor(options: { gateway: BoardGateway; devices: DeviceStore }) {
    this.#gateway = options.gateway;
    this.#devices = options.devices;
  }

  authenticate(username: string, password: string, clientId: string): HookResult {
    return result(!('word' in this.#gateway.authenticate(username, Buffer.from(password), clientId)));
  }

  /** A board may publish on its own served topics, and subscribe below its own root. */
  authorize({ username, clientId, topic, action }: AclQuestion): HookResult {
    const [productKey = '', deviceId = ''] = username.split('&', 2);
    const row = this.#devices.byId(deviceId);
    const welcome =
      row?.product_key === productKey &&
      username === `${productKey}&${deviceId}` &&
      clientId === username &&
      row.disabled === 0 &&
      row.product_status === 1;
    if (!welcome) return result(false);
    return result(
      action === 'publish'
        ? publication(boardTopics(productKey, deviceId), topic) !== undefined
        : ownFilter(topicRoot(productKey, deviceId), topic),
    );
  }
}

function result(allowed: boolean): HookResult {
  return { result: allowed ? 'allow' : 'deny' };
}
