import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

/** What failed attempts leave behind: the longest wait between two, ms. */
const AFTERMATH_MS = 120_000;

export const memoryCeiling: Kind = {
  what: 'memory-ceiling',
  about: 'A board has no memory for another socket for a while.',
  draw: (random, boards) => ({ board: random.between(0, boards - 1), forMs: random.between(1_000, 300_000) }),
  begin: (world, details) => {
    const device = world.device(numberOf(details, 'board'));
    forAWhile(world, {
      what: `no memory on ${device.index}`,
      value: true,
      forMs: numberOf(details, 'forMs'),
      keepsOff: [device.index],
      aftermathMs: AFTERMATH_MS,
      apply: (isFull = false) => {
        device.hasRoom = !isFull;
      },
    });
  },
};
