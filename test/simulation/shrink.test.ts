import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shrink } from '../../host-sim/simulation/shrink.js';

/** Without a limit of time. */
const ALL = { atOnce: 1, isEnough: (): boolean => false };

describe('the shortest part of a list that still does it', () => {
  const needs =
    (wanted: readonly number[]) =>
    async (part: readonly number[]): Promise<boolean> =>
      wanted.every((one) => part.includes(one));

  it('is what it takes, wherever that stands, and nothing that can be left out alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(60),
        fc.uniqueArray(fc.nat(59), { maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (length, places, atOnce) => {
          const list = Array.from({ length }, (_, index) => index);
          const wanted = places.filter((place) => place < length);
          const part = await shrink(list, needs(wanted), { atOnce, isEnough: () => false });
          expect(part).toEqual([...wanted].sort((a, b) => a - b));
        },
      ),
    );
  });

  it('is the whole list where nothing can go', async () => {
    const list = [1, 2, 3];
    expect(await shrink(list, async (part) => part.length === 3, ALL)).toEqual(list);
  });

  it('is empty where it takes nothing', async () => {
    expect(await shrink([1, 2, 3, 4, 5], async () => true, ALL)).toEqual([]);
  });

  it('is the best so far when enough time has gone into it', async () => {
    let tries = 0;
    const list = Array.from({ length: 100 }, (_, index) => index);
    const stillDoesIt = async (one: readonly number[]): Promise<boolean> => {
      tries++;
      return one.includes(0);
    };
    const part = await shrink(list, stillDoesIt, { atOnce: 1, isEnough: () => tries >= 4 });
    expect(tries).toBe(4);
    expect(part).toContain(0);
    expect(part.length).toBeLessThan(100);
  });

  it('is the same, however many parts are tried at once', async () => {
    const list = Array.from({ length: 40 }, (_, index) => index);
    // Two ways to do it: which is found depends on the order in which parts are left out, not on how fast they are.
    const eitherWay = async (part: readonly number[]): Promise<boolean> => {
      await new Promise((resolve) => setImmediate(resolve));
      return (part.includes(3) && part.includes(20)) || part.includes(31);
    };
    const found = [];
    for (const atOnce of [1, 2, 7]) found.push(await shrink(list, eitherWay, { atOnce, isEnough: () => false }));
    expect(found).toEqual([[31], [31], [31]]);
  });
});
