import { compareVersions } from '../../../src/core/version.js';
import { faultOn } from '../../image/sim-image.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import type { World } from '../world.js';

export const updated: WorldPromise = {
  name: 'updated',
  why: 'What mends a board must reach it, whatever happens on the way (complaints 7, 14).',
  watch: (world, broken) => ({
    end: () => {
      for (const device of world.devices) {
        const wanted = newestGood(world, device);
        if (device.version !== wanted) {
          broken(device, `Everything is as it should be, and it runs ${device.version} instead of ${wanted}.`);
        }
      }
    },
  }),
};

/** What is right for a board: the newest build of its makers that works on it, or what it had from the factory. */
function newestGood(world: World, { product, serial }: SimDevice): string {
  const good = world.builds.all.filter(
    (build) => build.isGenuine && build.product.productKey === product.productKey && !faultOn(build, serial),
  );
  return [product.firmwareVersion, ...good.map(({ version }) => version)].sort(compareVersions).at(-1)!;
}
