import type { BoardEvent } from '../../../src/core/events.js';
import { compareVersions } from '../../../src/core/version.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { TrialBook } from '../trial-book.js';

/** From a boot on trial to the end of the trial, and what a clean stop adds, ms. */
const TRIAL_MS = 90_000 + 5_000;

export const updateProven: WorldPromise = {
  name: 'update-proven',
  why: 'A build that does not come online must go, and one that has proven itself must stay: nobody can reach a board that runs a bad one.',
  watch: (world, broken) => {
    const trials = new TrialBook(world);
    const online = new PerDevice<{ version: string | undefined }>(() => ({ version: undefined }));
    return {
      flashed: (device) => trials.flashed(device),
      boot: (device) => {
        const { proven } = trials.boot(device);
        if (compareVersions(device.version, proven) < 0) {
          broken(device, `It runs ${device.version} again, after ${proven} had proven itself.`);
        }
      },
      event: (device, event) => {
        trials.event(device, event);
        if (isOnline(event)) online.of(device).version = device.version;
        if (event.name !== 'update_proven') return;
        if (online.of(device).version !== device.version || world.builds.faultOf(device) !== undefined) {
          broken(device, `Version ${device.version} is taken for proven, and has not been online.`);
        }
      },
      tick: () => {
        for (const device of world.devices) {
          const { isOnTrial, boot } = trials.of(device);
          if (!device.isPowered || !isOnTrial || world.nowMs - boot.atMs <= TRIAL_MS) continue;
          broken(device, `Version ${device.version} has neither proven itself nor gone, after ${TRIAL_MS / 1_000} s.`);
        }
      },
    };
  },
};

function isOnline({ name, data }: BoardEvent): boolean {
  return name === 'state_changed' && (data as { to: string }).to === 'online';
}
