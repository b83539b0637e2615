import { endCloud } from '../cloud-ends.js';
import { type Kind, numberOf } from '../happening.js';

export const cloudStopped: Kind = {
  what: 'cloud-stopped',
  about: 'The cloud is stopped as for a new version, and started again.',
  draw: (random) => ({ forMs: random.between(2_000, random.chance(0.7) ? 30_000 : 200_000) }),
  begin: (world, details) => endCloud(world, 'stop', numberOf(details, 'forMs')),
};
