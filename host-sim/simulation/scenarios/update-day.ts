import { command } from '../deeds/command.js';
import { publishUpdate } from '../deeds/publish-update.js';
import { cutAtWrite } from '../faults/cut-at-write.js';
import { dropped } from '../faults/dropped.js';
import { powerCut } from '../faults/power-cut.js';
import { wifiLost } from '../faults/wifi-lost.js';
import { updated } from '../promises/updated.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export const updateDay: Scenario = {
  name: 'update-day',
  about: 'Three updates in a day, while people press and call, links drop and the power goes in the middle of it all.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001', 'SW-SERVO-001'],
  boardsAPlace: 3,
  durationMs: 8 * HOUR_MS,
  restMs: 90 * MINUTE_MS,
  promises: [updated],
  plan: (random, { products, durationMs }) => [
    { atMs: 30 * MINUTE_MS, what: publishUpdate.what, stages: [20, 100] },
    { atMs: 3 * HOUR_MS, what: publishUpdate.what, stages: [100], raisesFloor: true },
    { atMs: 6 * HOUR_MS, what: publishUpdate.what, stages: [10, 50, 100] },
    // Off for the whole first update.
    { atMs: 20 * MINUTE_MS, what: powerCut.what, board: 2, offMs: 2 * HOUR_MS },
    ...drawPlan(random, {
      boards: products.length,
      fromMs: MINUTE_MS,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 4 },
        { kind: dropped, perHour: 1 },
        { kind: wifiLost, perHour: 0.2 },
        { kind: powerCut, perHour: 0.5 },
        { kind: cutAtWrite, perHour: 2 },
      ],
    }),
  ],
};
