import { command } from '../deeds/command.js';
import { brokerRenamed } from '../faults/broker-renamed.js';
import { cloudMoved } from '../faults/cloud-moved.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;
/** A board looks for its broker for a quarter of an hour or so before it doubts what it was told of it. */
const RENAMED_MS = 80 * MINUTE_MS;

export const cloudMovedAway: Scenario = {
  name: 'cloud-moved',
  about: 'The cloud moves to another machine; then its broker gets another name, which only the API knows.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001', 'SW-RELAY-002'],
  boardsAPlace: 2,
  durationMs: 150 * MINUTE_MS,
  plan: (random, { products, durationMs }) => [
    { atMs: random.between(2, 15) * MINUTE_MS, what: cloudMoved.what, ...cloudMoved.draw(random, products.length) },
    {
      atMs: random.between(20, 25) * MINUTE_MS,
      what: brokerRenamed.what,
      ...brokerRenamed.draw(random, products.length),
    },
    { atMs: RENAMED_MS, what: cloudMoved.what, ...cloudMoved.draw(random, products.length) },
    ...drawPlan(random, {
      boards: products.length,
      fromMs: MINUTE_MS,
      untilMs: durationMs,
      rates: [{ kind: command, perHour: 6 }],
    }),
  ],
};
