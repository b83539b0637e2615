import type { Random } from '../../src/ports/random.js';

/** The same numbers from the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    uint32: () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let value = Math.imul(state ^ (state >>> 15), state | 1);
      value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
      return (value ^ (value >>> 14)) >>> 0;
    },
  };
}
