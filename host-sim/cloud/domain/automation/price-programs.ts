import { CloudError } from '../../errors.js';
import type { DispatchRow, EnrollmentRow, EnrollmentStore, TimedEnrollment } from '../../store/enrollment-store.js';
import type { PricePlanRow, PricePlanStore } from '../../store/price-plan-store.js';
import type { Core } from '../core.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import { type Actor, type BoardCommand, type BoardResult, commandBoards } from './board-commands.js';
import { crossings, type PricePeriod, periodAt } from './price-periods.js';
import { planView } from './price-plans.js';
import { type LastRunView, lastRunOf, nextRunOf, type Scheduler, type Timed } from './schedule.js';
import type { SiteService } from './sites.js';
import type { Timetable } from './timetable.js';

/** Boards of one user that follow a price. */
const MAX_ENROLLMENTS = 200;
/** How long what was sent is kept, ms. */
const DISPATCH_MS = 30 * 86_400_000;

/** A board, or all boards of a site, and what it is told. */
export interface EnrollmentRequest {
  readonly programId: string;
  readonly deviceId?: string | undefined;
  readonly siteId?: string | undefined;
  /** False ends it; then the rest means nothing. */
  readonly enrolled: boolean;
  readonly maxPrice?: number | undefined;
  readonly above?: BoardCommand['params'] | undefined;
  readonly below?: BoardCommand['params'] | undefined;
}

export interface EnrollmentView {
  readonly programId: string;
  readonly deviceId: string;
  readonly maxPrice: number;
  readonly above: object;
  readonly below: object;
  /** When the price crosses the limit next; null: it does not. */
  readonly nextRunAt: string | null;
  readonly lastRun: LastRunView | null;
}

/** A price plan that boards may follow. */
export interface ProgramView {
  readonly programId: string;
  readonly name: string;
  readonly currency: string;
  readonly utcOffset: number;
  readonly periods: readonly PricePeriod[];
  readonly enrollments: readonly EnrollmentView[];
}

/** What a board was sent because of a price. */
export interface DispatchView {
  readonly programId: string;
  readonly deviceId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly price: number;
  readonly currency: string;
  readonly params: object;
  readonly result: string;
}

/**
 * Boards that follow a user's price plan: the cloud commands one when the price goes over its limit, and when it falls to it or
 * under. A plan that is not enabled commands nothing.
 */
export class PriceProgramService implements Timed<TimedEnrollment> {
  readonly kind = 'dispatch';
  readonly #core: Core;
  readonly #store: EnrollmentStore;
  readonly #plans: PricePlanStore;
  readonly #sites: SiteService;
  readonly #scheduler: () => Scheduler;

  constructor(options: {
    core: Core;
    store: EnrollmentStore;
    plans: PricePlanStore;
    sites: SiteService;
    scheduler: () => Scheduler;
  }) {
    this.#core = options.core;
    this.#store = options.store;
    this.#plans = options.plans;
    this.#sites = options.sites;
    this.#scheduler = options.scheduler;
  }

  get rows() {
    return this.#store.timed;
  }

  /** The user's enabled plan, with the boards that follow it: all, or those of a site. @throws CloudError `not_found` */
  programs(user: Actor, siteId: string | undefined): ProgramView[] {
    const ofSite = siteId === undefined ? undefined : this.#sites.deviceIds(user, siteId);
    const row = this.#plans.enabled(user.userId);
    if (!row) return [];
    const { planId, name, currency, utcOffset, periods } = planView(row);
    const enrollments = this.#store
      .ofPlan(row.seq)
      .filter(({ device_id }) => ofSite === undefined || ofSite.includes(device_id))
      .map((enrollment) => enrollmentView(row, enrollment));
    return [{ programId: planId, name, currency, utcOffset, periods, enrollments }];
  }

  /**
   * Has boards follow the price of a plan, from its next crossing on, or no longer; gives those that were asked for and do.
   * @throws CloudError those of a control request; `not_found`: no such plan or site; `invalid_parameter`: something is not
   *   said; `forbidden`: too many boards
   */
  enroll(user: Actor, request: EnrollmentRequest): EnrollmentView[] {
    const plan = this.#plans.byId(user.userId, request.programId);
    if (!plan) throw new CloudError('not_found', 'there is no such program');
    const deviceIds = this.#boardsOf(user, request);
    if (!request.enrolled) {
      this.#core.transaction(() => {
        for (const deviceId of deviceIds) this.#store.delete(plan.seq, deviceId);
      });
      return [];
    }
    const { maxPrice, above, below } = request;
    if (maxPrice === undefined || above === undefined || below === undefined) {
      throw new CloudError('invalid_parameter', 'maxPrice, above and below are required, unless enrolled is false');
    }
    const checked = deviceIds.map((deviceId) => {
      const { device, params } = this.#core.devices.checkControl(user, deviceId, above);
      const { params: otherwise } = this.#core.devices.checkControl(user, deviceId, below);
      return { deviceSeq: device.seq, above: JSON.stringify(params), below: JSON.stringify(otherwise) };
    });
    const added = checked.filter(({ deviceSeq }) => !this.#store.has(plan.seq, deviceSeq)).length;
    if (this.#store.count(user.userId) + added > MAX_ENROLLMENTS) {
      throw new CloudError('forbidden', `a user has at most ${MAX_ENROLLMENTS} devices that follow a price`);
    }
    const seqs: number[] = [];
    this.#core.transaction(() => {
      for (const commands of checked) {
        const seq = this.#store.put({ userId: user.userId, planSeq: plan.seq, maxPrice, ...commands });
        this.#plan(seq, plan);
        seqs.push(seq);
      }
    });
    return seqs.map((seq) => enrollmentView(plan, this.#store.bySeq(seq)!));
  }

  /** To be called when the prices of a plan count from now on, no longer, or otherwise. */
  priceChanged(planSeq: number): void {
    const plan = this.#plans.bySeq(planSeq)!;
    for (const { seq } of this.#store.ofPlan(planSeq)) this.#plan(seq, plan);
  }

  /** What was sent to the user's boards, newest first: 30 days, 200 at most. */
  dispatches(user: Actor, request: PageRequest): Page<DispatchView> {
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#store.dispatches(user.userId, limit, offset);
    return { list: rows.map(dispatchView), total, page: request.page, size: limit };
  }

  prune(): void {
    this.#store.pruneDispatches(this.#core.environment.now() - DISPATCH_MS);
  }

  timetable(row: TimedEnrollment): Timetable {
    return timetableOf(this.#plans.bySeq(row.plan_seq)!, row.max_price);
  }

  async run({ seq }: TimedEnrollment, at: number): Promise<readonly BoardResult[]> {
    const row = this.#store.bySeq(seq);
    if (!row) return [];
    const { planId, periods, utcOffset, currency } = planView(this.#plans.bySeq(row.plan_seq)!);
    const { price } = periods[periodAt(periods, utcOffset, at).index]!;
    const params = price > row.max_price ? row.above : row.below;
    const { user_id: userId, device_id: deviceId } = row;
    const command = { deviceId, params: JSON.parse(params) as BoardCommand['params'] };
    const [board] = await commandBoards(this.#core.devices, { userId }, [command]);
    // The cloud has stopped in the meantime.
    if (!this.#core.database.open) return [];
    this.#store.addDispatch({ userId, planId, deviceId, at, price, currency, params, result: board!.result });
    return [board!];
  }

  #plan(seq: number, plan: PricePlanRow): void {
    const { max_price: maxPrice } = this.#store.bySeq(seq)!;
    this.#scheduler().plan(this, seq, plan.enabled === 1 ? timetableOf(plan, maxPrice) : undefined);
  }

  #boardsOf(user: Actor, { deviceId, siteId }: EnrollmentRequest): readonly string[] {
    if ((deviceId === undefined) === (siteId === undefined)) {
      throw new CloudError('invalid_parameter', 'deviceId or siteId is required, and not both');
    }
    if (deviceId !== undefined) return [deviceId];
    // What he no longer sees is as if it were not there.
    const visible = this.#sites.deviceIds(user, siteId!).filter((id) => this.#core.access.seesDevice(user.userId, id));
    if (visible.length === 0) throw new CloudError('invalid_parameter', 'siteId: there is no device in this site');
    return visible;
  }
}

function timetableOf(plan: PricePlanRow, maxPrice: number): Timetable {
  const { periods, utcOffset } = planView(plan);
  return { times: crossings(periods, maxPrice), utcOffset };
}

function enrollmentView(plan: PricePlanRow, row: EnrollmentRow): EnrollmentView {
  return {
    programId: plan.plan_id,
    deviceId: row.device_id,
    maxPrice: row.max_price,
    above: JSON.parse(row.above) as object,
    below: JSON.parse(row.below) as object,
    nextRunAt: nextRunOf(row),
    lastRun: lastRunOf(row),
  };
}

function dispatchView(row: DispatchRow): DispatchView {
  return {
    programId: row.plan_id,
    deviceId: row.device_id,
    at: new Date(row.at).toISOString(),
    price: row.price,
    currency: row.currency,
    params: JSON.parse(row.params) as object,
    result: row.result,
  };
}
