import { command } from '../deeds/command.js';
import { press } from '../deeds/press.js';
import { brownOut } from '../faults/brown-out.js';
import { crash } from '../faults/crash.js';
import { cutAtWrite } from '../faults/cut-at-write.js';
import { flashRot } from '../faults/flash-rot.js';
import { flashWornOut } from '../faults/flash-worn-out.js';
import { memoryCeiling } from '../faults/memory-ceiling.js';
import { powerCut } from '../faults/power-cut.js';
import { wantedRestart } from '../faults/wanted-restart.js';
import { drawPlan, type Scenario } from '../scenario.js';

const HOUR_MS = 3_600_000;

/** Complaint 2 of those that this firmware is built against: power flicker wipes the configuration. */
export const powerFlicker: Scenario = {
  name: 'power-flicker',
  about: 'Mains that flicker: power goes in the middle of writes, motions and pulses, and flash is not what it was.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  durationMs: 2 * HOUR_MS,
  plan: (random, { products, durationMs }) =>
    drawPlan(random, {
      boards: products.length,
      // Some of it while they activate for the first time.
      fromMs: 1_000,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 60 },
        { kind: press, perHour: 20 },
        { kind: powerCut, perHour: 4 },
        { kind: cutAtWrite, perHour: 6 },
        { kind: brownOut, perHour: 2 },
        { kind: crash, perHour: 1 },
        { kind: wantedRestart, perHour: 1 },
        { kind: memoryCeiling, perHour: 0.5 },
        { kind: flashWornOut, perHour: 0.5 },
        { kind: flashRot, perHour: 1 },
      ],
    }),
};
