import { OtaData } from '../../world/ota-data.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';

const DAY_MS = 86_400_000;
/** Of one block in one attempt: what was an image there is made none, and in the end it becomes one. */
const MOST_AN_ATTEMPT = 2;
/** Of an entry of the boot loader's, from one boot to the next. */
const MOST_A_BOOT = 4;
/** Of one block, whatever goes wrong. */
const MOST_A_DAY = 60;

interface Worn {
  /** Erasures of each block since an attempt began, and today. */
  readonly attempt: Map<number, number>;
  readonly today: Map<number, number>;
  dayStartMs: number;
}

export const flashWear: WorldPromise = {
  name: 'flash-wear',
  why: 'A block of flash bears its erasures for years only if an update takes one of each.',
  watch: (world, broken) => {
    const worn = new PerDevice<Worn>(() => ({ attempt: new Map(), today: new Map(), dayStartMs: 0 }));
    const begin = (device: SimDevice): void => {
      const { attempt } = worn.of(device);
      for (const block of [...attempt.keys()]) if (block >= OtaData.blocks) attempt.delete(block);
    };
    return {
      boot: (device) => worn.of(device).attempt.clear(),
      flashed: (device) => worn.of(device).attempt.clear(),
      // Each attempt asks for the file, or for the rest of it.
      connected: (device, door) => {
        if (door === 'api') begin(device);
      },
      flash: (device, kind, block) => {
        if (kind !== 'erase') return;
        const state = worn.of(device);
        if (world.nowMs - state.dayStartMs >= DAY_MS) {
          state.dayStartMs = world.nowMs;
          state.today.clear();
        }
        const count = add(state.attempt, block);
        if (count > (block < OtaData.blocks ? MOST_A_BOOT : MOST_AN_ATTEMPT)) {
          broken(device, `Block ${block} of its flash is erased ${count} times in one attempt to update.`);
        }
        const today = add(state.today, block);
        if (today > MOST_A_DAY) broken(device, `Block ${block} of its flash is erased ${today} times in a day.`);
      },
    };
  },
};

function add(counts: Map<number, number>, block: number): number {
  const count = (counts.get(block) ?? 0) + 1;
  counts.set(block, count);
  return count;
}
