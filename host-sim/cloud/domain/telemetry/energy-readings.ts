import type { PropertyDefinition } from '../../../../src/core/product.js';
import type { DeviceRow, DeviceStore } from '../../store/device-store.js';
import type { ProductRow, ProductStore } from '../../store/product-store.js';
import type { ReadingStore } from '../../store/reading-store.js';
import type { Access } from '../access.js';
import type { DeviceService, Language } from '../devices.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import type { PropertyService, PropertyView } from '../properties.js';
import type { UserView } from '../users.js';
import { definedProperties, propertiesOf } from './device-model.js';
import { type EnergyRole, energyModelOf, type Meter, reading } from './energy-model.js';

/** A property with its last value. */
export interface ReadingView {
  readonly value: unknown;
  /** ISO 8601, UTC; null where it was never reported. */
  readonly reportedAt: string | null;
  /** As the thing model calls it; null where it does not know the property. */
  readonly name: string | null;
  readonly unit: string | null;
}
type Readings = Readonly<Record<string, ReadingView>>;

export interface RealTimeView {
  readonly deviceId: string;
  readonly online: boolean;
  readonly status: string;
  /** Of the newest value. */
  readonly reportedAt: string | null;
  readonly properties: Readings;
}

/** What a device tells of its battery, its panels, its load or the grid: null where it tells nothing. */
export interface EnergyPartView {
  readonly deviceId: string;
  /** Whether its product measures any of it. */
  readonly isPresent: boolean;
  /** W */
  readonly power: number | null;
  /** As its counter stands, kWh. */
  readonly energy: number | null;
  /** %; of a battery alone. */
  readonly soc?: number | null;
  readonly reportedAt: string | null;
  readonly properties: Readings;
}

export interface LastAliveView {
  readonly deviceId: string;
  readonly online: boolean;
  /** When it was heard of last; null where that was never. */
  readonly lastAlive: string | null;
  readonly lastOnlineAt: string | null;
}

/** A device that may go on when the grid does not. */
export interface BackupPowerView {
  readonly deviceId: string;
  readonly deviceName: string;
  readonly online: boolean;
  /** % */
  readonly soc: number | null;
  readonly reportedAt: string | null;
}

/** Products that are looked at in one step. */
const PRODUCTS_AT_ONCE = 100;

/** What devices have reported last, in the words of energy. */
export class EnergyReadings {
  readonly #store: ReadingStore;
  readonly #access: Access;
  readonly #devices: DeviceService;
  readonly #deviceStore: DeviceStore;
  readonly #products: ProductStore;
  readonly #properties: PropertyService;

  constructor(options: {
    store: ReadingStore;
    access: Access;
    devices: DeviceService;
    deviceStore: DeviceStore;
    products: ProductStore;
    properties: PropertyService;
  }) {
    this.#store = options.store;
    this.#access = options.access;
    this.#devices = options.devices;
    this.#deviceStore = options.deviceStore;
    this.#products = options.products;
    this.#properties = options.properties;
  }

  /** All that a device has reported. @throws CloudError `device_not_found` */
  realTime(user: UserView, deviceId: string, language: Language): RealTimeView {
    const device = this.#access.device(user.userId, deviceId);
    const { online, status, properties: last } = this.#devices.status(user, deviceId, language);
    const model = new Map(propertiesOf(this.#products, device).map((property) => [property.key, property]));
    const entries = Object.entries(last).map(([key, value]) => [key, view(value, model.get(key), language)] as const);
    const properties = Object.fromEntries(entries);
    return { deviceId, online, status, reportedAt: newest(properties), properties };
  }

  /** @throws CloudError `device_not_found` */
  part(user: UserView, deviceId: string, role: EnergyRole, language: Language): EnergyPartView {
    const device = this.#access.device(user.userId, deviceId);
    const part = energyModelOf(propertiesOf(this.#products, device))[role];
    const last = this.#properties.last(device.seq);
    const entries = part.properties.map((property) => [property.key, view(last[property.key], property, language)]);
    const properties: Readings = Object.fromEntries(entries);
    return {
      deviceId,
      isPresent: part.isPresent,
      power: lastReading(part.power, last),
      energy: lastReading(part.energy, last),
      ...(role === 'battery' && { soc: lastReading(part.soc, last) }),
      reportedAt: newest(properties),
      properties,
    };
  }

  /** @throws CloudError `device_not_found` */
  lastAlive(user: UserView, deviceId: string): LastAliveView {
    const device = this.#access.device(user.userId, deviceId);
    const { last_online_at: lastOnlineAt } = device;
    const at = Math.max(this.#store.lastHeard(device.seq), lastOnlineAt ?? 0, device.activated_at ?? 0);
    const iso = (time: number | null) => (time ? new Date(time).toISOString() : null);
    return { deviceId, online: device.status === 1, lastAlive: iso(at), lastOnlineAt: iso(lastOnlineAt) };
  }

  /** The devices with a battery that a user sees, by product. */
  withBattery(user: UserView, request: PageRequest): Page<BackupPowerView> {
    const { limit, offset } = pageOf(request);
    const list: BackupPowerView[] = [];
    let total = 0;
    for (const product of this.#batteryProducts()) {
      const skipped = Math.max(0, offset - total);
      const room = limit - list.length;
      const found = this.#deviceStore.list({
        userId: user.userId,
        productId: product.product_id,
        limit: room,
        offset: skipped,
      });
      total += found.total;
      for (const { device_id } of found.rows) list.push(this.#backup(this.#access.device(user.userId, device_id)));
    }
    return { list, total, page: request.page, size: limit };
  }

  *#batteryProducts(): Generator<ProductRow> {
    for (let offset = 0; ; offset += PRODUCTS_AT_ONCE) {
      const { rows } = this.#products.list({ limit: PRODUCTS_AT_ONCE, offset });
      yield* rows.filter((row) => energyModelOf(definedProperties(row)).battery.isPresent);
      if (rows.length < PRODUCTS_AT_ONCE) return;
    }
  }

  #backup(device: DeviceRow): BackupPowerView {
    const { soc } = energyModelOf(propertiesOf(this.#products, device)).battery;
    const last = this.#properties.last(device.seq);
    return {
      deviceId: device.device_id,
      deviceName: device.name,
      online: device.status === 1,
      soc: lastReading(soc, last),
      reportedAt: (soc && last[soc.key]?.reportedAt) ?? null,
    };
  }
}

function lastReading(meter: Meter | undefined, last: Readonly<Record<string, PropertyView>>): number | null {
  return meter ? reading(meter, last[meter.key]?.value) : null;
}

function view(
  last: PropertyView | undefined,
  property: PropertyDefinition | undefined,
  language: Language,
): ReadingView {
  return {
    value: last?.value ?? null,
    reportedAt: last?.reportedAt ?? null,
    name: property?.name[language] ?? null,
    unit: property?.unit ?? null,
  };
}

/** ISO 8601 times of one form sort as text. */
function newest(readings: Readings): string | null {
  return Object.values(readings).reduce<string | null>(
    (latest, { reportedAt }) => (reportedAt !== null && (latest === null || reportedAt > latest) ? reportedAt : latest),
    null,
  );
}
