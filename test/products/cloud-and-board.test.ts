import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { controlParams } from '../../host-sim/cloud/domain/control-rules.js';
import { shippedProducts } from '../../host-sim/products/load.js';
import { refuseByMode } from '../../src/core/command-rules.js';
import type { Product } from '../../src/core/product.js';
import { readPropertySet } from '../../src/core/property-set.js';

/** What the cloud passes on of a body; `undefined` where it refuses it. */
function passedOn(definition: Product, body: Record<string, unknown>): Record<string, unknown> | undefined {
  try {
    return controlParams({ controlMode: definition.controlMode, definition }, body);
  } catch {
    return undefined;
  }
}

/** What a board of the product has against it, apart from what an output of its kind cannot do. */
function boardRefuses(product: Product, params: Record<string, unknown>): string | undefined {
  const set = readPropertySet(params, product);
  if ('code' in set) return set.message;
  for (const command of set.commands) {
    const refusal = refuseByMode(product.controlMode, command);
    if (refusal) return refusal.message;
  }
  return undefined;
}

/** Bodies that are about a product, right or wrong. */
function bodyFor(product: Product): fc.Arbitrary<Record<string, unknown>> {
  const own = product.properties.map(({ key, min, max, values }): [string, fc.Arbitrary<unknown>] => [
    key,
    fc.oneof(
      fc.boolean(),
      fc.constantFrom<unknown>(...(values ?? ['up']), min ?? 0, max ?? 1, null, '1'),
      fc.integer({ min: (min ?? 0) - 2, max: Math.ceil(max ?? 100) + 2 }),
      fc.double({ min: min ?? 0, max: max ?? 100, noNaN: true }),
    ),
  ]);
  const common: Record<string, fc.Arbitrary<unknown>> = {
    action: fc.constantFrom('toggle', 'pulse', 'trigger', 'jump'),
    position: fc.constantFrom('up', 'middle', 'down', 'left'),
    duration: fc.oneof(fc.integer({ min: 0, max: 61_000 }), fc.constantFrom('500', 1.5)),
    channel: fc.integer({ min: -1, max: 4 }),
    switch: fc.oneof(fc.boolean(), fc.constant(1)),
    angle: fc.oneof(fc.integer({ min: -1, max: 181 }), fc.constant(90.5)),
    wakeup: fc.boolean(),
  };
  return fc.record({ ...common, ...Object.fromEntries(own) }, { requiredKeys: [] });
}

describe('what the cloud passes on', () => {
  it.each(shippedProducts().map((product) => [product.productKey, product] as const))(
    'a board of %s takes, whatever was asked',
    (_key, product) => {
      fc.assert(
        fc.property(bodyFor(product), (body) => {
          const params = passedOn(product, body);
          if (params) expect(boardRefuses(product, params)).toBeUndefined();
        }),
        { numRuns: 2_000 },
      );
    },
  );

  it('is just what a board takes of the properties of a product that takes them', () => {
    for (const product of shippedProducts().filter(({ controlMode }) => ['dimmer', 'generic'].includes(controlMode))) {
      for (const property of product.properties.filter(({ writable, key }) => writable && key !== 'angle')) {
        const value = fc.oneof(
          fc.integer({ min: -5, max: 185 }),
          fc.constantFrom<unknown>('up', 'middle', 'down', 'on', true, false, null, 0.5, []),
        );
        fc.assert(
          fc.property(value, (given) => {
            const body = { [property.key]: given };
            expect(passedOn(product, body) !== undefined).toBe(boardRefuses(product, body) === undefined);
          }),
        );
      }
    }
  });
});
