import type { Lead } from './domain/lead.js';
import type { DomainModule } from './domain/module.js';
import type { CloudEnvironment } from './environment.js';
import type { Logger } from './events.js';

const PRUNE_INTERVAL_MS = 3_600_000;

/** Has all of them drop what has become too old, now and every hour, while this process leads; returns what stops it. */
export function pruneRegularly(
  services: readonly Pick<DomainModule, 'prune'>[],
  environment: CloudEnvironment,
  log: Logger,
  lead: Lead,
): () => void {
  let cancel = () => {};
  const prune = () => {
    try {
      if (lead.isHeld) for (const service of services) service.prune?.();
    } catch (error) {
      log.error('prune_failed', { why: (error as Error).message });
    }
    cancel = environment.setTimer(prune, PRUNE_INTERVAL_MS);
  };
  prune();
  return () => cancel();
}
