import { command } from '../deeds/command.js';
import { ntpDown } from '../faults/ntp-down.js';
import { wantedRestart } from '../faults/wanted-restart.js';
import { wifiLost } from '../faults/wifi-lost.js';
import { drawPlan, type Scenario } from '../scenario.js';

const HOUR_MS = 3_600_000;

/** Complaint 13: an NTP server that cannot be reached stalls the board or its schedules. */
export const noNtp: Scenario = {
  name: 'no-ntp',
  about: 'The time server is never there; boards start, restart and lose their network all the same.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  boardsAPlace: 1,
  durationMs: 2 * HOUR_MS,
  plan: (random, { products, durationMs }) => [
    { atMs: 0, what: ntpDown.what, forMs: 3 * HOUR_MS },
    ...drawPlan(random, {
      boards: products.length,
      fromMs: 10_000,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 10 },
        { kind: wantedRestart, perHour: 1 },
        { kind: wifiLost, perHour: 2 },
      ],
    }),
  ],
};
