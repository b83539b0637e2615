import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PropertyDefinition } from '../../src/core/product.js';
import { fitsProperty, wantedOf } from '../../src/core/property-value.js';

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
