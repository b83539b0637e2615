import type { WorldPromise } from '../promise.js';

export const notStranded: WorldPromise = {
  name: 'not-stranded',
  why: 'A board that no longer finds whom to trust can be mended by nobody from afar (complaint 11).',
  watch: (world, broken) => ({
    end: () => {
      for (const device of world.devices) {
        if (device.isPowered && device.isOnline) continue;
        broken(device, `Everything is as it should be, and it is ${device.board?.life.phase ?? 'without power'}.`);
      }
    },
  }),
};
