import type { Label } from '../../../src/ports/host.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';

const FACTORY = 'factory';

interface Known {
  /** What its access point had as a password, as long as its factory record was well. */
  password: string | undefined;
  /** What it had shown before this boot. */
  shown: Label | undefined;
  /** Its record has been lost: it may make another. */
  mayChange: boolean;
  /** While it cannot read its record, it makes do with another. */
  isReadable: boolean;
}

export const labelHolds: WorldPromise = {
  name: 'label-holds',
  why: 'The password of a board is printed on it: one that changes by itself shuts its owner out for good.',
  watch: (world, broken) => {
    const knowing = new PerDevice<Known>(() => ({
      password: undefined,
      shown: undefined,
      mayChange: false,
      isReadable: true,
    }));
    return {
      boot: (device) => {
        const { flash, label } = device;
        const known = knowing.of(device);
        known.shown = label;
        known.isReadable = !flash.isUnreadable;
        if (flash.isRotten(FACTORY) || !flash.keys.includes(FACTORY)) known.mayChange = true;
      },
      tick: () => {
        for (const device of world.devices) {
          const { label } = device;
          const known = knowing.of(device);
          if (label === undefined || label === known.shown || !known.isReadable) continue;
          if (label.password !== known.password && !known.mayChange) {
            broken(device, 'Its access point has another password than its label says.');
          }
          known.password = label.password;
          known.shown = label;
          known.mayChange = false;
        }
      },
    };
  },
};
