import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indicesOf, MOST_BOARDS, serialOf, WHOLE } from '../../host-sim/fleet/shard.js';

describe('the shards of a fleet', () => {
  it('have each board once', () => {
    fc.assert(
      fc.property(fc.nat(3_000), fc.integer({ min: 1, max: 20 }), (boards, of) => {
        const all = Array.from({ length: of }, (_, index) => indicesOf(boards, { index, of })).flat();
        expect(all.sort((a, b) => a - b)).toEqual(indicesOf(boards, WHOLE));
      }),
    );
  });

  it('differ by one board at most', () => {
    const sizes = [0, 1, 2].map((index) => indicesOf(1_000, { index, of: 3 }).length);
    expect(sizes).toEqual([334, 333, 333]);
  });

  it('have serial numbers that look like the address of a station, each its own', () => {
    const serials = new Set(Array.from({ length: 3_000 }, (_, index) => serialOf(index)));
    expect(serials.size).toBe(3_000);
    expect(serialOf(0)).toBe('02F1EE000000');
    expect(serialOf(MOST_BOARDS - 1)).toBe('02F1EE01869F');
  });
});
