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
import type { BoardAccess } from './board-access.js';
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
    /** At which boards subscribe, where that is not 1. */
    readonly subscribeQos?: 0;
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
  /** Commands do not depend on the broker: boards subscribe at QoS 0, for which no broker keeps a queue. */
  readonly isExternal?: boolean;
}

/** How the caller reached the API. */
export interface Caller {
  /** Host name or address, without port. */
  readonly host: string;
  /** Over TLS. */
  readonly isSecure: boolean;
}

interface Credentials {
  readonly deviceId: string;
  readonly deviceSecret: string;
  readonly password: string;
}

/** What is known of a board that may be activated. */
interface Judged {
  readonly product: ProductRow;
  /** Its device, where there is one. */
  readonly known: DeviceRow | undefined;
  readonly binding: Binding | undefined;
  /** Of a signed request. */
  readonly counter: string | undefined;
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
  readonly #boardAccess: BoardAccess | undefined;
  /** Product and serial number of those that a broker is being told of. */
  readonly #underWay = new Set<string>();

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
    /** Of a broker that has to be told who may connect. */
    boardAccess: BoardAccess | undefined;
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
    this.#boardAccess = options.boardAccess;
  }

  /**
   * Activates a board. The same product and serial number give the same device with fresh credentials, and the old ones
   * stop working; but not while the device has a session, because a serial number alone proves nothing. A signed request
   * proves what it is: it ends the session.
   * @param caller where he will be told to fetch files, too
   * @returns a promise only where a broker has to be told first, which also rejects with `broker_unavailable`
   * @throws CloudError `invalid_product_key`, `product_disabled`, `device_disabled`, `device_in_use`;
   *   `forbidden`: a signature is required; those of {@link BindTokenService.redeem}
   */
  activate(
    request: ActivationRequest,
    broker: BrokerAddress,
    caller: Caller,
  ): ActivationAnswer | Promise<ActivationAnswer> {
    const judged = this.#judge(request, { mayInterrupt: false });
    const { product, known } = judged;
    const fresh: Credentials = {
      deviceSecret: randomId(this.#environment, 'sk_', 32),
      password: randomId(this.#environment, 'tk_', 32),
      deviceId: known?.device_id ?? this.#freeId(product.product_id, request.deviceSN),
    };
    const access = this.#boardAccess;
    if (access) {
      return this.#grantFirst(access, request, known, fresh, (again) =>
        this.#carryOut(request, again, fresh, broker, caller),
      );
    }
    try {
      return this.#carryOut(request, judged, fresh, broker, caller);
    } catch (error) {
      if (known || !isTaken(error)) throw error;
      // Another process was asked at the same time, and faster: the later one counts.
      return this.activate(request, broker, caller);
    }
  }

  /**
   * Has the broker take the password before it is stored: until both have it, the former one is nobody's, and no board is told
   * a new one. What held before may have changed meanwhile.
   */
  async #grantFirst(
    access: BoardAccess,
    request: ActivationRequest,
    known: DeviceRow | undefined,
    { deviceId, password }: Credentials,
    carryOut: (judged: Judged) => ActivationAnswer,
  ): Promise<ActivationAnswer> {
    const { productKey, deviceSN } = request;
    const key = `${productKey} ${deviceSN}`;
    if (this.#underWay.has(key)) {
      throw new CloudError('broker_unavailable', 'this device is being activated', { retryAfterS: 1 });
    }
    this.#underWay.add(key);
    try {
      await access.grant({ productKey, deviceId, password });
      try {
        const judged = this.#judge(request, { mayInterrupt: true });
        if (judged.known?.seq !== known?.seq) {
          throw new CloudError('broker_unavailable', 'the device has become another one meanwhile', { retryAfterS: 1 });
        }
        return carryOut(judged);
      } catch (error) {
        // Nobody will ever know this password.
        access.remove({ productKey, deviceId });
        if (!isTaken(error)) throw error;
        throw new CloudError('broker_unavailable', 'this device is being activated', { retryAfterS: 1 });
      }
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** Whether a board may be activated, and as what. @param mayInterrupt whether its session is no obstacle */
  #judge(request: ActivationRequest, { mayInterrupt }: { mayInterrupt: boolean }): Judged {
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
    if (session && counter === undefined && !mayInterrupt) {
      throw new CloudError(
        'device_in_use',
        'the device has a live session; it can be activated again when that has ended',
      );
    }
    const binding =
      request.bindToken === undefined
        ? undefined
        : this.#bindTokens.redeem(request.bindToken, known, counter !== undefined);
    return { product, known, counter, binding };
  }

  #carryOut(
    request: ActivationRequest,
    judged: Judged,
    { deviceId, deviceSecret, password }: Credentials,
    broker: BrokerAddress,
    caller: Caller,
  ): ActivationAnswer {
    const { known } = judged;
    const { productKey, deviceSN } = request;
    const session = known && this.#sessions.get(deviceId);
    const at = this.#environment.now();
    this.#store(judged, {
      deviceId,
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
    return activationAnswer({ productKey, deviceId, deviceSecret, password }, broker, caller);
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
    const deviceId = this.#freeId(product.product_id, request.deviceSN);
    try {
      this.#insert({
        deviceId,
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
      });
    } catch (error) {
      // Another process was faster.
      throw isTaken(error) ? deviceExists() : error;
    }
    return deviceId;
  }

  /** What the board of this serial number is, where the cloud knows it. */
  deviceId(productKey: string, deviceSN: string): string | undefined {
    const product = this.#products.byKey(productKey);
    return product && this.#devices.bySerial(product.product_id, deviceSN)?.device_id;
  }

  /**
   * The counter of a signed request.
   * @throws CloudError `forbidden`: not signed with the board's key, or a counter that is not higher: nothing may follow from a replay
   */
  #proven(product: ProductRow, request: ActivationRequest): string {
    const secret = productSecret(this.#box, product);
    const counter = secret ? provenCounter(secret, request) : undefined;
    if (counter === undefined) {
      throw new CloudError('forbidden', 'this product is activated with random and sign, made with the board key');
    }
    if (this.#counters.isReached(product.product_id, request.deviceSN, counter)) throw notHigher();
    return counter;
  }

  /** Writes an activation, in one commit. @throws CloudError `forbidden`: a counter that is not higher */
  #store(
    { product, known, binding, counter }: Judged,
    fields: Omit<NewDevice, 'productId' | 'name' | 'projectId'>,
  ): void {
    const { product_id: productId } = product;
    const projectId = binding?.projectId ?? known?.project_id ?? DEFAULT_PROJECT;
    const write = () => {
      if (counter !== undefined && !this.#counters.raise(productId, fields.deviceSN, counter)) {
        // Another process was faster.
        throw notHigher();
      }
      if (known) this.#devices.reactivate(known.seq, { ...fields, projectId });
      else this.#insert({ ...fields, productId, projectId, name: defaultName(product, fields.deviceSN) });
      binding?.use(known?.seq ?? this.#devices.byId(fields.deviceId)!.seq);
    };
    // A single statement is a transaction of its own, and the cheaper one.
    if (counter === undefined && binding === undefined) write();
    else this.#transaction(write);
  }

  #insert(device: NewDevice): void {
    if (!this.#devices.insert(device)) throw new Error('the device id was taken meanwhile');
  }

  /** What a new device will be called. */
  #freeId(productId: number, deviceSN: string): string {
    // A board keeps its certificate for life, and it opens nothing but the device that it names.
    const formerId = this.#devices.formerId(productId, deviceSN);
    if (formerId !== undefined && !this.#devices.byId(formerId)) return formerId;
    for (let tries = 0; tries < ID_TRIES; tries += 1) {
      const deviceId = randomId(this.#environment, 'dev_', 8);
      if (!this.#devices.byId(deviceId)) return deviceId;
    }
    throw new Error('no free device id found');
  }
}

function notHigher(): CloudError {
  return new CloudError('forbidden', 'the counter in random is not higher than the last one');
}

function deviceExists(): CloudError {
  return new CloudError('device_exists', 'the product has a device of this serial number');
}

function defaultName(product: ProductRow, deviceSN: string): string {
  return `${product.name} ${deviceSN.slice(-4)}`;
}

function activationAnswer(
  { productKey, deviceId, deviceSecret, password }: Credentials & { readonly productKey: string },
  broker: BrokerAddress,
  caller: Caller,
): ActivationAnswer {
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
      ...(broker.isExternal === true && { subscribeQos: 0 as const }),
      ...(mqttPortMTLS !== undefined && { mqttPortMTLS }),
    },
  };
}
