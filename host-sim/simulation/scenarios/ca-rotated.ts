import { command } from '../deeds/command.js';
import { giveTrust } from '../deeds/give-trust.js';
import { caRotated } from '../faults/ca-rotated.js';
import { dropped } from '../faults/dropped.js';
import { powerCut } from '../faults/power-cut.js';
import { notStranded } from '../promises/not-stranded.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;

export const caRotatedAway: Scenario = {
  name: 'ca-rotated',
  about:
    'The CA is rotated while boards are on, off and restarting; they are told of the new one from afar, and the old one is forgotten.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  boardsAPlace: 3,
  tls: { certificateAgeMs: 0 },
  durationMs: 150 * MINUTE_MS,
  promises: [notStranded],
  plan: (random, { products, durationMs }) => [
    { atMs: 20 * MINUTE_MS, what: caRotated.what, ...caRotated.draw(random, products.length) },
    { atMs: 30 * MINUTE_MS, what: giveTrust.what, ...giveTrust.draw(random, products.length) },
    // The next one: who still knew only the first would be stranded.
    { atMs: 120 * MINUTE_MS, what: caRotated.what, ...caRotated.draw(random, products.length), forgets: true },
    // What they were told is to be there still.
    ...products.map((_, board) => ({ atMs: (125 + board) * MINUTE_MS, what: powerCut.what, board, offMs: 5_000 })),
    // It was off before there was another CA, and comes back when that is an old story.
    { atMs: 10 * MINUTE_MS, what: powerCut.what, board: 1, offMs: 60 * MINUTE_MS },
    ...drawPlan(random, {
      boards: products.length,
      fromMs: MINUTE_MS,
      untilMs: 0.6 * durationMs,
      rates: [
        { kind: command, perHour: 3 },
        { kind: dropped, perHour: 1 },
        { kind: powerCut, perHour: 0.5 },
      ],
    }),
  ],
};
