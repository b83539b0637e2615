import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Chaos, type ChaosOptions } from '../../host-sim/fleet/chaos.js';

describe('chaos', () => {
  let nowMs = 0;
  const cuts: [number, string][] = [];
  let chaos: Chaos | undefined;

  beforeEach(() => {
    nowMs = 0;
    cuts.length = 0;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  });
  afterEach(() => {
    chaos?.stop();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });

  function start(options: Partial<ChaosOptions> = {}): void {
    chaos = new Chaos({
      indices: [3],
      perS: 5,
      ways: ['reset', 'silent'],
      online: () => 1,
      isOnline: () => true,
      cut: (index, how) => cuts.push([index, how]),
      ...options,
    });
    chaos.start();
  }

  /** The interval is over, `lateMs` after it was due. */
  function tick(lateMs = 0): void {
    nowMs += 200 + lateMs;
    vi.advanceTimersByTime(200);
  }

  it('cuts at its rate, in each way by turns', () => {
    start();
    for (let ticks = 0; ticks < 4; ticks++) tick();
    expect(cuts).toEqual([
      [3, 'reset'],
      [3, 'silent'],
      [3, 'reset'],
      [3, 'silent'],
    ]);
  });

  it('keeps its rate on a machine that is late', () => {
    start();
    tick(800);
    expect(cuts).toHaveLength(5);
    tick();
    expect(cuts).toHaveLength(6);
  });

  it('leaves half of the boards alone, and does not make up for it', () => {
    let online = 1;
    start({ indices: [3, 4], online: () => online });
    for (let ticks = 0; ticks < 5; ticks++) tick();
    expect(cuts).toEqual([]);
    online = 2;
    tick();
    expect(cuts).toHaveLength(1);
  });

  it('cuts nothing at a rate of 0', () => {
    start({ perS: 0 });
    for (let ticks = 0; ticks < 5; ticks++) tick();
    expect(cuts).toEqual([]);
  });
});
