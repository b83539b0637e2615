import { command } from '../deeds/command.js';
import { handshakeCut } from '../faults/handshake-cut.js';
import { manInTheMiddle } from '../faults/man-in-the-middle.js';
import { powerCut } from '../faults/power-cut.js';
import { serverCertificate } from '../faults/server-certificate.js';
import { strippedAnswer } from '../faults/stripped-answer.js';
import { notStranded } from '../promises/not-stranded.js';
import { drawPlan, type Scenario } from '../scenario.js';
import { PLAIN_STRANGER, STRANGERS } from '../strangers.js';

const MINUTE_MS = 60_000;
const EVERY_MS = 12 * MINUTE_MS;

export const manInTheMiddleForAWhile: Scenario = {
  name: 'man-in-the-middle',
  about: 'Somebody puts himself between boards and their cloud, with one kind of certificate after the other.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
  boardsAPlace: 3,
  tls: { certificateAgeMs: 0 },
  durationMs: 110 * MINUTE_MS,
  promises: [notStranded],
  plan: (random, { products, durationMs }) => [
    // He is there before they have ever been online; then nobody tells them of TLS.
    { atMs: 1_000, what: manInTheMiddle.what, who: random.pick(Object.keys(STRANGERS)), forMs: 2 * MINUTE_MS },
    { atMs: 2 * MINUTE_MS, what: strippedAnswer.what, forMs: 2 * MINUTE_MS },
    ...[...Object.keys(STRANGERS), PLAIN_STRANGER].map((who, place) => ({
      atMs: (place + 1) * EVERY_MS,
      what: manInTheMiddle.what,
      who,
      forMs: random.between(1, 5) * MINUTE_MS,
    })),
    ...drawPlan(random, {
      boards: products.length,
      fromMs: 5 * MINUTE_MS,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 3 },
        { kind: powerCut, perHour: 1 },
        { kind: handshakeCut, perHour: 0.1 },
        { kind: serverCertificate, perHour: 0.1 },
      ],
    }),
  ],
};
