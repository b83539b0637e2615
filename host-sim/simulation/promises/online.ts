import type { WorldPromise } from '../promise.js';

const WITHIN_MS = 300_000;

export const online: WorldPromise = {
  name: 'online',
  why: 'A board that does not come back by itself is a visit to a house (complaint 8).',
  watch: (world, broken) => {
    const lastMs = world.devices.map(() => 0);
    /** Whom the cloud takes for online: a board's own word is not enough. */
    const present = new Set<string>();
    return {
      cloudUp: () => present.clear(),
      cloud: (name, event) => {
        if (name === 'deviceOnline') present.add(event.deviceId);
        if (name === 'deviceOffline') present.delete(event.deviceId);
      },
      tick: () => {
        for (const device of world.devices) {
          const { index, deviceId } = device;
          const clearSinceMs = world.obstacles.clearSinceMs(index);
          const isOnline = device.isOnline && deviceId !== undefined && present.has(deviceId);
          if (isOnline || clearSinceMs === undefined) {
            lastMs[index] = world.nowMs;
            continue;
          }
          const waitedMs = world.nowMs - Math.max(clearSinceMs, lastMs[index]!);
          if (waitedMs <= WITHIN_MS) continue;
          const phase = device.board?.life.phase;
          const minutes = Math.round(waitedMs / 60_000);
          broken(
            device,
            device.isOnline
              ? `It takes itself for online, and for ${minutes} minutes the cloud has not.`
              : `Nothing has been in its way for ${minutes} minutes: it is ${phase}.`,
          );
        }
      },
    };
  },
};
