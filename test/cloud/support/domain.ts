import { type CloudServices, createServices, type ServicesOptions } from '../../../host-sim/cloud/domain/services.js';
import { EventHub, Logger } from '../../../host-sim/cloud/events.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { MemoryFiles } from '../../../host-sim/cloud/store/stored-files.js';
import { TestClock } from './clock.js';
import { onCleanup } from './fixture.js';

/** The domain alone, in virtual time, over a database of its own. */
export async function openDomain(
  options: Partial<ServicesOptions> = {},
  clock = new TestClock(),
): Promise<{ services: CloudServices; clock: TestClock }> {
  const { environment } = clock;
  const database = await openDatabase(':memory:');
  const services = createServices({
    database,
    environment,
    events: new EventHub({ onListenerError: () => {} }),
    log: new Logger({ log: () => {}, now: environment.now }),
    signingKey: Buffer.alloc(32, 1),
    sealingKey: Buffer.alloc(32, 2),
    packageFiles: new MemoryFiles(),
    userFiles: new MemoryFiles(),
    ...options,
  });
  onCleanup(() => {
    services.writes.close();
    database.close();
  });
  return { services, clock };
}
