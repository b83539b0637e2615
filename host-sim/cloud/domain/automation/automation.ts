import { ParallelStore } from '../../store/parallel-store.js';
import { PlanStore } from '../../store/plan-store.js';
import { SceneStore } from '../../store/scene-store.js';
import type { Core } from '../core.js';
import type { DomainModule } from '../module.js';
import type { Actor } from './board-commands.js';
import { ParallelService } from './parallel.js';
import { SceneService } from './scenes.js';
import { Scheduler } from './schedule.js';
import { SettingsService } from './settings.js';
import { type SystemPowerView, systemPower } from './system-power.js';
import { WorkModeService } from './work-modes.js';

/** What boards are told together, or by the clock. */
export interface Automation extends DomainModule {
  readonly parallel: ParallelService;
  readonly scenes: SceneService;
  readonly workModes: WorkModeService;
  readonly settings: SettingsService;
  /** @throws CloudError `device_not_found` */
  systemPower(user: Actor, deviceId: string): SystemPowerView;
}

export function createAutomation(core: Core): Automation {
  const { database, environment, transaction, log } = core;
  const scenes = new SceneService(core, new SceneStore(database), () => scheduler);
  const workModes = new WorkModeService(core, new PlanStore(database), () => scheduler);
  const scheduler: Scheduler = new Scheduler({ kinds: [scenes, workModes], environment, transaction, log });
  return {
    parallel: new ParallelService(core, new ParallelStore(database)),
    scenes,
    workModes,
    settings: new SettingsService(core),
    systemPower: (user, deviceId) => systemPower(core, user, deviceId),
    start: () => scheduler.start(),
    close: () => scheduler.close(),
  };
}
