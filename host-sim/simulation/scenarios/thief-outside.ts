import { command } from '../deeds/command.js';
import { press } from '../deeds/press.js';
import { everybodySetUp } from '../deeds/set-up.js';
import { thief } from '../deeds/thief.js';
import { crash } from '../faults/crash.js';
import { powerCut } from '../faults/power-cut.js';
import { wifiLost } from '../faults/wifi-lost.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;

export const thiefOutside: Scenario = {
  name: 'thief-outside',
  about:
    'Somebody with a photo of the labels stands outside, while power and network come and go: the boards stay where they are.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  isNew: true,
  durationMs: 90 * MINUTE_MS,
  plan: (random, { products, durationMs }) => [
    ...everybodySetUp(products.length, 6_000),
    ...drawPlan(random, {
      boards: products.length,
      // What has been opened to set them up is closed by then.
      fromMs: 20 * MINUTE_MS,
      untilMs: durationMs,
      rates: [
        { kind: thief, perHour: 4 },
        { kind: command, perHour: 12 },
        { kind: press, perHour: 4 },
        { kind: powerCut, perHour: 2 },
        { kind: crash, perHour: 1 },
        { kind: wifiLost, perHour: 2 },
      ],
    }),
  ],
};
