import { type Kind, numberOf } from '../happening.js';

export const halfOpen: Kind = {
  what: 'half-open',
  about: 'Nothing arrives any more on the connection of a board to its broker, and nobody is told.',
  draw: (random, boards) => ({ board: random.between(0, boards - 1) }),
  begin: (world, details) => {
    world.wires.peerOf(world.device(numberOf(details, 'board')))?.freeze();
  },
};
