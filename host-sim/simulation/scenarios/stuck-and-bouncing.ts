import { command } from '../deeds/command.js';
import { measure } from '../deeds/measure.js';
import { press } from '../deeds/press.js';
import { bouncingButton } from '../faults/bouncing-button.js';
import { stuckServo } from '../faults/stuck-servo.js';
import { wantedRestart } from '../faults/wanted-restart.js';
import { drawPlan, type Scenario } from '../scenario.js';

const HOUR_MS = 3_600_000;

export const stuckAndBouncing: Scenario = {
  name: 'stuck-and-bouncing',
  about: 'Worn buttons, horns that something is in the way of, and people who are always at them.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  durationMs: 2.5 * HOUR_MS,
  plan: (random, { products, durationMs }) =>
    drawPlan(random, {
      boards: products.length,
      fromMs: 30_000,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 120 },
        { kind: press, perHour: 60 },
        { kind: measure, perHour: 30 },
        { kind: bouncingButton, perHour: 6 },
        { kind: stuckServo, perHour: 6 },
        { kind: wantedRestart, perHour: 1 },
      ],
    }),
};
