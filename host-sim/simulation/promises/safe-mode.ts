import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { ToldBook } from '../told.js';

/** Crashes in a row, each within its boot's first minute, after which a board starts in safe mode. */
const CRASHES = 5;
const YOUNG_MS = 60_000;

interface Row {
  /** Crashes in a row; `undefined`: the flash may not have counted them all. */
  crashes: number | undefined;
  bootMs: number;
  /** Writes of this boot's: that it began, and later that it has lasted. */
  notes: number;
  isSafe: boolean;
}

export const safeMode: WorldPromise = {
  name: 'safe-mode',
  why: 'A bad build must be replaceable from afar, and flickering mains must not take a house out of service (complaints 2, 14).',
  watch: (world, broken) => {
    const told = new ToldBook();
    const rows = new PerDevice<Row>(() => ({ crashes: 0, bootMs: 0, notes: 1, isSafe: false }));
    return {
      boot: (device, reason) => {
        const row = rows.of(device);
        const crashed = reason === 'crash' || reason === 'watchdog';
        const isYoung = world.nowMs - row.bootMs < YOUNG_MS;
        const isLost = device.flash.isRotten('boot') || device.flash.isUnreadable;
        const isNoted = row.notes >= (isYoung ? 1 : 2);
        if (!crashed) row.crashes = 0;
        else if (!isNoted || isLost) row.crashes = undefined;
        else if (row.crashes !== undefined) row.crashes = isYoung ? row.crashes + 1 : 0;
        row.bootMs = world.nowMs;
        row.notes = 0;
      },
      stored: (device, key) => {
        if (key === 'boot') rows.of(device).notes++;
      },
      packet: (device, way, packet) => {
        if (way === 'down') told.take(device, packet);
      },
      event: (device, { name, data }) => {
        const row = rows.of(device);
        if (name === 'booted') {
          row.isSafe = (data as { safeMode: boolean }).safeMode;
          if (row.crashes === undefined) return;
          if (row.isSafe && row.crashes < CRASHES)
            broken(device, `It starts in safe mode after ${row.crashes} crashes in a row.`);
          if (!row.isSafe && row.crashes >= CRASHES)
            broken(device, `It starts as if nothing were, after ${row.crashes} crashes in a row.`);
        } else if (name === 'command_accepted' && row.isSafe) {
          const { id } = data as { id: string };
          if (told.find(device, id)?.isSet) broken(device, `It takes command ${id} in safe mode.`);
        }
      },
    };
  },
};
