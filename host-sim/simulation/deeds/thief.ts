import { createVirtualPhone } from '../../world/virtual-phone-host.js';
import { type Kind, numberOf } from '../happening.js';

/** A network of his own, outside the house. */
const HIDEOUT = { ssid: 'hideout', password: 'come here' };
const AGAIN_MS = 15_000;
const FOR_MS = { min: 120_000, max: 1_200_000 };

export const thief: Kind = {
  what: 'thief',
  about:
    'Somebody who has a photo of a board’s label stands outside the house, and tries to get the board onto his own network.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    forMs: random.between(FOR_MS.min, FOR_MS.max),
  }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    const { radio, label } = device;
    if (label === undefined) return;
    if (!radio.points.some(({ ssid }) => ssid === HIDEOUT.ssid)) radio.add({ ...HIDEOUT, rssi: -75 });
    const untilMs = world.nowMs + numberOf(details, 'forMs');
    const seed = world.random.fork(`thief at ${world.nowMs}`).uint32();
    const phone = createVirtualPhone({ time: world.time, network: world.network, radio, seed });
    const attempt = (): void => {
      if (world.nowMs >= untilMs) return;
      phone.setUp({
        label,
        request: HIDEOUT,
        onOutcome: ({ kind }) => {
          world.note(`thief at #${device.index} ${kind}`);
          world.time.timer.set(attempt, AGAIN_MS);
        },
      });
    };
    attempt();
  },
};
