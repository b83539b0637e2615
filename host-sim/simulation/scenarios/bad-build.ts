import { command } from '../deeds/command.js';
import { publishUpdate } from '../deeds/publish-update.js';
import { steerCampaign } from '../deeds/steer-campaign.js';
import { powerCut } from '../faults/power-cut.js';
import { campaignStops } from '../promises/campaign-stops.js';
import { updated } from '../promises/updated.js';
import { drawPlan, type Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

export const badBuild: Scenario = {
  name: 'bad-build',
  about:
    'Builds that crash, hang, or reach nobody, on every board or on some: each campaign stops by itself, and a mended build reaches all boards.',
  products: [...Array<string>(6).fill('SW-RELAY-002'), ...Array<string>(6).fill('SW-SERVO-001')],
  boardsAPlace: 4,
  durationMs: 5 * HOUR_MS,
  restMs: 60 * MINUTE_MS,
  promises: [updated, campaignStops],
  plan: (random, { products, durationMs }) => [
    { atMs: 10 * MINUTE_MS, what: publishUpdate.what, stages: [20, 100], fault: 'crash' },
    // Somebody will not believe it.
    ...[20, 26, 32, 38].map((minute) => ({
      atMs: minute * MINUTE_MS,
      what: steerCampaign.what,
      action: 'retry',
      evenBad: true,
    })),
    { atMs: 50 * MINUTE_MS, what: publishUpdate.what, stages: [50, 100], fault: 'deaf' },
    { atMs: 90 * MINUTE_MS, what: publishUpdate.what, stages: [100], fault: 'hang' },
    { atMs: 130 * MINUTE_MS, what: publishUpdate.what, stages: [50, 100], fault: 'deaf', faultyPercent: 40 },
    { atMs: 240 * MINUTE_MS, what: publishUpdate.what, stages: [20, 100] },
    ...drawPlan(random, {
      boards: products.length,
      fromMs: MINUTE_MS,
      untilMs: durationMs,
      rates: [
        { kind: command, perHour: 1 },
        { kind: powerCut, perHour: 0.05 },
      ],
    }),
  ],
};
