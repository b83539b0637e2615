import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';

const NETWORK = 'network';
/** A reset that somebody asked for is done within this time, ms. */
const RESET_MS = 120_000;

export const staysSetUp: WorldPromise = {
  name: 'stays-set-up',
  why: 'A board that forgets its network is one that somebody has to climb a ladder for (complaint 2).',
  watch: (world, broken) => {
    const knowing = new PerDevice(() => ({ isSetUp: false, resetMs: Number.NEGATIVE_INFINITY }));
    const mayForget = (resetMs: number): boolean => world.nowMs - resetMs <= RESET_MS;
    return {
      invoked: (device, service) => {
        if (service === 'reset') knowing.of(device).resetMs = world.nowMs;
      },
      pressed: (device, input, ms) => {
        const definition = device.product.inputs[input];
        if (definition?.type === 'button' && ms >= definition.holdMs) knowing.of(device).resetMs = world.nowMs + ms;
      },
      stored: (device, key) => {
        if (key !== NETWORK) return;
        const known = knowing.of(device);
        const isThere = device.flash.keys.includes(NETWORK);
        if (known.isSetUp && !isThere && !mayForget(known.resetMs)) {
          broken(device, 'It erases its network, and nobody has asked it to.');
        }
        known.isSetUp = isThere;
      },
      event: (device, { name, data }) => {
        const known = knowing.of(device);
        if (name === 'setup' && (data as { stage: string }).stage === 'activating' && !known.isSetUp) {
          broken(device, 'It says that it is set up, and its flash does not hold the network.');
        }
        if (name !== 'state_changed' || (data as { to: string }).to !== 'unprovisioned' || !known.isSetUp) return;
        const isWell = !device.flash.isRotten(NETWORK) && !device.flash.isUnreadable;
        if (isWell && !mayForget(known.resetMs)) broken(device, 'It is set up, and takes itself for new.');
      },
    };
  },
};
