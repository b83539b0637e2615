import { type Kind, numberOf } from '../happening.js';

export const wantedRestart: Kind = {
  what: 'wanted-restart',
  about: 'Somebody asks a board to restart.',
  draw: (random, boards) => ({ board: random.between(0, boards - 1) }),
  begin: (world, details) => {
    void world.invoke(world.device(numberOf(details, 'board')), 'restart');
  },
};
