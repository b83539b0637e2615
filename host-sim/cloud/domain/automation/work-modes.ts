import { CloudError } from '../../errors.js';
import type { DeviceRow } from '../../store/device-store.js';
import type { PlanRow, PlanStore, TimedPlan } from '../../store/plan-store.js';
import type { Core } from '../core.js';
import { randomId } from '../secrets.js';
import { propertiesOf } from '../telemetry/device-model.js';
import { type Actor, type BoardCommand, type BoardResult, commandBoards } from './board-commands.js';
import { type LastRunView, lastRunOf, nextRunOf, type Scheduler, type Timed } from './schedule.js';
import { isTime, type TimeOfWeek, type Timetable } from './timetable.js';

/** Plans of one user for one board. */
const MAX_PLANS = 16;
/** Plans of one user for all boards. */
const MAX_PLANS_OF_USER = 200;
/** Entries of one plan. */
export const MAX_ENTRIES = 32;
/** The property by which a product shows its own work mode. */
const WORK_MODE = 'workMode';

export interface PlanEntry extends TimeOfWeek {
  readonly params: BoardCommand['params'];
}

export interface PlanRequest {
  readonly deviceId: string;
  readonly name: string;
  readonly entries: readonly PlanEntry[];
  readonly utcOffset: number;
}

export interface PlanView {
  readonly planId: string;
  readonly name: string;
  readonly entries: readonly PlanEntry[];
  readonly utcOffset: number;
  readonly nextRunAt: string | null;
  readonly lastRun: LastRunView | null;
}

export interface WorkModeView {
  readonly deviceId: string;
  readonly controlMode: string;
  readonly workMode: 'manual' | 'plan';
  /** Of the plan that the board follows, of whoever sees the board. */
  readonly planId: string | null;
  /** Where the product's thing model has one. */
  readonly property: {
    readonly key: string;
    readonly value: unknown;
    readonly values: readonly string[] | null;
    readonly reportedAt: string | null;
  } | null;
  /** The user's own, and the one that the board follows. */
  readonly plans: readonly PlanView[];
}

/** Whether a board waits for commands, or is commanded by a plan at its times. A plan is run as the user who made it. */
export class WorkModeService implements Timed<TimedPlan> {
  readonly kind = 'plan';
  readonly #core: Core;
  readonly #store: PlanStore;
  readonly #scheduler: () => Scheduler;

  constructor(core: Core, store: PlanStore, scheduler: () => Scheduler) {
    this.#core = core;
    this.#store = store;
    this.#scheduler = scheduler;
  }

  get rows() {
    return this.#store.timed;
  }

  /** @throws CloudError `device_not_found` */
  get(user: Actor, deviceId: string): WorkModeView {
    const device = this.#core.access.device(user.userId, deviceId);
    const followed = this.#followed(device);
    const own = this.#store.of(device.seq, user.userId);
    const definition = propertiesOf(this.#core.stores.products, device).find(({ key }) => key === WORK_MODE);
    const last = definition && this.#core.properties.last(device.seq)[WORK_MODE];
    return {
      deviceId,
      controlMode: device.control_mode,
      workMode: followed ? 'plan' : 'manual',
      planId: followed?.plan_id ?? null,
      property: definition
        ? {
            key: WORK_MODE,
            value: last?.value ?? null,
            values: definition.values ?? null,
            reportedAt: last?.reportedAt ?? null,
          }
        : null,
      plans: [...own, ...(followed && followed.user_id !== user.userId ? [followed] : [])].map(view),
    };
  }

  /**
   * Makes a plan, or changes the user's plan of this name; the board follows it when it is told to.
   * @throws CloudError those of a control request; `forbidden`: too many plans
   */
  addPlan(user: Actor, { deviceId, name, entries, utcOffset }: PlanRequest): PlanView {
    const device = this.#core.access.device(user.userId, deviceId);
    if (this.#store.countOthers(device.seq, user.userId, name) >= MAX_PLANS) {
      throw new CloudError(
        'forbidden',
        `a user has at most ${MAX_PLANS} plans for a device; one of the same name is changed`,
      );
    }
    if (this.#store.countBeside(device.seq, user.userId, name) >= MAX_PLANS_OF_USER) {
      throw new CloudError(
        'forbidden',
        `a user has at most ${MAX_PLANS_OF_USER} plans; one of the same device and name is changed`,
      );
    }
    const checked = entries.map(({ at, days, params }) => ({
      at,
      days,
      params: this.#core.devices.checkControl(user, deviceId, params).params,
    }));
    const plan = this.#store.put({
      planId: randomId(this.#core.environment, 'plan_', 16),
      userId: user.userId,
      deviceSeq: device.seq,
      name,
      utcOffset,
      entries: JSON.stringify(checked),
    });
    if (plan.next_at !== null) this.#scheduler().plan(this, plan.seq, this.timetable(plan));
    return view(this.#store.bySeq(plan.seq)!);
  }

  /**
   * Has a board follow one of its plans, or none.
   * @throws CloudError `device_not_found`; `not_found`: it has no such plan; `invalid_parameter`: no plan is named
   */
  set(user: Actor, deviceId: string, workMode: 'manual' | 'plan', planId: string | undefined): WorkModeView {
    const device = this.#core.access.device(user.userId, deviceId);
    if (workMode === 'manual') this.#store.unfollow(device.seq);
    else {
      if (planId === undefined) throw new CloudError('invalid_parameter', 'planId is required with workMode plan');
      const plan = this.#store.byId(device.seq, planId);
      const isKnown = plan?.user_id === user.userId || this.#followed(device)?.plan_id === planId;
      if (!plan || !isKnown) throw new CloudError('not_found', 'this device has no such plan');
      if (plan.next_at === null) {
        this.#core.transaction(() => {
          this.#store.unfollow(device.seq);
          this.#scheduler().plan(this, plan.seq, this.timetable(plan));
        });
      }
    }
    return this.get(user, deviceId);
  }

  /** The plan by which a board is commanded: one of a user who no longer sees the board commands nothing. */
  #followed({ seq, device_id: deviceId }: DeviceRow): PlanRow | undefined {
    const plan = this.#store.followed(seq);
    return plan && this.#core.access.seesDevice(plan.user_id, deviceId) ? plan : undefined;
  }

  timetable(row: TimedPlan): Timetable {
    return { times: entriesOf(row), utcOffset: row.utc_offset };
  }

  /** What is due at the same time goes out in the plan's order. */
  async run({ seq }: TimedPlan, at: number): Promise<readonly BoardResult[]> {
    const plan = this.#store.bySeq(seq);
    if (!plan) return [];
    const results: BoardResult[] = [];
    for (const entry of entriesOf(plan)) {
      if (!isTime(entry, plan.utc_offset, at)) continue;
      const command = { deviceId: plan.device_id, params: entry.params };
      results.push(...(await commandBoards(this.#core.devices, { userId: plan.user_id }, [command])));
    }
    return results;
  }
}

function entriesOf({ entries }: TimedPlan): readonly PlanEntry[] {
  return JSON.parse(entries) as readonly PlanEntry[];
}

function view(row: PlanRow): PlanView {
  return {
    planId: row.plan_id,
    name: row.name,
    entries: entriesOf(row),
    utcOffset: row.utc_offset,
    nextRunAt: nextRunOf(row),
    lastRun: lastRunOf(row),
  };
}
