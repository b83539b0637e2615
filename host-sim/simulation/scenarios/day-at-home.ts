import { command } from '../deeds/command.js';
import { wifiLost } from '../faults/wifi-lost.js';
import { drawPlan, type Scenario } from '../scenario.js';

const HOUR_MS = 3_600_000;

export const dayAtHome: Scenario = {
  name: 'day-at-home',
  about: 'Five boards, one of each product, in a house where little goes wrong.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  durationMs: 24 * HOUR_MS,
  plan: (random, { products, durationMs }) =>
    drawPlan(random, {
      boards: products.length,
      fromMs: 60_000,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 4 },
        { kind: wifiLost, perHour: 0.1 },
      ],
    }),
};
