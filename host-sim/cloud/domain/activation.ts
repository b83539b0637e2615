import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { EventHub } from '../events.js';
import type { DeviceStore } from '../store/device-store.js';
import type { ProductStore } from '../store/product-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import { hashSecret, randomId } from './secrets.js';
import type { Sessions } from './sessions.js';
import { type BoardTopics, boardTopics } from './topics.js';

/** Keep alive that boards are told, s (API reference, 4.1). */
const KEEP_ALIVE_S = 60;
/** Tries to find a device id that is not taken. */
const ID_TRIES = 8;

/** API reference, 4.1. */
export interface ActivationRequest {
  readonly productKey: string;
  readonly deviceSN: string;
  readonly firmwareVersion?: string | undefined;
  readonly chipModel?: string | undefined;
}

/** API reference, 4.1; `extensions`, and all `topics` but the first three, are extensions. */
export interface ActivationAnswer {
  readonly deviceId: string;
  readonly deviceSecret: string;
  readonly mqtt: {
    readonly server: string;
    readonly port: number;
    readonly portTLS: number;
    readonly username: string;
    readonly password: string;
    readonly clientId: string;
    readonly keepAlive: number;
  };
  readonly topics: BoardTopics;
  readonly extensions: { readonly reconnectSpread: number };
}

/** Where boards find the broker. */
export interface BrokerAddress {
  /** Host name or address; the one that the caller of the API used where this is undefined. */
  readonly publicHost?: string | undefined;
  readonly port: number;
  readonly portTLS: number;
  /** Seconds over which boards spread their first reconnect. */
  readonly reconnectSpreadS: number;
}

/** Makes devices of boards, and gives them credentials (API reference, 4.1). */
export class ActivationService {
  readonly #devices: DeviceStore;
  readonly #products: ProductStore;
  readonly #sessions: Sessions;
  readonly #writes: WriteBatch;
  readonly #environment: CloudEnvironment;
  readonly #events: EventHub;

  constructor(options: {
    devices: DeviceStore;
    products: ProductStore;
    sessions: Sessions;
    writes: WriteBatch;
    environment: CloudEnvironment;
    events: EventHub;
  }) {
    this.#devices = options.devices;
    this.#products = options.products;
    this.#sessions = options.sessions;
    this.#writes = options.writes;
    this.#environment = options.environment;
    this.#events = options.events;
  }

  /**
   * Activates a board. The same product and serial number give the same device with fresh credentials, and the old ones
   * stop working; but not while the device has a session, because a serial number alone proves nothing.
   * @param callerHost the host name by which the caller reached the API
   * @throws CloudError `invalid_product_key`, `product_disabled`, `device_disabled`, `device_in_use`
   */
  activate(request: ActivationRequest, broker: BrokerAddress, callerHost: string): ActivationAnswer {
    this.#writes.flush();
    const { productKey, deviceSN } = request;
    const product = this.#products.byKey(productKey);
    if (!product) throw new CloudError('invalid_product_key');
    if (product.status === 0) throw new CloudError('product_disabled');
    const known = this.#devices.bySerial(product.product_id, deviceSN);
    if (known?.disabled === 1) throw new CloudError('device_disabled');
    if (known && this.#sessions.get(known.device_id)) {
      throw new CloudError(
        'device_in_use',
        'the device has a live session; it can be activated again when that has ended',
      );
    }

    const deviceSecret = randomId(this.#environment, 'sk_', 32);
    const password = randomId(this.#environment, 'tk_', 32);
    const at = this.#environment.now();
    const fields = {
      firmwareVersion: request.firmwareVersion ?? known?.firmware_version ?? '',
      chipModel: request.chipModel ?? known?.chip_model ?? '',
      secretHash: hashSecret(deviceSecret),
      passwordHash: hashSecret(password),
      at,
    };
    let deviceId: string;
    if (known) {
      deviceId = known.device_id;
      this.#devices.reactivate(known.seq, fields);
    } else {
      const name = `${product.name} ${deviceSN.slice(-4)}`;
      deviceId = this.#insert({ ...fields, productId: product.product_id, deviceSN, name });
    }
    this.#events.emit('deviceActivated', { deviceId, productKey, deviceSN, again: known?.activated_at != null, at });

    const userName = `${productKey}&${deviceId}`;
    return {
      deviceId,
      deviceSecret,
      mqtt: {
        server: broker.publicHost ?? callerHost,
        port: broker.port,
        portTLS: broker.portTLS,
        username: userName,
        password,
        clientId: userName,
        keepAlive: KEEP_ALIVE_S,
      },
      topics: boardTopics(productKey, deviceId),
      extensions: { reconnectSpread: broker.reconnectSpreadS },
    };
  }

  #insert(device: Omit<Parameters<DeviceStore['insert']>[0], 'deviceId'>): string {
    for (let tries = 0; tries < ID_TRIES; tries += 1) {
      const deviceId = randomId(this.#environment, 'dev_', 8);
      if (this.#devices.insert({ ...device, deviceId })) return deviceId;
    }
    throw new Error('no free device id found');
  }
}
