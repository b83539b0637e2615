import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

export const otherCloudDown: Kind = {
  what: 'other-cloud-down',
  about: 'The cloud of the other environment is down for a while.',
  draw: (random) => ({ forMs: random.between(60_000, 900_000) }),
  begin: (world, details) => {
    const { other, devices } = world;
    if (other === undefined) return;
    forAWhile(world, {
      what: 'the other cloud is down',
      value: true,
      forMs: numberOf(details, 'forMs'),
      keepsOff: devices.filter((device) => world.sideOf(device) === other).map(({ index }) => index),
      apply: (isDown = false) => {
        if (isDown) other.cloud.kill();
        else void other.cloud.start();
      },
    });
  },
};
