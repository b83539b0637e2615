import { X509Certificate } from 'node:crypto';
import { expect } from 'vitest';
import { createMemoryStores } from '../../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../../host-sim/host/node-text.js';
import { makeSimulatorImage } from '../../../host-sim/image/make-image.js';
import { loadProduct } from '../../../host-sim/products/load.js';
import { MemoryMedium } from '../../../host-sim/world/flash-medium.js';
import { factoryRecord } from '../../../src/records/factory-record.js';
import { LiveBoard } from '../../support/live-board.js';
import { packageOf, updateKey } from '../../support/ota/package.js';
import { DOMAIN } from '../support/end-user.js';
import { onCleanup } from '../support/fixture.js';
import { caOf, startTlsCloud, type TlsCloud, unpack } from '../support/tls.js';

const PRODUCT = loadProduct('SW-SERVO-001');
const KEY = updateKey(0);
const UPDATE_KEYS = { keys: { '0': Buffer.from(KEY.point).toString('base64') } };

export const SERIAL = 'AABBCCDDEEFF';
export const NEW_VERSION = '9.0.0';

/** What a dialect says of a board. */
export interface Found {
  readonly deviceId: string;
  readonly online: boolean;
  /** It runs the newest build. */
  readonly isUpdated: boolean;
}

/** One way to live with a board: the calls of a dialect, over real sockets. */
export interface Dialect {
  readonly name: string;
  /** Makes an account and logs in; the token. */
  arrive(t: TlsCloud): Promise<string>;
  /** The board of a serial number in the list of boards. */
  find(t: TlsCloud, token: string, serial: string): Promise<Found | undefined>;
  /** Last values of its properties. */
  read(t: TlsCloud, token: string, deviceId: string): Promise<Readonly<Record<string, unknown>>>;
  /** Turns the servo. */
  turn(t: TlsCloud, token: string, deviceId: string, position: 'up' | 'down'): Promise<void>;
  /** Has it take the newest package of its product. */
  update(t: TlsCloud, token: string, deviceId: string): Promise<void>;
}

/** The firmware with real sockets, a flash, and what the factory gave it. */
export class Story {
  readonly t: TlsCloud;
  readonly #stores = createMemoryStores();
  readonly #medium = new MemoryMedium();
  #live: LiveBoard | undefined;

  private constructor(t: TlsCloud) {
    this.t = t;
  }

  static async begin(): Promise<Story> {
    const story = new Story(await startTlsCloud({ reconnectSpread: 0, userDomain: DOMAIN }));
    onCleanup(() => story.#live?.board.powerCut());
    return story;
  }

  get live(): LiveBoard {
    return this.#live!;
  }

  /** Registers the board ahead, so that it has an id to certify. */
  async expectBoard(): Promise<string> {
    const { data } = (await this.t.as('POST', '/devices', { productKey: PRODUCT.productKey, deviceSN: SERIAL })).body;
    return data.deviceId as string;
  }

  /** Has a certificate for the board issued with somebody's token, and puts it into the factory record; its serial number. */
  async certify(token: string, deviceId: string): Promise<string> {
    const { body } = await this.t.call('POST', '/certificates', { deviceId }, { authorization: `Bearer ${token}` });
    expect(body.message).toBe('success');
    const { cert, key } = await unpack(body.data.pfx, body.data.password);
    const der = (pem: string) =>
      Buffer.from(/-----BEGIN [^-]+-----([^-]+)-----END/.exec(pem)![1]!, 'base64').toString('base64');
    factoryRecord(this.#stores.secrets, createNodeText()).write({
      serial: SERIAL,
      pop: 'MNBVCXZASDFG',
      certificate: [der(cert)],
      key: der(key),
    });
    return body.data.serialNumber as string;
  }

  /** Gives the board power, again if it had some; resolves when the cloud knows it online. */
  async power(): Promise<void> {
    this.#live?.board.powerCut();
    const online = this.t.next('deviceOnline');
    const live = new LiveBoard(this.t.cloud.tls.httpsUrl, {
      serial: SERIAL,
      stores: this.#stores,
      medium: this.#medium,
      anchors: [new X509Certificate(caOf(this.t)).raw.toString('base64')],
      settings: { updateKeys: UPDATE_KEYS },
    });
    this.#live = live;
    await online;
    await live.online();
  }

  /** A newer build for the board is there. */
  async publish(token: string): Promise<void> {
    const image = makeSimulatorImage({
      product: { ...PRODUCT, firmwareVersion: NEW_VERSION },
      buildTimeMs: Date.UTC(2026, 6, 1),
      updateKeys: UPDATE_KEYS,
    });
    const response = await fetch(`${this.t.cloud.apiUrl}/api/v1/ota/packages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: Buffer.from(packageOf(image, [KEY], { version: NEW_VERSION })),
    });
    expect(response.status).toBe(200);
  }
}
