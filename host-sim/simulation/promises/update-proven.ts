import type { BoardEvent } from '../../../src/core/events.js';
import { compareVersions } from '../../../src/core/version.js';
import { faultOn } from '../../image/sim-image.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';
import type { World } from '../world.js';

/** From a boot on trial to the end of the trial, and what a clock that is off and a clean stop add, ms. */
const TRIAL_MS = 90_000 + 5_000;

interface Trial {
  /** Of the last build that has proven itself, or that of the factory. */
  proven: string;
  bootMs: number;
  isOnTrial: boolean;
  wasOnline: boolean;
}

export const updateProven: WorldPromise = {
  name: 'update-proven',
  why: 'A build that does not come online must go, and one that has proven itself must stay: nobody can reach a board that runs a bad one.',
  watch: (world, broken) => {
    const trials = new PerDevice<Trial>(({ product }) => ({
      proven: product.firmwareVersion,
      bootMs: 0,
      isOnTrial: false,
      wasOnline: false,
    }));
    return {
      boot: (device) => {
        const trial = trials.of(device);
        const { version } = device;
        trial.isOnTrial = version !== trial.proven;
        trial.bootMs = world.nowMs;
        trial.wasOnline = false;
        if (compareVersions(version, trial.proven) < 0) {
          broken(device, `It runs ${version} again, after ${trial.proven} had proven itself.`);
        }
      },
      event: (device, event) => {
        const trial = trials.of(device);
        if (isOnline(event)) trial.wasOnline = true;
        if (event.name !== 'update_proven') return;
        if (!trial.wasOnline || isFaulty(world, device)) {
          broken(device, `Version ${device.version} is taken for proven, and has not been online.`);
        }
        trial.proven = device.version;
        trial.isOnTrial = false;
      },
      tick: () => {
        for (const device of world.devices) {
          const { isOnTrial, bootMs } = trials.of(device);
          if (!device.isPowered || !isOnTrial || world.nowMs - bootMs <= TRIAL_MS) continue;
          broken(device, `Version ${device.version} has neither proven itself nor gone, after ${TRIAL_MS / 1_000} s.`);
        }
      },
    };
  },
};

function isOnline({ name, data }: BoardEvent): boolean {
  return name === 'state_changed' && (data as { to: string }).to === 'online';
}

function isFaulty(world: World, device: SimDevice): boolean {
  const build = world.builds.find(device.product.productKey, device.version);
  return build !== undefined && faultOn(build, device.serial) !== undefined;
}
