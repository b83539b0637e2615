import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

/** What failed attempts to activate leave behind: the longest wait between two, ms. */
const AFTERMATH_MS = 180_000;

export const flashWornOut: Kind = {
  what: 'flash-worn-out',
  about: 'The flash of a board takes no writes for a while, and perhaps cannot be read either.',
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    forMs: random.between(1_000, 900_000),
    unreadable: random.chance(0.3),
  }),
  begin: (world, details) => {
    const { flash, index } = world.device(numberOf(details, 'board'));
    const forMs = numberOf(details, 'forMs');
    // A board that cannot keep its activation does not use it.
    const away = { forMs, keepsOff: [index], aftermathMs: AFTERMATH_MS };
    forAWhile(world, {
      ...away,
      what: `flash of ${index} is worn out`,
      value: true,
      apply: (isWornOut = false) => {
        flash.isWornOut = isWornOut;
      },
    });
    if (details['unreadable'] !== true) return;
    forAWhile(world, {
      ...away,
      what: `flash of ${index} is unreadable`,
      value: true,
      apply: (isUnreadable = false) => {
        flash.isUnreadable = isUnreadable;
      },
    });
  },
};
