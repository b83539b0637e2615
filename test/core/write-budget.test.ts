import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WriteBudget } from '../../src/core/write-budget.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

describe('the write budget', () => {
  it('allows the first write at once and the next a minute later', () => {
    const budget = new WriteBudget();
    expect(budget.waitMs(5)).toBe(0);
    budget.spend(5);
    expect(budget.waitMs(5)).toBe(MINUTE);
    expect(budget.waitMs(MINUTE + 4)).toBe(1);
    expect(budget.waitMs(MINUTE + 5)).toBe(0);
  });

  it('allows a hundred a day, and the next when the day is over', () => {
    const budget = new WriteBudget();
    for (let i = 0; i < 100; i++) {
      expect(budget.waitMs(i * MINUTE)).toBe(0);
      budget.spend(i * MINUTE);
    }
    expect(budget.waitMs(100 * MINUTE)).toBe(DAY - 100 * MINUTE);
    expect(budget.waitMs(DAY)).toBe(0);
    budget.spend(DAY);
    expect(budget.waitMs(DAY + MINUTE)).toBe(0);
  });

  it('never lets a writer that waits as it is told write more often, nor wait for ever', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.nat({ max: 4 * 60 * MINUTE }), { maxLength: 200 }),
        (perDay, idles) => {
          const budget = new WriteBudget(perDay);
          const writes: number[] = [];
          let now = 0;
          for (const idle of idles) {
            now += idle;
            const wait = budget.waitMs(now);
            expect(wait).toBeLessThanOrEqual(DAY);
            now += wait;
            expect(budget.waitMs(now)).toBe(0);
            budget.spend(now);
            writes.push(now);
          }
          for (let i = 1; i < writes.length; i++) expect(writes[i]! - writes[i - 1]!).toBeGreaterThanOrEqual(MINUTE);
          const days = Math.ceil((now + 1) / DAY);
          expect(writes.length).toBeLessThanOrEqual(perDay * days);
        },
      ),
      { numRuns: 50 },
    );
  });
});
