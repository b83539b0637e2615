import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';

/** So many refusals or unreached brokers a board bears before it doubts what it has (device.md; the reference's 4.1). */
const REFUSALS = 3;
const UNREACHED = 5;
const UNREACHED_ONCE_ONLINE = 20;
const ACTIVATION = 'activation';

interface Known {
  /** Whether the flash held an activation at the last boot that nothing had happened to. */
  has: boolean;
  /** Whether it held one that had rotted. */
  isRotten: boolean;
  hasTried: boolean;
  /** Whether what the cloud gave last is in the flash. */
  isStored: boolean;
  /** Whether it tries another cloud, or another CA of its own: what it gets there is stored when it is kept. */
  isOnTrial: boolean;
  wasOnline: boolean;
  refusals: number;
  failures: number;
}

export const settingsKept: WorldPromise = {
  name: 'settings-kept',
  why: 'A board that forgets who it is after a power flicker is lost to its owner (complaint 2).',
  watch: (_world, broken) => {
    const knowing = new PerDevice<Known>(() => ({
      has: false,
      isRotten: false,
      hasTried: false,
      isStored: false,
      isOnTrial: false,
      wasOnline: false,
      refusals: 0,
      failures: 0,
    }));
    return {
      boot: (device) => {
        const { flash } = device;
        const known = knowing.of(device);
        const isThere = flash.keys.includes(ACTIVATION);
        known.has = isThere && !flash.isRotten(ACTIVATION) && !flash.isUnreadable;
        known.isRotten = isThere && flash.isRotten(ACTIVATION);
        known.hasTried = known.wasOnline = known.isOnTrial = false;
        known.refusals = known.failures = 0;
      },
      stored: (device, key) => {
        if (key !== ACTIVATION) return;
        const known = knowing.of(device);
        if (!device.flash.keys.includes(ACTIVATION)) {
          // It has been made to forget.
          known.has = known.isStored = false;
          return;
        }
        known.has = known.isStored = true;
        known.isRotten = false;
        known.refusals = known.failures = 0;
      },
      event: (device, { name, data }) => {
        const known = knowing.of(device);
        if (name === 'environment_tried') known.isOnTrial = true;
        if (name === 'environment_kept' || name === 'environment_refused') known.isOnTrial = false;
        if (known.isOnTrial) return;
        if (name === 'activated' && !known.isStored) {
          broken(device, 'It uses an activation that is not in its flash.');
        }
        if (name === 'session_lost') {
          known.failures++;
          if (/^CONNACK [45]$/.test((data as { reason: string }).reason)) known.refusals++;
          return;
        }
        if (name !== 'state_changed') return;
        const { to } = data as { to: string };
        if (to === 'activating') known.isStored = false;
        if (to === 'online') {
          known.wasOnline = known.hasTried = true;
          known.refusals = known.failures = 0;
        } else if (to === 'connecting') {
          if (known.isRotten) broken(device, 'It uses an activation that has rotted.');
          known.hasTried = true;
        } else if (to === 'activating' && known.has) {
          const mayDoubt =
            known.refusals >= REFUSALS || known.failures >= (known.wasOnline ? UNREACHED_ONCE_ONLINE : UNREACHED);
          if (!known.hasTried) broken(device, 'It activates anew, though its flash holds its activation.');
          else if (!mayDoubt) {
            const { failures, refusals } = known;
            broken(device, `It activates anew after ${failures} lost sessions, of which ${refusals} were refused.`);
          }
          // One more failure may lead here again.
          known.failures = Math.max(known.failures, UNREACHED_ONCE_ONLINE);
        }
      },
    };
  },
};
