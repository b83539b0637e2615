import { publishUpdate } from '../deeds/publish-update.js';
import { badTenthStops } from '../promises/bad-tenth-stops.js';
import type { Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;

export const badTenth: Scenario = {
  name: 'bad-tenth',
  about: 'A hundred boards, and a campaign in stages of a build that comes online on nine boards of ten.',
  products: Array<string>(100).fill('SW-SERVO-001'),
  boardsAPlace: 10,
  durationMs: 30 * MINUTE_MS,
  restMs: 15 * MINUTE_MS,
  promises: [badTenthStops],
  plan: () => [
    {
      atMs: 5 * MINUTE_MS,
      what: publishUpdate.what,
      stages: [10, 30, 100],
      stageMinutes: 5,
      abortPercent: 5,
      fault: 'deaf',
      faultyPercent: 10,
    },
  ],
};
