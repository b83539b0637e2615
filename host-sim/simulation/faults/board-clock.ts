import { type Kind, numberOf } from '../happening.js';

export const boardClock: Kind = {
  what: 'board-clock',
  about: "A board's own clock jumps.",
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    byMs: random.pick([-1, 1]) * random.between(1_000, 600_000),
  }),
  begin: (world, details) => {
    world.device(numberOf(details, 'board')).shiftClock(numberOf(details, 'byMs'));
  },
};
