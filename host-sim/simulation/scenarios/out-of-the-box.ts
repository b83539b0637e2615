import { command } from '../deeds/command.js';
import { everybodySetUp, setUp } from '../deeds/set-up.js';
import { cutAtWrite } from '../faults/cut-at-write.js';
import { noUplink } from '../faults/no-uplink.js';
import { powerCut } from '../faults/power-cut.js';
import { routerReboot } from '../faults/router-reboot.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;

/** Complaint 10: a wrong Wi-Fi password strands the board. */
export const outOfTheBox: Scenario = {
  name: 'out-of-the-box',
  about:
    'New boards that people set up with their phones, with slips, half-way, and while power and network come and go.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  boardsAPlace: 2,
  isNew: true,
  durationMs: 50 * MINUTE_MS,
  // The last who sets them up, and five minutes for them to get online.
  restMs: 30 * MINUTE_MS,
  plan: (random, { products }) => [
    ...drawPlan(random, {
      boards: products.length,
      fromMs: 6_000,
      untilMs: 30 * MINUTE_MS,
      rates: [
        { kind: setUp, perHour: 8 },
        { kind: command, perHour: 20 },
        { kind: powerCut, perHour: 3 },
        { kind: cutAtWrite, perHour: 5 },
        { kind: routerReboot, perHour: 1 },
        { kind: noUplink, perHour: 1 },
      ],
    }),
    // In the end somebody does it well.
    ...everybodySetUp(products.length, 36 * MINUTE_MS),
  ],
};
