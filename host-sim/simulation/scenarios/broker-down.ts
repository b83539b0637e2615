import { cloudKilled } from '../faults/cloud-killed.js';
import { cloudStopped } from '../faults/cloud-stopped.js';
import type { Scenario } from '../scenario.js';
import { fleet } from './fleet.js';

const MINUTE_MS = 60_000;
const DOWN_MS = 60 * MINUTE_MS;

export const brokerDown: Scenario = {
  name: 'broker-down',
  about: 'A thousand boards lose their broker for an hour.',
  get products() {
    return fleet(1_000);
  },
  boardsAPlace: 1,
  powerOnMs: 2 * MINUTE_MS,
  durationMs: 68 * MINUTE_MS,
  restMs: 5 * MINUTE_MS,
  plan: (random) => {
    const { what } = random.pick([cloudKilled, cloudStopped]);
    return [{ atMs: random.between(180, 420) * 1_000, what, moment: 'now', forMs: DOWN_MS }];
  },
};
