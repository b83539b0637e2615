import { getRandomValues } from 'node:crypto';
import type { Random } from '../../src/ports/random.js';

/** Randomness of the operating system. */
export function createNodeRandom(): Random {
  const random = new Uint32Array(1);
  return { uint32: () => getRandomValues(random)[0]! };
}
