import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Histogram } from '../../host-sim/fleet/histogram.js';

const VALUES = fc.array(fc.oneof(fc.nat(300), fc.nat(100_000), fc.nat(2 ** 40)), { minLength: 1, maxLength: 300 });

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

describe('a histogram', () => {
  it('tells each percentile to within 1/128 above what the sorted values say, and never above the largest', () => {
    fc.assert(
      fc.property(VALUES, fc.double({ min: 0.1, max: 100, noNaN: true }), (values, percent) => {
        const sorted = [...values].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil((percent / 100) * values.length)) - 1]!;
        const told = histogramOf(values).percentile(percent);
        expect(told).toBeGreaterThanOrEqual(exact);
        expect(told).toBeLessThanOrEqual(Math.min(exact * (1 + 1 / 128), sorted.at(-1)!));
      }),
    );
  });

  it('of two parts is that of the whole, also by way of JSON', () => {
    fc.assert(
      fc.property(VALUES, VALUES, (one, other) => {
        const merged = Histogram.read(JSON.parse(JSON.stringify(histogramOf(one).write())));
        merged.merge(histogramOf(other));
        expect(merged.write()).toEqual(histogramOf([...one, ...other]).write());
        expect(merged.count).toBe(one.length + other.length);
      }),
    );
  });

  it('knows count, mean and largest value exactly', () => {
    fc.assert(
      fc.property(VALUES, (values) => {
        const histogram = histogramOf(values);
        expect(histogram.count).toBe(values.length);
        expect(histogram.max).toBe(Math.max(...values));
        expect(histogram.mean).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 0);
      }),
    );
  });

  it('is right at every power of two', () => {
    for (let power = 0; power < 50; power++) {
      for (const value of [2 ** power - 1, 2 ** power, 2 ** power + 1]) {
        const histogram = histogramOf([value, 2 ** 51]);
        expect(histogram.percentile(50)).toBeGreaterThanOrEqual(value);
        expect(histogram.percentile(50)).toBeLessThanOrEqual(value * (1 + 1 / 128));
      }
    }
  });

  it('without values says 0', () => {
    expect(new Histogram().percentile(99)).toBe(0);
    expect(new Histogram().mean).toBe(0);
  });

  it('takes no file that says something else', () => {
    expect(() => Histogram.read({ buckets: [[1, -1]], max: 0, sum: 0 })).toThrow('whole numbers');
    expect(() => Histogram.read({ buckets: [[1.5, 1]], max: 0, sum: 0 })).toThrow('whole numbers');
    expect(() => Histogram.read({ buckets: [], max: -1, sum: 0 })).toThrow('whole numbers');
  });
});
