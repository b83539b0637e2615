import { command } from '../deeds/command.js';
import { measure } from '../deeds/measure.js';
import { press } from '../deeds/press.js';
import { cloudStopped } from '../faults/cloud-stopped.js';
import { halfOpen } from '../faults/half-open.js';
import { noUplink } from '../faults/no-uplink.js';
import { routerReboot } from '../faults/router-reboot.js';
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
        { kind: press, perHour: 1 },
        { kind: measure, perHour: 2 },
        { kind: wifiLost, perHour: 0.1 },
        { kind: routerReboot, perHour: 0.01 },
        { kind: noUplink, perHour: 0.02 },
        { kind: halfOpen, perHour: 0.02 },
        { kind: cloudStopped, perHour: 0.01 },
      ],
    }),
};
