import { inputsLike } from '../choose.js';
import { PerDevice } from '../per-device.js';
import type { WorldPromise } from '../promise.js';

const WRONG_PASSWORDS = 5;
const FAILURES = 10;

export const asksForHelp: WorldPromise = {
  name: 'asks-for-help',
  why: 'A board whose network has another password now must let itself be told, without a factory reset (complaint 10).',
  watch: (world, broken) => {
    const knowing = new PerDevice(() => ({
      phase: 'boot',
      wrongPasswords: 0,
      failures: 0,
      isOpen: false,
      isAsking: false,
    }));
    const forget = (known: { wrongPasswords: number; failures: number; isAsking: boolean }): void => {
      known.wrongPasswords = known.failures = 0;
      known.isAsking = false;
    };
    return {
      boot: (device) => {
        const known = knowing.of(device);
        forget(known);
        known.isOpen = false;
      },
      powerOff: (device) => forget(knowing.of(device)),
      event: (device, { name, data }) => {
        const known = knowing.of(device);
        if (name === 'setup_opened') known.isOpen = true;
        if (name === 'setup_closed') known.isOpen = false;
        if (name === 'state_changed') {
          known.phase = (data as { to: string }).to;
          if (known.phase !== 'joining') forget(known);
        }
        if (name !== 'network_lost' || known.phase !== 'joining') return;
        const isWrong = (data as { reason: string }).reason === 'wrong_password';
        known.wrongPasswords = isWrong ? known.wrongPasswords + 1 : 0;
        known.failures++;
        const isStranded = known.failures % FAILURES === 0 && inputsLike(device, 'button').length === 0;
        known.isAsking = isStranded || (isWrong && known.wrongPasswords % WRONG_PASSWORDS === 0);
      },
      tick: () => {
        for (const device of world.devices) {
          const known = knowing.of(device);
          if (!known.isAsking) continue;
          known.isAsking = false;
          if (known.isOpen) continue;
          const { failures, wrongPasswords } = known;
          broken(
            device,
            `It failed to join ${failures} times, ${wrongPasswords} of them in a row by its password, and opens for nobody.`,
          );
        }
      },
    };
  },
};
