import { getRandomValues } from 'node:crypto';
import type { Random } from '../../src/ports/random.js';

/** It keeps nothing: one is enough for all boards of a process. */
const NODE_RANDOM: Random = Object.freeze({ uint32: () => getRandomValues(new Uint32Array(1))[0]! });

/** Randomness of the operating system. */
export function createNodeRandom(): Random {
  return NODE_RANDOM;
}
