import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

export const ntpWrong: Kind = {
  what: 'ntp-wrong',
  about: 'The time server tells a wrong time.',
  draw: (random) => ({
    offMs: random.pick([-1, 1]) * random.between(1_000, random.chance(0.5) ? 120_000 : 40 * 86_400_000),
    forMs: random.between(10_000, 600_000),
  }),
  begin: (world, details) => {
    forAWhile(world, {
      what: 'NTP is wrong',
      value: numberOf(details, 'offMs'),
      forMs: numberOf(details, 'forMs'),
      apply: (offMs = 0) => {
        world.ntp.offMs = offMs;
      },
    });
  },
};
