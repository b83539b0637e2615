import type { WorldPromise } from '../promise.js';

export const neverABrick: WorldPromise = {
  name: 'never-a-brick',
  why: 'A board in a wall that finds nothing to start is mended by nobody from afar.',
  watch: (_world, broken) => ({
    brick: (device) => broken(device, 'It has power, and neither slot holds firmware that is whole.'),
  }),
};
