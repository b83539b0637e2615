import { command } from '../deeds/command.js';
import { factoryReset } from '../deeds/factory-reset.js';
import { press } from '../deeds/press.js';
import { everybodySetUp } from '../deeds/set-up.js';
import { cutAtWrite } from '../faults/cut-at-write.js';
import { powerCut } from '../faults/power-cut.js';
import { routerReplaced } from '../faults/router-replaced.js';
import { drawPlan, type Scenario } from '../scenario.js';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export const movingIn: Scenario = {
  name: 'moving-in',
  about: 'Routers are replaced, boards are reset and set up again, and power goes in the middle of it.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  boardsAPlace: 3,
  isNew: true,
  durationMs: 2 * HOUR_MS + 6 * MINUTE_MS,
  restMs: 30 * MINUTE_MS,
  plan: (random, { products }) => [
    ...everybodySetUp(products.length, 6_000),
    ...drawPlan(random, {
      boards: products.length,
      fromMs: 10 * MINUTE_MS,
      untilMs: 100 * MINUTE_MS,
      rates: [
        { kind: routerReplaced, perHour: 0.3 },
        { kind: factoryReset, perHour: 0.8 },
        { kind: command, perHour: 20 },
        { kind: press, perHour: 6 },
        { kind: powerCut, perHour: 1 },
        { kind: cutAtWrite, perHour: 3 },
      ],
    }),
    ...everybodySetUp(products.length, 2 * HOUR_MS),
  ],
};
