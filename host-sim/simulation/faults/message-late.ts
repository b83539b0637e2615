import { type Kind, numberOf } from '../happening.js';

export const messageLate: Kind = {
  what: 'message-late',
  about: 'The next messages to a board overtake each other.',
  draw: (random, boards) => ({ board: random.between(0, boards - 1), count: random.between(1, 3) }),
  begin: (world, details) => {
    world.wires.tapOf(world.device(numberOf(details, 'board')))?.holdBack(numberOf(details, 'count'));
  },
};
