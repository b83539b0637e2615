import type { PropertyDefinition } from '../../../../src/core/product.js';
import { CloudError } from '../../errors.js';
import type { ReadingStore } from '../../store/reading-store.js';
import type { Core } from '../core.js';
import { propertiesOf } from '../telemetry/device-model.js';
import { energyModelOf, type Meter, reading, tidy } from '../telemetry/energy-model.js';
import { type TimeRange, timeRange } from '../time-range.js';
import type { Actor } from './board-commands.js';
import { KILOWATT_HOURS, ownMeter } from './own-meter.js';
import { cheapestOf, type PricePeriod, periodAt } from './price-periods.js';
import type { PricePlanService, PricePlanView } from './price-plans.js';

/** So far back costs are counted, ms; boards' histories are shorter. */
const MAX_SPAN_MS = 31 * 86_400_000;

/** What of the energy fell into a period, in all days together. */
export interface PeriodCost extends PricePeriod {
  readonly energy: number;
  readonly cost: number;
}

export interface CostView {
  readonly deviceId: string;
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  /** The property that counts it; null: the product meters no energy. */
  readonly meter: string | null;
  /** kWh; null where nothing was metered. */
  readonly energy: number | null;
  readonly currency: string | null;
  /** At the prices of the user's enabled plan; null without one, or without energy. */
  readonly cost: number | null;
  readonly periods: readonly PeriodCost[];
}

/** The same energy, had all of it been drawn in the cheapest period. */
export interface CheapestCostView extends Pick<CostView, 'deviceId' | 'from' | 'to' | 'energy' | 'currency' | 'cost'> {
  readonly cheapestPeriod: PricePeriod | null;
  readonly cheapestCost: number | null;
  readonly saving: number | null;
}

/** What a device's energy costs its user: counted by its meter, priced by the time of the day. */
export class EnergyCosts {
  readonly #core: Core;
  readonly #readings: ReadingStore;
  readonly #plans: PricePlanService;

  constructor(options: { core: Core; readings: ReadingStore; plans: PricePlanService }) {
    this.#core = options.core;
    this.#readings = options.readings;
    this.#plans = options.plans;
  }

  /**
   * What the energy of a span of time has cost, by default of the last 31 days, which is the longest.
   * @throws CloudError `device_not_found`, `invalid_parameter`
   */
  cost(user: Actor, deviceId: string, range: TimeRange): CostView {
    const device = this.#core.access.device(user.userId, deviceId);
    const now = this.#core.environment.now();
    const asked = timeRange(range);
    if (asked.from > asked.to) throw new CloudError('invalid_parameter', 'from must not be later than to');
    // What is reported right now counts.
    const end = Math.min(asked.to, now + 1);
    const to = Math.min(end, now);
    const from = Math.min(Math.max(asked.from, now - MAX_SPAN_MS), to);
    const plan = this.#plans.enabled(user);
    const meter = meterOf(propertiesOf(this.#core.stores.products, device));
    const energies = meter && this.#spread(device.seq, meter, { from, to: end }, plan);
    const priced = plan && energies ? plan.periods.map((period, index) => costOf(period, energies[index] ?? 0)) : [];
    return {
      deviceId,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      meter: meter?.key ?? null,
      energy: energies ? tidy(energies.reduce((sum, energy) => sum + energy, 0)) : null,
      currency: plan?.currency ?? null,
      cost: plan && energies ? tidy(priced.reduce((sum, { cost }) => sum + cost, 0)) : null,
      periods: priced,
    };
  }

  /** @throws CloudError those of {@link cost} */
  cheapest(user: Actor, deviceId: string, range: TimeRange): CheapestCostView {
    const { meter: _meter, periods: _periods, ...spent } = this.cost(user, deviceId, range);
    const plan = this.#plans.enabled(user);
    const cheapestPeriod = plan ? cheapestOf(plan.periods) : null;
    const cheapestCost = cheapestPeriod && spent.energy !== null ? tidy(spent.energy * cheapestPeriod.price) : null;
    const saving = cheapestCost === null ? null : tidy(spent.cost! - cheapestCost);
    return { ...spent, cheapestPeriod, cheapestCost, saving };
  }

  /** What a meter has counted in a span, at the prices of the user's enabled plan; undefined without one, or without a rise. */
  worth(user: Actor, deviceSeq: number, meter: Meter, span: { readonly from: number; readonly to: number }) {
    const plan = this.#plans.enabled(user);
    const energies = plan && this.#spread(deviceSeq, meter, span, plan);
    if (!plan || !energies) return undefined;
    const cost = plan.periods.reduce((sum, { price }, index) => sum + price * energies[index]!, 0);
    return { cost: tidy(cost), currency: plan.currency };
  }

  /**
   * The energy of a span by period, kWh: what a meter counted between two readings is spread evenly over the time between
   * them. Where it falls it was reset, and what it counted in between is not known. Undefined: there is no rise to count.
   */
  #spread(
    deviceSeq: number,
    meter: Meter,
    { from, to }: { from: number; to: number },
    plan: PricePlanView | undefined,
  ): number[] | undefined {
    this.#core.writes.flush();
    const energies = new Array<number>(plan?.periods.length ?? 1).fill(0);
    let before: { readonly at: number; readonly kWh: number } | undefined;
    let isCounted = false;
    for (const { value, reported_at: at } of this.#readings.series({ deviceSeq, key: meter.key, from, to })) {
      const kWh = reading(meter, JSON.parse(value));
      if (kWh === null) continue;
      if (before && at >= from && kWh >= before.kWh) {
        isCounted = true;
        addSpread(energies, before.at, at, kWh - before.kWh, from, plan);
      }
      before = { at, kWh };
    }
    return isCounted ? energies : undefined;
  }
}

/** Adds what was drawn between two moments to the periods that they lie in; what was before the span does not count. */
function addSpread(
  energies: number[],
  begin: number,
  end: number,
  kWh: number,
  from: number,
  plan: PricePlanView | undefined,
): void {
  let at = Math.max(begin, from);
  const length = end - begin;
  do {
    const { index, ends } = plan ? periodAt(plan.periods, plan.utcOffset, at) : { index: 0, ends: end };
    const until = Math.min(ends, end);
    energies[index]! += length === 0 ? kWh : (kWh * (until - at)) / length;
    at = until;
  } while (at < end);
}

function costOf({ from, to, price }: PricePeriod, energy: number): PeriodCost {
  return { from, to, price, energy: tidy(energy), cost: tidy(energy * price) };
}

/** What is drawn from the grid, else what the load draws, else the first that counts energy and is of no part. */
function meterOf(properties: readonly PropertyDefinition[]): Meter | undefined {
  const model = energyModelOf(properties);
  return model.grid.energy ?? model.load.energy ?? ownMeter(properties, model, KILOWATT_HOURS);
}
