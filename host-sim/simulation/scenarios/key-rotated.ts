import { forgedUpdate } from '../deeds/forged-update.js';
import { publishUpdate } from '../deeds/publish-update.js';
import { updated } from '../promises/updated.js';
import type { Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;
const FIRST = 1;
const SECOND = 2;

export const keyRotated: Scenario = {
  name: 'key-rotated',
  about: 'A key of updates is stolen after another one has to sign, too; then it counts no more at all.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001'],
  durationMs: 6 * 30 * MINUTE_MS,
  restMs: 30 * MINUTE_MS,
  promises: [updated],
  plan: () => [
    { atMs: 10 * MINUTE_MS, what: publishUpdate.what, signedBy: [0], required: FIRST | SECOND },
    { atMs: 40 * MINUTE_MS, what: forgedUpdate.what, how: 'stolen key' },
    { atMs: 70 * MINUTE_MS, what: publishUpdate.what, signedBy: [0, 1], required: SECOND },
    { atMs: 100 * MINUTE_MS, what: forgedUpdate.what, how: 'stolen key' },
    { atMs: 130 * MINUTE_MS, what: publishUpdate.what, signedBy: [1], required: SECOND },
  ],
};
