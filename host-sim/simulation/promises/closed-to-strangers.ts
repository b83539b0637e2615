import { NETWORK_RECORD } from '../../../src/records/network-record.js';
import { inputsLike } from '../choose.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';

const LONG_PRESS_MS = 3_000;
/** Without a client it closes after ten minutes, ms; a client prolongs that. */
const WINDOW_MS = 610_000;
/** A client may have come at its very end, and taken his time, ms. */
const LONGEST_MS = WINDOW_MS + 600_000;
/** Wrong passwords in a row that make it ask for help. */
const WRONG_PASSWORDS = 5;
/** Failures to join that make one ask that has no button. */
const FAILURES = 10;

export const closedToStrangers: WorldPromise = {
  name: 'closed-to-strangers',
  why: 'Who has a photo of the label and stands before the house must find no open door.',
  watch: (world, broken) => {
    const knowing = new PerDevice(() => ({
      isSetUp: false,
      /** Somebody at the board, or whoever may ask for it from afar, or its own need. */
      reasonMs: Number.NEGATIVE_INFINITY,
      wrongPasswords: 0,
      failures: 0,
      usedMs: Number.NEGATIVE_INFINITY,
      isOpen: false,
    }));
    return {
      boot: (device) => {
        const known = knowing.of(device);
        known.isSetUp = device.flash.keys.includes(NETWORK_RECORD);
        known.wrongPasswords = known.failures = 0;
        known.isOpen = false;
      },
      stored: (device, key) => {
        if (key === NETWORK_RECORD) knowing.of(device).isSetUp = device.flash.keys.includes(key);
      },
      pressed: (device, _input, ms) => {
        if (ms >= LONG_PRESS_MS) knowing.of(device).reasonMs = world.nowMs + ms;
      },
      invoked: (device, service) => {
        if (service === 'openProvisioning') knowing.of(device).reasonMs = world.nowMs;
      },
      event: (device, { name, data }) => {
        const known = knowing.of(device);
        if (name === 'setup') known.usedMs = world.nowMs;
        if (name === 'network_lost') {
          const isWrong = (data as { reason: string }).reason === 'wrong_password';
          known.wrongPasswords = isWrong ? known.wrongPasswords + 1 : 0;
          known.failures++;
          const isLost = known.failures >= FAILURES && inputsLike(device, 'button').length === 0;
          if (known.wrongPasswords >= WRONG_PASSWORDS || isLost) known.reasonMs = world.nowMs;
        }
        if (name === 'setup_opened' && known.isSetUp && world.nowMs - known.reasonMs > WINDOW_MS) {
          broken(device, 'It is set up, and opens its access point without a reason.');
        }
        if (name === 'setup_opened' && !known.isSetUp) known.reasonMs = world.nowMs;
        if (name === 'setup_opened') known.isOpen = true;
        if (name === 'setup_closed') known.isOpen = false;
      },
      powerOff: (device) => {
        knowing.of(device).isOpen = false;
      },
      tick: () => {
        for (const device of world.devices) {
          const { isOpen, isSetUp, reasonMs, usedMs } = knowing.of(device);
          if (!isOpen || !isSetUp || world.nowMs - Math.max(reasonMs, usedMs) <= LONGEST_MS) continue;
          knowing.of(device).usedMs = Number.POSITIVE_INFINITY;
          broken(device, 'It is set up, and its access point stays open.');
        }
      },
    };
  },
};
