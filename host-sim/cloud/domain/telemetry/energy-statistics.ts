import type { DeviceRow } from '../../store/device-store.js';
import type { ProductStore } from '../../store/product-store.js';
import type { ReadingStore } from '../../store/reading-store.js';
import type { Access } from '../access.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import { type TimeRange, timeRange } from '../time-range.js';
import type { UserView } from '../users.js';
import { type Buckets, type BucketsRequest, bucketsOf, byBucket, type Interval } from './buckets.js';
import { propertiesOf } from './device-model.js';
import { EnergyFold } from './energy-fold.js';
import { type EnergyModel, type EnergyRole, energyModelOf, type Meter, reading, tidy } from './energy-model.js';
import { type PowerBucket, PowerFold } from './power-fold.js';

export interface StatisticsRequest extends BucketsRequest {
  readonly deviceId: string;
  /** Of what; the first that the product measures where nothing is named. */
  readonly role?: EnergyRole | undefined;
}

interface Statistics {
  readonly deviceId: string;
  /** Null where the product measures none. */
  readonly role: EnergyRole | null;
  /** Whether the product measures it. */
  readonly isPresent: boolean;
  readonly interval: Interval;
}

export interface EnergyStatisticsView extends Statistics {
  readonly unit: 'kWh';
  readonly buckets: readonly { readonly from: string; readonly energy: number | null }[];
  readonly total: number | null;
}

export interface PowerStatisticsView extends Statistics {
  readonly unit: 'W';
  readonly buckets: readonly (PowerBucket & { readonly from: string })[];
}

export interface SavingsView extends Statistics {
  readonly unit: 'kWh';
  readonly energy: number | null;
  /** kg of CO2 a kWh, as the user has set it. */
  readonly emissionRate: number | null;
  /** kg of CO2 */
  readonly savedEmission: number | null;
  /** At the prices of the user's enabled plan; null without one, or without energy. */
  readonly savedCost: number | null;
  readonly currency: string | null;
}

export interface SocPoint {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** % */
  readonly soc: number;
}

/** What a user has told of his energy, by other parts of the domain. */
export interface EnergyValues {
  /** kg of CO2 a kWh; null where he has told none. */
  emissionRate(user: UserView, deviceSeq: number): number | null;
  /** What a meter has counted in a span (ms since 1970), at the user's prices; undefined where he has none, or nothing was counted. */
  worth(user: UserView, deviceSeq: number, meter: Meter, span: Span): { cost: number; currency: string } | undefined;
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What is counted before what: what a plant brings before what it uses. */
const ORDER: readonly EnergyRole[] = ['pv', 'load', 'grid', 'battery'];

/** What the history of a device's meters comes to, as far as it is kept: 7 days, or 10,000 points a board. */
export class EnergyStatistics {
  readonly #store: ReadingStore;
  readonly #access: Access;
  readonly #products: ProductStore;
  readonly #values: EnergyValues;
  readonly #now: () => number;

  constructor(options: {
    store: ReadingStore;
    access: Access;
    products: ProductStore;
    values: EnergyValues;
    now: () => number;
  }) {
    this.#store = options.store;
    this.#access = options.access;
    this.#products = options.products;
    this.#values = options.values;
    this.#now = options.now;
  }

  /** What a counter has counted. @throws CloudError `device_not_found`, those of {@link bucketsOf} */
  energy(user: UserView, request: StatisticsRequest): EnergyStatisticsView {
    const { device, buckets, role, meter } = this.#measured(user, request, 'energy');
    const fold = new EnergyFold(buckets);
    this.#readings(device, meter, buckets, (at, kWh) => fold.add(at, kWh));
    const { buckets: energies, total } = fold.result();
    return {
      ...describe(request.deviceId, role, meter, buckets),
      unit: 'kWh',
      buckets: byBucket(buckets, (index) => ({ energy: energies[index]! })),
      total,
    };
  }

  /** @throws CloudError `device_not_found`, those of {@link bucketsOf} */
  power(user: UserView, request: StatisticsRequest): PowerStatisticsView {
    const { device, buckets, role, meter } = this.#measured(user, request, 'power');
    const fold = new PowerFold(buckets, this.#now());
    this.#readings(device, meter, buckets, (at, watts) => fold.add(at, watts));
    const powers = fold.result();
    return {
      ...describe(request.deviceId, role, meter, buckets),
      unit: 'W',
      buckets: byBucket(buckets, (index) => powers[index]!),
    };
  }

  /** What the energy of a span is worth; of the panels where nothing else is named. @throws CloudError those of {@link energy} */
  savings(user: UserView, request: StatisticsRequest): SavingsView {
    const { deviceId, role = 'pv' } = request;
    const { total, isPresent, interval } = this.energy(user, { ...request, role });
    const { device, buckets, meter } = this.#measured(user, { ...request, role }, 'energy');
    const emissionRate = this.#values.emissionRate(user, device.seq);
    const worth = meter && this.#values.worth(user, device.seq, meter, buckets);
    const savedEmission = total === null || emissionRate === null ? null : tidy(total * emissionRate);
    return {
      deviceId,
      role,
      isPresent,
      interval,
      unit: 'kWh',
      energy: total,
      emissionRate,
      savedEmission,
      savedCost: worth?.cost ?? null,
      currency: worth?.currency ?? null,
    };
  }

  /** When the state of charge changed, oldest first. @throws CloudError `device_not_found`, `invalid_parameter`: a time that is none */
  socChanges(user: UserView, request: PageRequest & TimeRange & { readonly deviceId: string }): Page<SocPoint> {
    const device = this.#access.device(user.userId, request.deviceId);
    const { soc: meter } = this.#model(device).battery;
    const { limit, offset } = pageOf(request);
    const span = timeRange(request);
    const list: SocPoint[] = [];
    let total = 0;
    let before: number | undefined;
    this.#readings(device, meter, span, (at, soc) => {
      if (at < span.from || soc === before) return;
      before = soc;
      if (total >= offset && list.length < limit) list.push({ at: new Date(at).toISOString(), soc });
      total += 1;
    });
    return { list, total, page: request.page, size: limit };
  }

  #measured(
    user: UserView,
    request: StatisticsRequest,
    quantity: 'energy' | 'power',
  ): { device: DeviceRow; buckets: Buckets; role: EnergyRole | null; meter: Meter | undefined } {
    const device = this.#access.device(user.userId, request.deviceId);
    const model = this.#model(device);
    const role = request.role ?? ORDER.find((candidate) => model[candidate][quantity]) ?? null;
    return { device, buckets: bucketsOf(request, this.#now()), role, meter: role ? model[role][quantity] : undefined };
  }

  /** Reads a meter's history one by one, with the last reading before the span. */
  #readings(
    device: DeviceRow,
    meter: Meter | undefined,
    { from, to }: { readonly from: number; readonly to: number },
    onReading: (at: number, value: number) => void,
  ): void {
    if (!meter) return;
    for (const row of this.#store.series({ deviceSeq: device.seq, key: meter.key, from, to })) {
      const value = reading(meter, JSON.parse(row.value));
      if (value !== null) onReading(row.reported_at, value);
    }
  }

  #model(device: DeviceRow): EnergyModel {
    return energyModelOf(propertiesOf(this.#products, device));
  }
}

function describe(
  deviceId: string,
  role: EnergyRole | null,
  meter: Meter | undefined,
  { interval }: Buckets,
): Statistics {
  return { deviceId, role, isPresent: meter !== undefined, interval };
}
