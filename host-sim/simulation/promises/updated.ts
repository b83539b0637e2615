import type { WorldPromise } from '../promise.js';

export const updated: WorldPromise = {
  name: 'updated',
  why: 'What mends a board must reach it, whatever happens on the way (complaints 7, 14).',
  watch: (world, broken) => ({
    end: () => {
      for (const device of world.devices) {
        const wanted = world.builds.newestFor(device);
        if (device.version === wanted) continue;
        broken(device, `Everything is as it should be, and it runs ${device.version} instead of ${wanted}.`);
      }
    },
  }),
};
