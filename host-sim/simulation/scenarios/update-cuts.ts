import { publishUpdate } from '../deeds/publish-update.js';
import { cutAtWrite } from '../faults/cut-at-write.js';
import type { Happening } from '../happening.js';
import { updated } from '../promises/updated.js';
import type { Scenario } from '../scenario.js';
import type { SeededRandom } from '../seeded-random.js';

const MINUTE_MS = 60_000;
const UPDATES = 6;
const EVERY_MS = 30 * MINUTE_MS;
/** An update is so many operations of the flash, records and the boot loader's included. */
const OPERATIONS = 40;
/** So often the power goes in one update, each time after the time that a board takes to go on, ms. */
const CUTS = 3;
const BETWEEN_MS = 4 * MINUTE_MS;

export const updateCuts: Scenario = {
  name: 'update-cuts',
  about: 'Updates in which the power goes at any operation of the flash: of a slot, of a record, of the boot loader.',
  products: Array<string>(8).fill('SW-RELAY-002'),
  durationMs: (UPDATES + 1) * EVERY_MS,
  restMs: 60 * MINUTE_MS,
  promises: [updated],
  plan: (random, { products }) =>
    Array.from({ length: UPDATES }, (_, update) => (update + 1) * EVERY_MS).flatMap((atMs) => [
      // Who comes back with the old build counts as failed until he has switched again by himself.
      { atMs, what: publishUpdate.what, stages: [100], raisesFloor: true, abortPercent: 100 },
      ...products.flatMap((_, board) => cuts(random, atMs - 1_000, board)),
    ]),
};

function cuts(random: SeededRandom, atMs: number, board: number): Happening[] {
  return Array.from({ length: CUTS }, (_, cut) => ({
    atMs: atMs + cut * BETWEEN_MS,
    what: cutAtWrite.what,
    board,
    write: random.between(1, OPERATIONS),
    moment: random.pick(['before', 'during', 'after']),
    restarts: false,
    offMs: random.between(50, 5_000),
  }));
}
