import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnalogDefinition, PropertyDefinition } from '../../src/core/product.js';
import { ANALOG, Bench, HUMIDITY } from './bench.js';

const { pin } = ANALOG;

/** An input at `share` of its range, from before its first measurement. */
function at(share: number, changes: Partial<AnalogDefinition> = {}, property: PropertyDefinition = HUMIDITY): Bench {
  return new Bench({ ...ANALOG, ...changes }, { property, prepare: (bank) => bank.setAnalog(pin, share) });
}

describe('an analog input', () => {
  test('has a value at once: scaled, and rounded to the step of its property', () => {
    expect(at(0.5).inputs.read(0)).toBe(50);
    expect(at(0.123_2).inputs.read(0)).toBe(12.3);
    expect(at(0.123_2, {}, { ...HUMIDITY, type: 'integer', step: 5 }).inputs.read(0)).toBe(10);
    expect(
      at(0.25, { scale: { min: -40, max: 125 } }, { ...HUMIDITY, min: -40, max: 125, step: 0.5 }).inputs.read(0),
    ).toBe(1.5);
  });

  test('may have a scale that runs the other way, and no property', () => {
    const bench = new Bench(
      { ...ANALOG, scale: { min: 80, max: -20 } },
      { prepare: (bank) => bank.setAnalog(pin, 0.25) },
    );
    expect(bench.inputs.read(0)).toBeCloseTo(55, 1);
  });

  test('stays within the range of its property, on its steps', () => {
    const narrow = { ...HUMIDITY, type: 'integer', min: 10, max: 95, step: 10 } as const;
    expect([0, 0.5, 0.93, 1].map((share) => at(share, {}, narrow).inputs.read(0))).toEqual([10, 50, 90, 90]);
  });

  test('is measured at its interval and at no other time', () => {
    let readings = 0;
    const bench = new Bench(ANALOG, {
      property: HUMIDITY,
      prepare: (bank) =>
        bank.setAnalog(pin, () => {
          readings++;
          return 0.5;
        }),
    });
    expect(readings).toBe(1);
    bench.time.advance(10_000);
    expect(readings).toBe(21);
    expect(bench.time.pending).toBe(1);
    for (let look = 0; look < 10; look++) bench.inputs.read(0);
    expect(readings).toBe(21);
  });

  test('follows a change of at least its dead band, and no smaller one', () => {
    const bench = at(0.5, { deadBand: 2 });
    for (const share of [0.515, 0.485, 0.519, 0.5]) {
      bench.bank.setAnalog(pin, share);
      bench.time.advance(2_000);
    }
    expect(bench.changes).toEqual([]);
    bench.bank.setAnalog(pin, 0.521);
    bench.time.advance(500);
    expect(bench.changes.map(({ value }) => value)).toEqual([52.1]);
    // The band lies around the new value now.
    bench.bank.setAnalog(pin, 0.505);
    bench.time.advance(5_000);
    expect(bench.inputs.read(0)).toBe(52.1);
  });

  test('a change that its property does not show is none', () => {
    const bench = at(0.5, { deadBand: 0 }, { ...HUMIDITY, type: 'integer', step: 1 });
    bench.bank.setAnalog(pin, 0.503);
    bench.time.advance(5_000);
    expect(bench.changes).toEqual([]);
  });

  test('changes at most once in its interval, and then to the latest', () => {
    const bench = at(0, { sampleMs: 100 });
    for (let step = 1; step <= 30; step++) {
      bench.bank.setAnalog(pin, step / 100);
      bench.time.advance(100);
    }
    bench.time.advance(5_000);
    expect(bench.changes).toEqual([
      { atMs: 100, value: 1 },
      { atMs: 1_100, value: 11 },
      { atMs: 2_100, value: 21 },
      { atMs: 3_100, value: 30 },
    ]);
  });

  test('closed, it measures nothing more and still knows its last value', () => {
    const bench = at(0.5);
    bench.inputs.close();
    bench.inputs.close();
    expect(bench.time.pending).toBe(0);
    expect(bench.inputs.read(0)).toBe(50);
  });

  test('whatever it measures, its value is a step of its property and lies within a dead band and half a step of it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
        fc.constantFrom(0.1, 0.25, 0.01, 1, 5),
        fc.double({ min: 0, max: 20, noNaN: true }),
        (shares, step, deadBand) => {
          const bench = at(shares[0]!, { deadBand, minIntervalMs: 0 }, { ...HUMIDITY, step });
          for (const share of shares) {
            bench.bank.setAnalog(pin, share);
            bench.time.advance(500);
            const value = bench.inputs.read(0) as number;
            expect(Math.abs(value - 100 * share)).toBeLessThanOrEqual(deadBand + step / 2 + 0.02);
            expect(String(value).length).toBeLessThanOrEqual(5);
            expect(Math.abs(value / step - Math.round(value / step))).toBeLessThan(1e-9);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
