import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Throttle } from '../../src/core/throttle.js';

describe('a throttle', () => {
  it('lets a burst through, then one at an interval', () => {
    const throttle = new Throttle(3, 1_000);
    const passed = (at: number, count: number) =>
      Array.from({ length: count }, () => throttle.allow(at)).filter(Boolean);
    expect(passed(0, 10)).toHaveLength(3);
    expect(passed(999, 10)).toHaveLength(0);
    expect(passed(1_000, 10)).toHaveLength(1);
    expect(passed(3_500, 10)).toHaveLength(2);
    expect(passed(3_999, 10)).toHaveLength(0);
    expect(passed(4_000, 10)).toHaveLength(1);
    expect(passed(1e9, 10)).toHaveLength(3);
  });

  it('never lets more through than its burst and its rate, whenever it is asked', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5_000 }), { minLength: 1, maxLength: 200 }), (waits) => {
        const throttle = new Throttle(5, 1_000);
        let now = 0;
        let passed = 0;
        for (const wait of waits) {
          now += wait;
          if (throttle.allow(now)) passed++;
        }
        expect(passed).toBeLessThanOrEqual(5 + Math.floor(now / 1_000) + 1);
        expect(passed).toBeGreaterThanOrEqual(Math.min(5, waits.length));
      }),
    );
  });
});
