import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';

describe('virtual time', () => {
  test('fires timers in the order of their time, and of their setting where the time is the same', () => {
    const time = new VirtualTime();
    const fired: string[] = [];
    time.timer.set(() => fired.push('late'), 20);
    time.timer.set(() => fired.push('first'), 10);
    time.timer.set(() => fired.push('second'), 10);
    time.timer.set(() => fired.push('now'));
    expect(fired).toEqual([]);
    time.advance(0);
    expect(fired).toEqual(['now']);
    time.advance(15);
    expect(fired).toEqual(['now', 'first', 'second']);
    expect(time.nowMs).toBe(15);
    time.advance(5);
    expect(fired).toEqual(['now', 'first', 'second', 'late']);
  });

  test('shows a callback the time at which it is due, and fires what it sets', () => {
    const time = new VirtualTime();
    const seen: number[] = [];
    time.timer.set(() => {
      seen.push(time.clock.monotonicMs());
      time.timer.set(() => seen.push(time.clock.monotonicMs()), 5);
    }, 10);
    time.advance(100);
    expect(seen).toEqual([10, 15]);
  });

  test('a repeating timer keeps its beat until it is cleared, also by itself', () => {
    const time = new VirtualTime();
    const seen: number[] = [];
    const handle = time.timer.repeat(() => {
      seen.push(time.nowMs);
      if (seen.length === 3) time.timer.clear(handle);
    }, 20);
    time.advance(1000);
    expect(seen).toEqual([20, 40, 60]);
    expect(time.pending).toBe(0);
  });

  test('ignores the clearing of what fired, was cleared, or never was', () => {
    const time = new VirtualTime();
    const handle = time.timer.set(() => {}, 1);
    time.advance(1);
    time.timer.clear(handle);
    time.timer.clear(handle);
    time.timer.clear(undefined);
  });

  test('setting the wall clock does not move the monotonic one', () => {
    const time = new VirtualTime({ epochMs: 1000 });
    time.advance(5);
    expect(time.clock.nowMs()).toBe(1005);
    time.clock.setNow(50);
    time.advance(5);
    expect([time.clock.nowMs(), time.clock.monotonicMs()]).toEqual([55, 10]);
  });

  test('runs until a condition holds, and says so when it does not', () => {
    const time = new VirtualTime();
    let done = false;
    time.timer.set(() => {
      done = true;
    }, 30);
    time.runUntil(() => done, 100);
    expect(time.nowMs).toBe(30);
    expect(() => time.runUntil(() => false, 100)).toThrow('within 100 ms');
    expect(time.nowMs).toBe(130);
  });

  test('says that it stands still instead of running for ever', () => {
    const time = new VirtualTime();
    const again = () => void time.timer.set(again);
    again();
    expect(() => time.advance(1)).toThrow('stands still');
  });

  test('never fires early, late or out of order, whatever is set and cleared', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ delayMs: fc.nat(50), clear: fc.boolean() }), { maxLength: 60 }), (plan) => {
        const time = new VirtualTime();
        const fired: { index: number; atMs: number }[] = [];
        const handles = plan.map(({ delayMs }, index) =>
          time.timer.set(() => fired.push({ index, atMs: time.nowMs }), delayMs),
        );
        plan.forEach(({ clear }, index) => {
          if (clear) time.timer.clear(handles[index]);
        });
        time.advance(50);
        const expected = plan
          .map(({ delayMs, clear }, index) => ({ index, atMs: delayMs, clear }))
          .filter(({ clear }) => !clear)
          .sort((a, b) => a.atMs - b.atMs || a.index - b.index)
          .map(({ index, atMs }) => ({ index, atMs }));
        expect(fired).toEqual(expected);
      }),
    );
  });
});
