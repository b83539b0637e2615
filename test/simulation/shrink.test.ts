import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrink } from '../../host-sim/simulation/shrink.js';

describe('the shortest part of a list that still does it', () => {
  const needs =
    (wanted: readonly number[]) =>
    async (part: readonly number[]): Promise<boolean> =>
      wanted.every((one) => part.includes(one));

  it('is what it takes, wherever that stands, and nothing that can be left out alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.uniqueArray(fc.nat(59), { maxLength: 5 }), async (length, places) => {
        const list = Array.from({ length }, (_, index) => index);
        const wanted = places.filter((place) => place < length);
        const part = await shrink(list, needs(wanted), 2_000);
        expect(part).toEqual([...wanted].sort((a, b) => a - b));
      }),
    );
  });

  it('is the whole list where nothing can go', async () => {
    const list = [1, 2, 3];
    expect(await shrink(list, async (part) => part.length === 3, 100)).toEqual(list);
  });

  it('is empty where it takes nothing', async () => {
    expect(await shrink([1, 2, 3, 4, 5], async () => true, 100)).toEqual([]);
  });

  it('is the best so far after as many tries as are allowed', async () => {
    let tries = 0;
    const part = await shrink(
      Array.from({ length: 100 }, (_, index) => index),
      async (one) => {
        tries++;
        return one.includes(0);
      },
      4,
    );
    expect(tries).toBe(4);
    expect(part).toContain(0);
    expect(part.length).toBeLessThan(100);
  });
});
