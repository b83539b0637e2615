import { forAWhile } from '../for-a-while.js';
import { type Kind, numberOf } from '../happening.js';

export const databaseFull: Kind = {
  what: 'database-full',
  about: "For a while there is no room on the disk of the cloud's database.",
  draw: (random) => ({ forMs: random.between(5_000, 120_000) }),
  begin: (world, details) => {
    forAWhile(world, {
      what: 'the database is full',
      value: true,
      forMs: numberOf(details, 'forMs'),
      keepsOff: world.devices.map(({ index }) => index),
      apply: (isFull = false) => world.cloud.fillDisk(isFull),
    });
  },
};
