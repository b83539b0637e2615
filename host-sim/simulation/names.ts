import { CLOUD_HOST, type World } from './world.js';

/** The overlay of faults that want the cloud's names to lead somewhere else: an address, or '' for nowhere at all. */
export const DNS = 'DNS';

/** Has the names of the API and of the broker lead where they are to lead now. */
export function leadNames(world: World): void {
  const leads = world.overlays.current(DNS) as string | undefined;
  for (const name of [CLOUD_HOST, world.cloud.brokerHost]) {
    if (leads === '') world.network.forget(name);
    else world.network.assign(name, leads ?? world.cloud.address);
  }
}
