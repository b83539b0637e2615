import { command } from '../deeds/command.js';
import { measure } from '../deeds/measure.js';
import { press } from '../deeds/press.js';
import { cloudKilled } from '../faults/cloud-killed.js';
import { cloudStopped } from '../faults/cloud-stopped.js';
import { dns } from '../faults/dns.js';
import { noUplink } from '../faults/no-uplink.js';
import { drawPlan, type Scenario } from '../scenario.js';

const HOUR_MS = 3_600_000;

/** Complaint 1: boards reboot, dropping their relays, when broker or hub is away. */
export const hubAway: Scenario = {
  name: 'hub-away',
  about: 'The cloud or the way to it is away again and again, while outputs are on.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  durationMs: 6 * HOUR_MS,
  plan: (random, { products, durationMs }) =>
    drawPlan(random, {
      boards: products.length,
      fromMs: 30_000,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 20 },
        { kind: press, perHour: 10 },
        { kind: measure, perHour: 4 },
        { kind: cloudKilled, perHour: 0.3 },
        { kind: cloudStopped, perHour: 0.3 },
        { kind: dns, perHour: 0.2 },
        { kind: noUplink, perHour: 0.5 },
      ],
    }),
};
