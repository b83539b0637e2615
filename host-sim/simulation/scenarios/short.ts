import { publishUpdate } from '../deeds/publish-update.js';
import { steerCampaign } from '../deeds/steer-campaign.js';
import { droppedAll } from '../faults/dropped-all.js';
import type { Kind } from '../happening.js';
import { updated } from '../promises/updated.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;
/** Of all kinds, this share happens under one seed: when everything does at once, nothing else ever does. */
const SHARE = 0.35;
/** On each board, an hour. */
const PER_HOUR = { min: 0.5, max: 6 };

/** Every kind of what can happen, a few of them under each seed and those often: the one to run with hundreds of seeds. */
export function short(kinds: readonly Kind[]): Scenario {
  return {
    name: 'short',
    about: 'One board of each product, and three quarters of an hour in which a lot goes wrong.',
    ...shortWith(kinds),
  };
}

/** The same over TLS, and with what can happen to trust. */
export function shortTls(kinds: readonly Kind[]): Scenario {
  return {
    name: 'short-tls',
    about:
      'One board of each product over TLS, and three quarters of an hour in which a lot goes wrong, with certificates too.',
    tls: { certificateAgeMs: 0 },
    ...shortWith(kinds),
  };
}

/** The same with updates, and with what can happen to those; in the end there is one that everybody is to get. */
export function shortUpdate(kinds: readonly Kind[]): Scenario {
  const base = shortWith(kinds);
  const { durationMs } = base;
  return {
    ...base,
    name: 'short-update',
    about: 'One board of each product, and three quarters of an hour in which a lot goes wrong, with updates too.',
    restMs: 90 * MINUTE_MS,
    promises: [updated],
    plan: (random, scenario) => [
      { atMs: 3 * MINUTE_MS, what: publishUpdate.what, stages: [100] },
      { atMs: 20 * MINUTE_MS, what: publishUpdate.what, stages: [50, 100], raisesFloor: true },
      ...base.plan(random, scenario),
      { atMs: durationMs + 10 * MINUTE_MS, what: publishUpdate.what, stages: [100] },
      // Whom the word did not reach hears it on his next session.
      { atMs: durationMs + 25 * MINUTE_MS, what: droppedAll.what },
      { atMs: durationMs + 30 * MINUTE_MS, what: steerCampaign.what, action: 'retry' },
    ],
  };
}

function shortWith(kinds: readonly Kind[]): Omit<Scenario, 'name' | 'about'> {
  return {
    products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-SENSE-001', 'SW-GEN-001'],
    boardsAPlace: 3,
    durationMs: 45 * MINUTE_MS,
    plan: (random, { products, durationMs }) =>
      drawPlan(random, {
        boards: products.length,
        // The app has signed in by then, and the first boards are still without power.
        fromMs: 1_000,
        untilMs: durationMs,
        rates: kinds.flatMap((kind) => {
          const draws = random.fork(`rate of ${kind.what}`);
          if (kind.what !== 'command' && !draws.chance(SHARE)) return [];
          return [{ kind, perHour: PER_HOUR.min * (PER_HOUR.max / PER_HOUR.min) ** draws.fraction() }];
        }),
      }),
  };
}
