import { command } from '../deeds/command.js';
import { ntpDown } from '../faults/ntp-down.js';
import { powerCut } from '../faults/power-cut.js';
import { serverCertificate } from '../faults/server-certificate.js';
import { notStranded } from '../promises/not-stranded.js';
import { drawPlan, type Scenario } from '../scenario.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const trustMonth: Scenario = {
  name: 'trust-month',
  about:
    "A board over TLS for a month, in which the server's certificate is renewed, expires unnoticed, and clocks are lost.",
  products: ['SW-RELAY-002'],
  // With a month of its 90 days left it is renewed: in the middle of this month.
  tls: { certificateAgeMs: 45 * DAY_MS },
  durationMs: 30 * DAY_MS,
  promises: [notStranded],
  plan: (random, { products, durationMs }) => [
    // Without power, and then without the time, over the night in which the certificate changes.
    { atMs: 14 * DAY_MS, what: ntpDown.what, forMs: 3 * DAY_MS },
    { atMs: 14.5 * DAY_MS, what: powerCut.what, board: 0, offMs: DAY_MS },
    { atMs: 20 * DAY_MS, what: serverCertificate.what, wrong: 'expired', forMs: 5 * HOUR_MS },
    { atMs: 20 * DAY_MS + HOUR_MS, what: powerCut.what, board: 0, offMs: HOUR_MS },
    ...drawPlan(random, {
      boards: products.length,
      fromMs: 60_000,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 0.2 },
        { kind: powerCut, perHour: 0.02 },
        { kind: ntpDown, perHour: 0.02 },
      ],
    }),
  ],
};
