import type { WorldPromise } from '../promise.js';

export const noSecret: WorldPromise = {
  name: 'no-secret',
  why: 'What boards and cloud say is read by many, kept for long, and pasted into issues.',
  watch: (world, broken) => {
    const look = (): void => {
      if (world.trace.leak !== undefined) broken(undefined, `A secret stood in: ${world.trace.leak}`);
    };
    return { tick: look, end: look };
  },
};
