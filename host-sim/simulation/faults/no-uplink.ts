import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

export const noUplink: Kind = {
  what: 'no-uplink',
  about: 'The Wi-Fi of a place is there, and the internet behind it is not.',
  draw: (random, boards) => ({ place: random.between(0, boards - 1), forMs: random.between(1_000, 200_000) }),
  begin: (world, details) => {
    const { number, point } = world.place(numberOf(details, 'place'));
    forAWhile(world, {
      what: `no uplink in ${number}`,
      value: true,
      forMs: numberOf(details, 'forMs'),
      keepsOff: world.boardsOf(number),
      apply: (isCut = false) => {
        point.hasUplink = !isCut;
      },
    });
  },
};
