import { type Kind, numberOf } from '../happening.js';
import { leadNames } from '../names.js';

export const cloudMoved: Kind = {
  what: 'cloud-moved',
  about: 'The cloud moves to another machine, and its names with it.',
  draw: (random) => ({ machine: random.between(1, 200) }),
  begin: (world, details) => {
    world.cloud.moveTo(`10.1.0.${numberOf(details, 'machine')}`);
    leadNames(world);
  },
};
