import { command } from '../deeds/command.js';
import { badLink } from '../faults/bad-link.js';
import { halfOpen } from '../faults/half-open.js';
import { noUplink } from '../faults/no-uplink.js';
import { routerReboot } from '../faults/router-reboot.js';
import { wifiLost } from '../faults/wifi-lost.js';
import { drawPlan, type Scenario } from '../scenario.js';

const DAY_MS = 86_400_000;

export const badRouter: Scenario = {
  name: 'month-with-a-bad-router',
  about: 'A board lives for a month beside a router that loses it, its address or the internet every few hours.',
  products: ['SW-RELAY-002'],
  durationMs: 30 * DAY_MS,
  plan: (random, { products, durationMs }) =>
    drawPlan(random, {
      boards: products.length,
      fromMs: 60_000,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 0.5 },
        { kind: wifiLost, perHour: 0.3 },
        { kind: routerReboot, perHour: 0.1 },
        { kind: noUplink, perHour: 0.1 },
        { kind: badLink, perHour: 0.1 },
        { kind: halfOpen, perHour: 0.1 },
      ],
    }),
};
