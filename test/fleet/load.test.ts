import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Load } from '../../host-sim/fleet/load.js';

describe('an open load', () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  it('has each set due at its time, also those that wait until a board is free', () => {
    const dues: number[] = [];
    let isFree = true;
    const beganMs = performance.now();
    const load = new Load({
      ratePerS: 100,
      send: (dueMs) => {
        if (isFree) dues.push(Math.round(dueMs - beganMs));
        return isFree;
      },
    });
    load.start();
    vi.advanceTimersByTime(45);
    expect(dues).toEqual([0, 10, 20, 30, 40]);
    isFree = false;
    vi.advanceTimersByTime(1_000);
    expect(dues).toHaveLength(5);
    isFree = true;
    vi.advanceTimersByTime(5);
    expect(dues).toHaveLength(106);
    expect(dues).toEqual(Array.from({ length: 106 }, (_, count) => count * 10));
    expect(load.stop()).toBe(0);
  });

  it('says at its end how many were due and have not left', () => {
    const load = new Load({ ratePerS: 100, send: () => false });
    load.start();
    vi.advanceTimersByTime(500);
    expect(load.stop()).toBe(50);
    expect(load.stop()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('of 0 a second is none', () => {
    const load = new Load({ ratePerS: 0, send: () => expect.unreachable() });
    load.start();
    expect(vi.getTimerCount()).toBe(0);
    expect(load.stop()).toBe(0);
  });
});
