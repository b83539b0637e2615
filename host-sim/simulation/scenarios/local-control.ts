import { command } from '../deeds/command.js';
import { press } from '../deeds/press.js';
import { cloudKilled } from '../faults/cloud-killed.js';
import { flashWornOut } from '../faults/flash-worn-out.js';
import { noUplink } from '../faults/no-uplink.js';
import { routerReboot } from '../faults/router-reboot.js';
import { wifiLost } from '../faults/wifi-lost.js';
import { drawPlan, type Scenario } from '../scenario.js';

const HOUR_MS = 3_600_000;

/** Complaint 15: local control stops when the internet does. */
export const localControlWithoutInternet: Scenario = {
  name: 'local-control-without-internet',
  about: 'People press buttons while Wi-Fi, router and cloud come and go.',
  products: ['SW-DIM-001', 'SW-GEN-001', 'SW-DIM-001', 'SW-GEN-001'],
  boardsAPlace: 2,
  durationMs: 4 * HOUR_MS,
  plan: (random, { products, durationMs }) =>
    drawPlan(random, {
      boards: products.length,
      fromMs: 5_000,
      untilMs: durationMs,
      rates: [
        { kind: press, perHour: 60 },
        { kind: command, perHour: 10 },
        { kind: wifiLost, perHour: 2 },
        { kind: routerReboot, perHour: 1 },
        { kind: noUplink, perHour: 1 },
        { kind: cloudKilled, perHour: 0.2 },
        { kind: flashWornOut, perHour: 0.2 },
      ],
    }),
};
