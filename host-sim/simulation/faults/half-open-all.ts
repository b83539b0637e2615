import type { Kind } from '../happening.js';

export const halfOpenAll: Kind = {
  what: 'half-open-all',
  about: 'Somewhere on the way a box forgets all connections: nothing arrives on any of them, and nobody is told.',
  draw: () => ({}),
  begin: (world) => world.cloud.freezeAll(),
};
