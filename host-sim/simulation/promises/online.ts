import type { WorldPromise } from '../promise.js';

const WITHIN_MS = 300_000;

export const online: WorldPromise = {
  name: 'online',
  why: 'A board that does not come back by itself is a visit to a house (complaint 8).',
  watch: (world, broken) => {
    const lastMs = new Map<number, number>();
    return {
      tick: () => {
        for (const device of world.devices) {
          const { index } = device;
          const clearSinceMs = world.obstacles.clearSinceMs(index);
          if (device.isOnline || clearSinceMs === undefined) {
            lastMs.set(index, world.nowMs);
            continue;
          }
          const waitedMs = world.nowMs - Math.max(clearSinceMs, lastMs.get(index) ?? 0);
          if (waitedMs <= WITHIN_MS) continue;
          const phase = device.board?.life.phase;
          broken(device, `Nothing has been in its way for ${Math.round(waitedMs / 60_000)} minutes: it is ${phase}.`);
        }
      },
    };
  },
};
