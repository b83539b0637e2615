import type { WorldPromise } from '../promise.js';

const WITHIN_MS = 300_000;
/** So often a board whose credentials are refused waits as after a refusal, and then it activates again. */
const MOST_REFUSALS = 3;

export const online: WorldPromise = {
  name: 'online',
  why: 'A board that does not come back by itself is a visit to a house (complaint 8).',
  watch: (world, broken) => {
    const lastMs = world.devices.map(() => 0);
    /** Refusals of one kind in a row, with no answer to an activation between them: of the credentials, or of anything else. */
    const refusals = world.devices.map(() => ({ ofCredentials: false, count: 0 }));
    /** Whom the cloud takes for online: a board's own word is not enough. */
    const present = new Set<string>();
    return {
      boot: ({ index }) => {
        refusals[index]!.count = 0;
        lastMs[index] = Math.min(lastMs[index]!, world.nowMs);
      },
      event: ({ index }, { name, data }) => {
        const refused = refusals[index]!;
        if (name === 'activated' || name === 'activation_failed') refused.count = 0;
        if (name !== 'session_lost' && name !== 'activation_failed') return;
        const { kind, reason, retryMs } = data as { kind: string; reason: string; retryMs: number };
        if (kind === 'failed' || kind === 'broken') return;
        // The cloud can be reached and does not want it: it is to wait, but not to be content with that for ever.
        const ofCredentials = reason === 'CONNACK 4' || reason === 'CONNACK 5';
        refused.count = refused.ofCredentials === ofCredentials ? refused.count + 1 : 1;
        refused.ofCredentials = ofCredentials;
        if (name === 'session_lost' && refused.count > MOST_REFUSALS) return;
        lastMs[index] = world.nowMs + retryMs;
      },
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
          if (isOnline) lastMs[index] = world.nowMs;
          // Who was told to wait waits on when the obstacle is gone.
          if (clearSinceMs === undefined) lastMs[index] = Math.max(lastMs[index]!, world.nowMs);
          if (isOnline || clearSinceMs === undefined) continue;
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
