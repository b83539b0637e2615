import { command } from '../deeds/command.js';
import { routerReboot } from '../faults/router-reboot.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;

/** Complaint 8: no recovery after a router reboot, and leaks on reconnect. */
export const routerReboots: Scenario = {
  name: 'router-reboot',
  about: 'The router restarts again and again, and comes back without the internet at first.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  durationMs: 120 * MINUTE_MS,
  plan: (random, { products, durationMs }) => [
    ...Array.from({ length: 8 }, (_, turn) => ({
      atMs: (5 + 14 * turn) * MINUTE_MS + random.between(0, 2 * MINUTE_MS),
      what: routerReboot.what,
      place: 0,
      offMs: 90_000,
      deafMs: random.between(0, 3 * MINUTE_MS),
    })),
    ...drawPlan(random, {
      boards: products.length,
      fromMs: MINUTE_MS,
      untilMs: durationMs,
      rates: [{ kind: command, perHour: 12 }],
    }),
  ],
};
