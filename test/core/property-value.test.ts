import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PropertyDefinition } from '../../src/core/product.js';
import { fitsProperty, nearestFitting, wantedOf } from '../../src/core/property-value.js';

function property(parts: Partial<PropertyDefinition>): PropertyDefinition {
  return {
    key: 'k',
    name: { en: 'K', zh: 'K' },
    type: 'integer',
    writable: true,
    source: { channel: 0, attribute: 'level' },
    ...parts,
  };
}

const level = property({ min: 0, max: 100, step: 5 });
const volts = property({ type: 'number', min: -0.3, max: 3.3, step: 0.1 });
const mode = property({ type: 'enum', values: ['up', 'down'] });
const power = property({ type: 'boolean' });

describe('a value fits its property', () => {
  it.each<[string, PropertyDefinition, unknown[], unknown[]]>([
    ['a boolean', power, [true, false], [0, 1, 'true', null, undefined, {}]],
    ['an enum', mode, ['up', 'down'], ['middle', '', 0, ['up'], null, undefined]],
    ['an integer', level, [0, 5, 100], [-5, 105, 42, 2.5, '5', true, null, Number.NaN, Infinity, undefined]],
    ['a number', volts, [-0.3, 0, 0.1, 0.7, 3.3], [-0.4, 3.4, 0.05, '1', null, Number.NaN, Infinity, undefined]],
    ['an integer without a range', property({}), [0, -7, 2 ** 53], [0.5, '1']],
    ['an enum without values', property({ type: 'enum' }), [], ['up', undefined]],
  ])('as %s', (_what, definition, right, wrong) => {
    expect(right.filter((value) => !fitsProperty(definition, value))).toEqual([]);
    expect(wrong.filter((value) => fitsProperty(definition, value))).toEqual([]);
  });

  it('when it is a step of its range, however the step is written', () => {
    const range = fc.record({
      min: fc.integer({ min: -1_000, max: 1_000 }).map((n) => n / 10),
      step: fc.constantFrom(0.01, 0.1, 0.25, 0.3, 1, 7),
      steps: fc.integer({ min: 1, max: 1_000 }),
    });
    fc.assert(
      fc.property(range, fc.nat(1_000), ({ min, step, steps }, wanted) => {
        const definition = property({ type: 'number', min, max: min + step * steps, step });
        const at = Math.min(wanted, steps);
        expect(fitsProperty(definition, min + step * at)).toBe(true);
        expect(fitsProperty(definition, min + step * (at + 0.5))).toBe(false);
      }),
    );
  });
});

describe('what a property shows', () => {
  it('is the nearest value in its range and on its steps, as a decimal', () => {
    const shown = (definition: PropertyDefinition, ...values: number[]): number[] =>
      values.map((value) => nearestFitting(definition, value));
    expect(shown(level, 0, 2, 3, 97.5, 100, -7, 180)).toEqual([0, 0, 5, 100, 100, 0, 100]);
    expect(shown(volts, -1, 0.049, 0.051, 0.30000000000000004, 3.34)).toEqual([-0.3, 0, 0.1, 0.3, 3.3]);
    expect(shown(property({ min: 10, max: 95, step: 10 }), 4, 93, 95)).toEqual([10, 90, 90]);
    expect(shown(property({}), 1.5, -0.6)).toEqual([2, -1]);
    expect(shown(property({ type: 'number' }), 1.25)).toEqual([1.25]);
    expect(shown(power, 7)).toEqual([7]);
  });

  it('always fits it, is as near as any that does, and stays what it is', () => {
    const decimal = fc.integer({ min: -10_000, max: 10_000 }).map((n) => n / 100);
    const numbers = fc.record({
      type: fc.constant('number' as const),
      min: decimal,
      width: fc.integer({ min: 1, max: 20_000 }).map((n) => n / 100),
      step: fc.constantFrom(0.01, 0.05, 0.1, 0.25, 0.3, 1 / 3, 1e-7, 1, 7, Math.PI),
    });
    const integers = fc.record({
      type: fc.constant('integer' as const),
      min: fc.integer({ min: -1_000, max: 1_000 }),
      width: fc.integer({ min: 1, max: 1_000 }),
      step: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(fc.oneof(numbers, integers), fc.double({ min: -500, max: 2_000, noNaN: true }), (parts, value) => {
        const { type, min, width, step } = parts;
        const max = min + Math.max(width, step);
        const definition = property({ type, min, max, step });
        const shown = nearestFitting(definition, value);
        expect(fitsProperty(definition, shown)).toBe(true);
        expect(nearestFitting(definition, shown)).toBeCloseTo(shown, 9);
        const wanted = Math.min(max, Math.max(min, value));
        // At the upper end the last step may be a whole one away.
        expect(Math.abs(shown - wanted)).toBeLessThanOrEqual((wanted > max - step ? 1 : 0.5) * step + 1e-6);
      }),
      { numRuns: 2_000 },
    );
  });
});

it('says what would fit', () => {
  expect([level, property({ min: 0, max: 100, step: 1 }), volts, mode, power, property({})].map(wantedOf)).toEqual([
    'a whole number from 0 to 100 in steps of 5',
    'a whole number from 0 to 100',
    'a number from -0.3 to 3.3 in steps of 0.1',
    'one of up, down',
    'true or false',
    'a whole number',
  ]);
});
