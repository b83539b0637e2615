import { publishUpdate } from '../deeds/publish-update.js';
import { steerCampaign } from '../deeds/steer-campaign.js';
import { badLink } from '../faults/bad-link.js';
import { cloudKilled } from '../faults/cloud-killed.js';
import { downloadCut } from '../faults/download-cut.js';
import { droppedAll } from '../faults/dropped-all.js';
import { lyingFiles } from '../faults/lying-files.js';
import { slotRot } from '../faults/slot-rot.js';
import type { Kind } from '../happening.js';
import { updated } from '../promises/updated.js';
import type { Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;
const EVERY_MS = 40 * MINUTE_MS;
/** Of each kind there are so many in the way of an update, in its first minutes. */
const IN_THE_WAY: readonly (readonly [Kind, number])[] = [
  [badLink, 2],
  [cloudKilled, 1],
  [downloadCut, 3],
  [lyingFiles, 1],
  [slotRot, 1],
];
const UPDATES = 5;

export const updateWay: Scenario = {
  name: 'update-way',
  about:
    'Updates on a bad way: servers that lie or break off, slow links, a cloud that is killed, campaigns that are paused and aborted, flash that rots.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-RELAY-002', 'SW-DIM-001', 'SW-GEN-001', 'SW-GEN-001'],
  boardsAPlace: 2,
  durationMs: (UPDATES + 1) * EVERY_MS,
  restMs: 60 * MINUTE_MS,
  promises: [updated],
  plan: (random, { products }) =>
    Array.from({ length: UPDATES }, (_, update) => (update + 1) * EVERY_MS).flatMap((atMs) => [
      { atMs, what: publishUpdate.what, stages: [50, 100] },
      ...IN_THE_WAY.flatMap(([kind, count]) =>
        Array.from({ length: count }, () => ({
          atMs: atMs + random.between(-10_000, 20_000),
          what: kind.what,
          ...kind.draw(random, products.length),
        })),
      ),
      { atMs: atMs + random.between(100, 60_000), what: steerCampaign.what, action: random.pick(['pause', 'abort']) },
      { atMs: atMs + 10 * MINUTE_MS, what: steerCampaign.what, action: 'resume' },
      { atMs: atMs + 25 * MINUTE_MS, what: droppedAll.what },
      { atMs: atMs + 30 * MINUTE_MS, what: steerCampaign.what, action: 'retry' },
    ]),
};
