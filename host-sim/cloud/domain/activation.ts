import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { EventHub, Logger } from '../events.js';
import type { CounterStore } from '../store/counter-store.js';
import type { DeviceRow, DeviceStore, NewDevice } from '../store/device-store.js';
import { isTaken } from '../store/is-taken.js';
import type { ProductRow, ProductStore } from '../store/product-store.js';
import { DEFAULT_PROJECT } from '../store/project-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import type { Binding, BindTokenService } from './bind-tokens.js';
import { productSecret } from './products.js';
import { hashSecret, randomId, type SealBox } from './secrets.js';
import type { Sessions } from './sessions.js';
import { provenCounter, type SignableRequest } from './signed-activation.js';
import { type BoardTopics, boardTopics } from './topics.js';

/** Keep alive that boards are told, s (API reference, 4.1). */
const KEEP_ALIVE_S = 60;
/** Tries to find a device id that is not taken. */
const ID_TRIES = 8;

/** API reference, 4.1; `random`, `sign` and `bindToken` are extensions. */
export interface ActivationRequest extends SignableRequest {
  readonly bindToken?: string | undefined;
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
  readonly extensions: {
    /** Seconds. */
    readonly reconnectSpread: number;
    /** MQTT over TLS for who shows a client certificate, to boards that have one. */
    readonly mqttPortMTLS?: number;
  };
}

/** Where boards find the broker. */
export interface BrokerAddress {
  /** Host name or address; the one that the caller of the API used where this is undefined. */
  readonly publicHost?: string | undefined;
  readonly port: number;
  readonly portTLS: number;
  /** Where a board is asked for its client certificate; undefined: nowhere, or it has none that could be taken. */
  portMTLS(deviceId: string): number | undefined;
  /** Seconds over which boards spread their first reconnect. */
  readonly reconnectSpreadS: number;
}

/** How the caller reached the API. */
export interface Caller {
  /** Host name or address, without port. */
  readonly host: string;
  /** Over TLS. */
  readonly isSecure: boolean;
}

/** Makes devices of boards, and gives them credentials (API reference, 4.1). */
export class ActivationService {
  readonly #devices: DeviceStore;
  readonly #products: ProductStore;
  readonly #counters: CounterStore;
  readonly #bindTokens: BindTokenService;
  readonly #box: SealBox;
  readonly #sessions: Sessions;
  readonly #writes: WriteBatch;
  readonly #transaction: (work: () => void) => void;
  readonly #environment: CloudEnvironment;
  readonly #events: EventHub;
  readonly #log: Logger;

  constructor(options: {
    devices: DeviceStore;
    products: ProductStore;
    counters: CounterStore;
    bindTokens: BindTokenService;
    box: SealBox;
    sessions: Sessions;
    writes: WriteBatch;
    /** Commits what the work writes, all or nothing. */
    transaction: (work: () => void) => void;
    environment: CloudEnvironment;
    events: EventHub;
    log: Logger;
  }) {
    this.#devices = options.devices;
    this.#products = options.products;
    this.#counters = options.counters;
    this.#bindTokens = options.bindTokens;
    this.#box = options.box;
    this.#sessions = options.sessions;
    this.#writes = options.writes;
    this.#transaction = options.transaction;
    this.#environment = options.environment;
    this.#events = options.events;
    this.#log = options.log;
  }

  /**
   * Activates a board. The same product and serial number give the same device with fresh credentials, and the old ones
   * stop working; but not while the device has a session, because a serial number alone proves nothing. A signed request
   * proves what it is: it ends the session.
   * @param caller where he will be told to fetch files, too
   * @throws CloudError `invalid_product_key`, `product_disabled`, `device_disabled`, `device_in_use`;
   *   `forbidden`: a signature is required; those of {@link BindTokenService.redeem}
   */
  activate(request: ActivationRequest, broker: BrokerAddress, caller: Caller): ActivationAnswer {
    this.#writes.flush();
    const { productKey, deviceSN } = request;
    const product = this.#products.byKey(productKey);
    if (!product || product.status === 0) {
      const word = product ? 'product_disabled' : 'invalid_product_key';
      this.#log.warn('activation_refused', { word, productKey, deviceSN });
      throw new CloudError(word);
    }
    const counter = product.activation_mode === 'signed' ? this.#proven(product, request) : undefined;
    const known = this.#devices.bySerial(product.product_id, deviceSN);
    if (known?.disabled === 1) throw new CloudError('device_disabled');
    const session = known && this.#sessions.get(known.device_id);
    if (session && counter === undefined) {
      throw new CloudError(
        'device_in_use',
        'the device has a live session; it can be activated again when that has ended',
      );
    }
    const binding =
      request.bindToken === undefined
        ? undefined
        : this.#bindTokens.redeem(request.bindToken, known, counter !== undefined);

    const deviceSecret = randomId(this.#environment, 'sk_', 32);
    const password = randomId(this.#environment, 'tk_', 32);
    const at = this.#environment.now();
    const deviceId = this.#store(product, known, binding, counter, {
      deviceSN,
      firmwareVersion: request.firmwareVersion ?? known?.firmware_version ?? '',
      chipModel: request.chipModel ?? known?.chip_model ?? '',
      secretHash: hashSecret(deviceSecret),
      passwordHash: hashSecret(password),
      activatedAt: at,
      apiHost: caller.host,
      apiSecure: caller.isSecure ? 1 : 0,
      at,
    });
    session?.close();
    this.#events.emit('deviceActivated', { deviceId, productKey, deviceSN, again: known?.activated_at != null, at });

    const userName = `${productKey}&${deviceId}`;
    const mqttPortMTLS = broker.portMTLS(deviceId);
    return {
      deviceId,
      deviceSecret,
      mqtt: {
        server: broker.publicHost ?? caller.host,
        port: broker.port,
        portTLS: broker.portTLS,
        username: userName,
        password,
        clientId: userName,
        keepAlive: KEEP_ALIVE_S,
      },
      topics: boardTopics(productKey, deviceId),
      extensions: {
        reconnectSpread: broker.reconnectSpreadS,
        ...(mqttPortMTLS !== undefined && { mqttPortMTLS }),
      },
    };
  }

  /**
   * Registers a device ahead of its first activation.
   * @throws CloudError `invalid_product_key`, `product_disabled`, `device_exists`
   */
  register(request: { productKey: string; deviceSN: string; name?: string | undefined; projectId: string }): string {
    const product = this.#products.byKey(request.productKey);
    if (!product) throw new CloudError('invalid_product_key');
    if (product.status === 0) throw new CloudError('product_disabled');
    if (this.#devices.bySerial(product.product_id, request.deviceSN)) {
      throw deviceExists();
    }
    const device = {
      productId: product.product_id,
      deviceSN: request.deviceSN,
      projectId: request.projectId,
      name: request.name ?? defaultName(product, request.deviceSN),
      firmwareVersion: '',
      chipModel: '',
      secretHash: null,
      passwordHash: null,
      activatedAt: null,
      apiHost: null,
      apiSecure: 0,
      at: this.#environment.now(),
    } as const;
    try {
      return this.#insert(device);
    } catch (error) {
      // Another process was faster.
      throw isTaken(error) ? deviceExists() : error;
    }
  }

  /** What the board of this serial number is, where the cloud knows it. */
  deviceId(productKey: string, deviceSN: string): string | undefined {
    const product = this.#products.byKey(productKey);
    return product && this.#devices.bySerial(product.product_id, deviceSN)?.device_id;
  }

  /** The counter of a signed request. @throws CloudError `forbidden`: not signed with the board's key */
  #proven(product: ProductRow, request: ActivationRequest): string {
    const secret = productSecret(this.#box, product);
    const counter = secret ? provenCounter(secret, request) : undefined;
    if (counter === undefined) {
      throw new CloudError('forbidden', 'this product is activated with random and sign, made with the board key');
    }
    return counter;
  }

  /** Writes an activation, in one commit; the device's id. @throws CloudError `forbidden`: a counter that is not higher */
  #store(
    product: ProductRow,
    known: DeviceRow | undefined,
    binding: Binding | undefined,
    counter: string | undefined,
    fields: Omit<NewDevice, 'deviceId' | 'productId' | 'name' | 'projectId'>,
  ): string {
    const { product_id: productId } = product;
    const projectId = binding?.projectId ?? known?.project_id ?? DEFAULT_PROJECT;
    let deviceId = known?.device_id ?? '';
    const write = () => {
      if (counter !== undefined && !this.#counters.raise(productId, fields.deviceSN, counter)) {
        throw new CloudError('forbidden', 'the counter in random is not higher than the last one');
      }
      if (known) this.#devices.reactivate(known.seq, { ...fields, projectId });
      else deviceId = this.#insert({ ...fields, productId, projectId, name: defaultName(product, fields.deviceSN) });
      binding?.use(known?.seq ?? this.#devices.byId(deviceId)!.seq);
    };
    // A single statement is a transaction of its own, and the cheaper one.
    try {
      if (counter === undefined && binding === undefined) write();
      else this.#transaction(write);
    } catch (error) {
      const now = known || !isTaken(error) ? undefined : this.#devices.bySerial(productId, fields.deviceSN);
      if (!now) throw error;
      // Another process was asked at the same time, and faster: the later one counts.
      return this.#store(product, now, binding, counter, fields);
    }
    return deviceId;
  }

  #insert(device: Omit<NewDevice, 'deviceId'>): string {
    // A board keeps its certificate for life, and it opens nothing but the device that it names.
    const formerId = this.#devices.formerId(device.productId, device.deviceSN);
    if (formerId !== undefined && this.#devices.insert({ ...device, deviceId: formerId })) return formerId;
    for (let tries = 0; tries < ID_TRIES; tries += 1) {
      const deviceId = randomId(this.#environment, 'dev_', 8);
      if (this.#devices.insert({ ...device, deviceId })) return deviceId;
    }
    throw new Error('no free device id found');
  }
}

function deviceExists(): CloudError {
  return new CloudError('device_exists', 'the product has a device of this serial number');
}

function defaultName(product: ProductRow, deviceSN: string): string {
  return `${product.name} ${deviceSN.slice(-4)}`;
}
