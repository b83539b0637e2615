import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';

/** What the factory has not given it; the events are written anew at once. */
const LEARNT = ['network', 'activation', 'environment', 'clock', 'outputs'];
const MARK = 'reset';

export const resetWhole: WorldPromise = {
  name: 'reset-whole',
  why: 'A board that was reset goes to somebody else, and must take nothing of its owner along, nor be half of it.',
  watch: (_world, broken) => {
    const knowing = new PerDevice(() => ({ isAsked: false, isResetting: false }));
    const isWell = ({ flash }: SimDevice): boolean => !flash.isWornOut && !flash.isUnreadable;
    return {
      boot: (device, reason) => {
        const known = knowing.of(device);
        // A power that went before the mark has changed nothing.
        known.isResetting = (known.isAsked && reason === 'restart') || device.flash.keys.includes(MARK);
        known.isAsked = false;
      },
      event: (device, { name, data }) => {
        const known = knowing.of(device);
        const { keys } = device.flash;
        if (name === 'factory_reset') known.isAsked = isWell(device);
        if (name === 'booted' && known.isResetting && isWell(device)) {
          const left = LEARNT.filter((key) => keys.includes(key));
          if (left.length > 0) broken(device, `It was reset, and its flash still holds: ${left.join(', ')}.`);
        }
        if (name !== 'state_changed' || (data as { to: string }).to !== 'unprovisioned') return;
        const isHalf = keys.includes('activation') && !keys.includes('network');
        if (isHalf && !keys.includes(MARK))
          broken(device, 'It is reset by half: it knows its account, and no network.');
      },
    };
  },
};
