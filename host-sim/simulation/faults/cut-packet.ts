import { type Kind, numberOf, textOf } from '../happening.js';
import type { Direction } from '../scissors.js';

export const cutPacket: Kind = {
  what: 'cut-packet',
  about: "After so many bytes, in the middle of a packet or an answer, a board's connection is cut.",
  draw: (random, boards) => ({
    board: random.between(0, boards - 1),
    direction: random.pick(['up', 'down']),
    bytes: random.between(1, random.chance(0.5) ? 64 : 1_200),
    how: random.pick(['reset', 'ended']),
  }),
  begin: (world, details) => {
    const direction = textOf(details, 'direction') as Direction;
    const how = textOf(details, 'how') === 'reset' ? 'reset' : 'ended';
    world.wires
      .scissorsOf(world.device(numberOf(details, 'board')))
      .cutAfter(direction, numberOf(details, 'bytes'), how);
  },
};
