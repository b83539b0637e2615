import { factoryReset } from '../deeds/factory-reset.js';
import { flashByCable } from '../deeds/flash-by-cable.js';
import { forgedUpdate } from '../deeds/forged-update.js';
import { publishUpdate } from '../deeds/publish-update.js';
import { oddOffer } from '../faults/odd-offer.js';
import type { Details, Happening } from '../happening.js';
import { updated } from '../promises/updated.js';
import type { Scenario } from '../scenario.js';

const MINUTE_MS = 60_000;

export const oldBuilds: Scenario = {
  name: 'old-builds',
  about:
    'Somebody offers boards builds that they must not take: old ones, their own once more, those of others, forged ones; also after a factory reset and a cable.',
  products: ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001', 'SW-GEN-001'],
  durationMs: 4 * 60 * MINUTE_MS,
  restMs: 30 * MINUTE_MS,
  promises: [updated],
  plan: (_random, { products }) => {
    const offers = (fromMs: number): Happening[] =>
      products.flatMap((_, board) =>
        ['old', 'same', 'of another', 'forged', 'swapped'].map((offer, place) => ({
          atMs: fromMs + (place * products.length + board) * 20_000,
          what: oddOffer.what,
          board,
          offer,
          // The oldest there is.
          choice: 0,
          retain: false,
        })),
      );
    const each = (fromMs: number, what: string, details: Details): Happening[] =>
      products.map((_, board) => ({ atMs: fromMs + board * 10_000, what, board, ...details }));
    return [
      { atMs: 10 * MINUTE_MS, what: publishUpdate.what },
      { atMs: 20 * MINUTE_MS, what: publishUpdate.what },
      ...offers(30 * MINUTE_MS),
      { atMs: 45 * MINUTE_MS, what: publishUpdate.what, raisesFloor: true },
      { atMs: 60 * MINUTE_MS, what: forgedUpdate.what, how: 'stranger' },
      { atMs: 80 * MINUTE_MS, what: forgedUpdate.what, how: 'swapped' },
      ...each(100 * MINUTE_MS, factoryReset.what, { by: 'cloud', backMs: 20_000, isCut: false }),
      ...each(130 * MINUTE_MS, flashByCable.what, { offMs: 5_000 }),
      ...offers(140 * MINUTE_MS),
      { atMs: 200 * MINUTE_MS, what: publishUpdate.what },
    ];
  },
};
