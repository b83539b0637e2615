import type { Kind } from '../happening.js';

export const droppedAll: Kind = {
  what: 'dropped-all',
  about: 'All connections to the cloud are reset in the same instant, and it takes new ones at once.',
  draw: () => ({}),
  begin: (world) => world.cloud.resetAll(),
};
