import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

export const ntpDown: Kind = {
  what: 'ntp-down',
  about: 'The time server does not answer.',
  draw: (random) => ({ forMs: random.between(10_000, 1_000_000) }),
  begin: (world, details) => {
    forAWhile(world, {
      what: 'NTP is down',
      value: true,
      forMs: numberOf(details, 'forMs'),
      apply: (isDown = false) => {
        world.ntp.isUp = !isDown;
      },
    });
  },
};
