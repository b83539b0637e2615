import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';
import { TrialBook } from '../trial-book.js';
import { isUpgrade } from '../update-messages.js';

/** A build that fails so often on a board is not for it. */
const MOST_FAILURES = 3;
/** A build that gives itself up has had its time, ms. */
const PROOF_MS = 90_000;

interface Failures {
  /** Versions that have failed since the board was told of any, and what it knows of that is in its flash. */
  readonly banned: Set<string>;
  readonly counts: Map<string, number>;
  /** What has just failed, before any of that is in the flash. */
  unknown: string | undefined;
}

export const notTriedAgain: WorldPromise = {
  name: 'not-tried-again',
  why: 'A board that tries a bad build again and again is out of service for good, and wears its flash out.',
  watch: (world, broken) => {
    const trials = new TrialBook(world);
    const failing = new PerDevice<Failures>(() => ({ banned: new Set(), counts: new Map(), unknown: undefined }));
    return {
      flashed: (device) => trials.flashed(device),
      event: (device, event) => trials.event(device, event),
      boot: (device, reason) => {
        const { unproven, isOnTrial, boot } = trials.boot(device);
        const failures = failing.of(device);
        const { banned, counts } = failures;
        failures.unknown = undefined;
        if (device.flash.isRotten('update')) counts.clear();
        if (unproven !== undefined && unproven.version !== device.version) {
          const hasCrashed = reason === 'crash' || reason === 'watchdog';
          const hasGivenUp = reason === 'restart' && boot.atMs - unproven.atMs >= PROOF_MS;
          if (hasCrashed || hasGivenUp) failures.unknown = unproven.version;
        }
        if (!isOnTrial) return;
        const { version } = device;
        if (banned.has(version)) {
          broken(device, `Version ${version} has failed on it, and it tries it again by itself.`);
        }
        if ((counts.get(version) ?? 0) >= MOST_FAILURES) {
          broken(device, `Version ${version} has failed on it ${MOST_FAILURES} times, and it tries it again.`);
        }
      },
      stored: (device, key) => {
        const { banned, counts, unknown } = failing.of(device);
        if (unknown === undefined) return;
        if (key === 'download' || key === 'update') banned.add(unknown);
        if (key !== 'update') return;
        counts.set(unknown, (counts.get(unknown) ?? 0) + 1);
        failing.of(device).unknown = undefined;
      },
      packet: (device, way, packet) => {
        if (way === 'down' && isUpgrade(packet)) failing.of(device).banned.clear();
      },
    };
  },
};
