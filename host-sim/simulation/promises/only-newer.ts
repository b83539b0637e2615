import { compareVersions } from '../../../src/core/version.js';
import type { WorldPromise } from '../promise.js';
import { TrialBook } from '../trial-book.js';

export const onlyNewer: WorldPromise = {
  name: 'only-newer',
  why: 'An old build has the faults that newer ones have mended: who may choose one, chooses those.',
  watch: (world, broken) => {
    const trials = new TrialBook(world);
    return {
      flashed: (device) => trials.flashed(device),
      boot: (device) => {
        trials.boot(device);
      },
      event: (device, event) => {
        trials.event(device, event);
        if (event.name !== 'update_ready') return;
        const { version } = event.data as { version: string };
        const { floor } = trials.of(device);
        if (compareVersions(version, device.version) <= 0) {
          broken(device, `It runs ${device.version}, and switches to ${version}.`);
        }
        if (floor !== undefined && compareVersions(version, floor) < 0) {
          broken(device, `It switches to ${version}, and has proven a build that lets nothing below ${floor} come.`);
        }
      },
    };
  },
};
