import { EnrollmentStore } from '../../store/enrollment-store.js';
import { ParallelStore } from '../../store/parallel-store.js';
import { PlanStore } from '../../store/plan-store.js';
import { PricePlanStore } from '../../store/price-plan-store.js';
import { ReadingStore } from '../../store/reading-store.js';
import { SceneStore } from '../../store/scene-store.js';
import { SiteStore } from '../../store/site-store.js';
import type { Core } from '../core.js';
import type { DomainModule } from '../module.js';
import type { Actor } from './board-commands.js';
import { EnergyCosts } from './energy-costs.js';
import { ParallelService } from './parallel.js';
import { PricePlanService } from './price-plans.js';
import { PriceProgramService } from './price-programs.js';
import { SceneService } from './scenes.js';
import { Scheduler } from './schedule.js';
import { SettingsService } from './settings.js';
import { SiteService } from './sites.js';
import { type SystemPowerView, systemPower } from './system-power.js';
import { WorkModeService } from './work-modes.js';

/** What boards are told together, by the clock, or because of a price. */
export interface Automation extends DomainModule {
  readonly parallel: ParallelService;
  readonly scenes: SceneService;
  readonly workModes: WorkModeService;
  readonly settings: SettingsService;
  readonly pricePlans: PricePlanService;
  readonly programs: PriceProgramService;
  readonly sites: SiteService;
  readonly costs: EnergyCosts;
  /** @throws CloudError `device_not_found` */
  systemPower(user: Actor, deviceId: string): SystemPowerView;
}

export function createAutomation(core: Core): Automation {
  const { database, environment, transaction, log, lead } = core;
  const later = () => scheduler;
  const scenes = new SceneService(core, new SceneStore(database), later);
  const workModes = new WorkModeService(core, new PlanStore(database), later);
  const sites = new SiteService(core, new SiteStore(database));
  const plans = new PricePlanStore(database);
  const store = new EnrollmentStore(database);
  const programs = new PriceProgramService({ core, store, plans, sites, scheduler: later });
  const pricePlans = new PricePlanService({
    store: plans,
    environment,
    transaction,
    onChanged: (planSeq) => programs.priceChanged(planSeq),
  });
  const scheduler: Scheduler = new Scheduler({
    kinds: [scenes, workModes, programs],
    environment,
    transaction,
    log,
    lead,
  });
  core.sharing?.onNotice('schedule', () => scheduler.heed());
  return {
    parallel: new ParallelService(core, new ParallelStore(database)),
    scenes,
    workModes,
    settings: new SettingsService(core),
    pricePlans,
    programs,
    sites,
    costs: new EnergyCosts({ core, readings: new ReadingStore(database), plans: pricePlans }),
    systemPower: (user, deviceId) => systemPower(core, user, deviceId),
    start: () => scheduler.start(),
    prune: () => programs.prune(),
    close: () => scheduler.close(),
  };
}
