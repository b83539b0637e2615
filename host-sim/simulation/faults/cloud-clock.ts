import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

export const cloudClock: Kind = {
  what: 'cloud-clock',
  about: "The cloud's clock jumps, and is set right after a while.",
  draw: (random) => ({
    offMs: random.pick([-1, 1]) * random.between(1_000, random.chance(0.7) ? 300_000 : 86_400_000),
    forMs: random.between(10_000, 300_000),
  }),
  begin: (world, details) => {
    forAWhile(world, {
      what: "the cloud's clock is wrong",
      value: numberOf(details, 'offMs'),
      forMs: numberOf(details, 'forMs'),
      apply: (offMs = 0) => {
        world.cloud.clockOffMs = offMs;
      },
    });
  },
};
