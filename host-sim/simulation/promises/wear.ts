import { NETWORK_RECORD } from '../../../src/records/network-record.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import type { SimDevice } from '../sim-device.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MOST_A_DAY = 100;
/** A download writes down what it gets; it has so much more when it writes that again, bytes. */
const DOWNLOAD = 'download';
const PROGRESS_BYTES = 65_536;
/** Of one attempt: what comes, that all is there, and how far it was when it was broken off. */
const MOST_AN_ATTEMPT = 3;

/** Writes of one record in one boot. */
interface Writes {
  lastMs: number;
  /** Sooner than a minute after the one before. */
  early: number;
  dayStartMs: number;
  today: number;
}

export const wear: WorldPromise = {
  name: 'wear',
  why: 'Flash bears some ten thousand writes: a record that is written every few seconds ends a board within months.',
  watch: (world, broken) => {
    // The count is of a boot: who has just started does not know how often he has done so.
    const writes = new PerDevice<Map<string, Writes>>(() => new Map());
    const attempts = new PerDevice(() => ({ writes: 0 }));
    const countDownload = (device: SimDevice): void => {
      const attempt = attempts.of(device);
      attempt.writes++;
      const most = MOST_AN_ATTEMPT + Math.floor(device.loader.slotBytes / PROGRESS_BYTES);
      if (attempt.writes > most) {
        broken(device, `Its record "${DOWNLOAD}" is written ${attempt.writes} times in one attempt to get a file.`);
      }
    };
    const count = (device: SimDevice, key: string): void => {
      const { nowMs } = world;
      const record = writes.of(device).get(key);
      if (record === undefined) {
        writes.of(device).set(key, { lastMs: nowMs, early: 0, dayStartMs: nowMs, today: 1 });
        return;
      }
      const sinceMs = nowMs - record.lastMs;
      record.lastMs = nowMs;
      if (nowMs - record.dayStartMs >= DAY_MS) {
        record.dayStartMs = nowMs;
        record.today = 0;
      }
      record.today++;
      // At a clean stop, or when it crashes, it writes once more.
      if (sinceMs < MINUTE_MS) record.early++;
      if (record.early > 1)
        broken(device, `Its record "${key}" is written ${sinceMs} ms after the last time, not the first time.`);
      if (record.today > MOST_A_DAY + 1)
        broken(device, `Its record "${key}" is written ${record.today} times in a day.`);
    };
    return {
      boot: (device) => {
        writes.of(device).clear();
        attempts.of(device).writes = 0;
      },
      connected: (device, door) => {
        if (door === 'api') attempts.of(device).writes = 0;
      },
      stored: (device, key) => {
        // What a person sets up or has forgotten is written for him, and rarely.
        if (key === NETWORK_RECORD || !device.flash.keys.includes(key)) return;
        if (key === DOWNLOAD) countDownload(device);
        else count(device, key);
      },
    };
  },
};
