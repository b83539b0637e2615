import type { CloudEnvironment } from '../../environment.js';
import { CloudError } from '../../errors.js';
import type { PricePlanRow, PricePlanStore } from '../../store/price-plan-store.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import { randomId } from '../secrets.js';
import type { Actor } from './board-commands.js';
import { cheapestOf, type PricePeriod, periodAt, wholeDay } from './price-periods.js';

/** Plans of one user. */
const MAX_PLANS = 20;

export interface PricePlanRequest {
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** Minutes ahead of UTC. */
  readonly utcOffset: number;
  readonly periods: readonly PricePeriod[];
  readonly enabled: boolean;
}

export interface PricePlanView extends PricePlanRequest {
  readonly planId: string;
  readonly updatedAt: string;
}

/** What energy costs now, and next; all null without a plan. */
export interface PriceStatusView {
  readonly plan: PricePlanView | null;
  readonly currentPrice: number | null;
  /** When the present period ends. */
  readonly until: string | null;
  readonly nextPrice: number | null;
  readonly cheapestPeriod: PricePeriod | null;
}

/** What energy costs a user by the time of the day: plans, of which one at most is enabled. */
export class PricePlanService {
  readonly #store: PricePlanStore;
  readonly #environment: CloudEnvironment;
  readonly #transaction: (work: () => void) => void;
  readonly #onChanged: (planSeq: number) => void;

  /** @param options.onChanged called for each plan whose prices count from now on, no longer, or otherwise */
  constructor(options: {
    store: PricePlanStore;
    environment: CloudEnvironment;
    transaction: (work: () => void) => void;
    onChanged: (planSeq: number) => void;
  }) {
    this.#store = options.store;
    this.#environment = options.environment;
    this.#transaction = options.transaction;
    this.#onChanged = options.onChanged;
  }

  /**
   * Makes a plan, or changes the user's plan of this name. Enabled, it takes the place of the one that is.
   * @throws CloudError `invalid_parameter`: no such currency, or periods that do not cover the day; `forbidden`: too many
   */
  put(user: Actor, request: PricePlanRequest): PricePlanView {
    const { name, currency, utcOffset, enabled } = request;
    const { userId } = user;
    const periods = wholeDay(request.periods);
    if (!Intl.supportedValuesOf('currency').includes(currency)) {
      throw new CloudError('invalid_parameter', 'currency must be a code of ISO 4217');
    }
    if (this.#store.countOthers(userId, name) >= MAX_PLANS) {
      throw new CloudError('forbidden', `a user has at most ${MAX_PLANS} price plans; one of the same name is changed`);
    }
    let row: PricePlanRow | undefined;
    this.#transaction(() => {
      const before = this.#store.enabled(userId);
      if (enabled && before && before.name !== name) {
        this.#store.disable(before.seq);
        this.#onChanged(before.seq);
      }
      row = this.#store.put({
        planId: randomId(this.#environment, 'price_', 16),
        userId,
        name,
        currency,
        utcOffset,
        periods: JSON.stringify(periods),
        enabled: enabled ? 1 : 0,
        at: this.#environment.now(),
      });
      this.#onChanged(row.seq);
    });
    return planView(row!);
  }

  list(user: Actor, request: PageRequest): Page<PricePlanView> {
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#store.list(user.userId, limit, offset);
    return { list: rows.map(planView), total, page: request.page, size: limit };
  }

  /** The plan that counts for a user. */
  enabled(user: Actor): PricePlanView | undefined {
    const row = this.#store.enabled(user.userId);
    return row && planView(row);
  }

  status(user: Actor): PriceStatusView {
    const plan = this.enabled(user);
    if (!plan) return { plan: null, currentPrice: null, until: null, nextPrice: null, cheapestPeriod: null };
    const { periods, utcOffset } = plan;
    const { index, ends } = periodAt(periods, utcOffset, this.#environment.now());
    return {
      plan,
      currentPrice: periods[index]!.price,
      until: new Date(ends).toISOString(),
      nextPrice: periods[(index + 1) % periods.length]!.price,
      cheapestPeriod: cheapestOf(periods),
    };
  }
}

export function planView(row: PricePlanRow): PricePlanView {
  return {
    planId: row.plan_id,
    name: row.name,
    currency: row.currency,
    utcOffset: row.utc_offset,
    periods: JSON.parse(row.periods) as PricePeriod[],
    enabled: row.enabled === 1,
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}
