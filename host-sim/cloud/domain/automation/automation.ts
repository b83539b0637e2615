import { ParallelStore } from '../../store/parallel-store.js';
import { SceneStore } from '../../store/scene-store.js';
import type { Core } from '../core.js';
import type { DomainModule } from '../module.js';
import { ParallelService } from './parallel.js';
import { SceneService } from './scenes.js';
import { Scheduler } from './schedule.js';

/** What boards are told together, or by the clock. */
export interface Automation extends DomainModule {
  readonly parallel: ParallelService;
  readonly scenes: SceneService;
}

export function createAutomation(core: Core): Automation {
  const { database, environment, transaction, log } = core;
  const scenes = new SceneService(core, new SceneStore(database), () => scheduler);
  const scheduler: Scheduler = new Scheduler({ kinds: [scenes], environment, transaction, log });
  return {
    parallel: new ParallelService(core, new ParallelStore(database)),
    scenes,
    start: () => scheduler.start(),
    close: () => scheduler.close(),
  };
}
