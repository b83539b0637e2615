import { type Kind, numberOf } from '../happening.js';

export const dropped: Kind = {
  what: 'dropped',
  about: 'The connection of a board to its broker is reset.',
  draw: (random, boards) => ({ board: random.between(0, boards - 1) }),
  begin: (world, details) => {
    world.wires.peerOf(world.device(numberOf(details, 'board')))?.reset();
  },
};
