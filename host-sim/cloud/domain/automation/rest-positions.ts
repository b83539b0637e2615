import type { OutputDefinition, Product, PropertyDefinition } from '../../../../src/core/product.js';
import { findSettable } from '../../../../src/core/property-set.js';
import { fitsProperty, nearestFitting } from '../../../../src/core/property-value.js';

/** By which of an output's attributes it is brought to rest, the plainest first. */
const ATTRIBUTES = ['on', 'level', 'position', 'angle'] as const;

/**
 * The properties that bring every output of a product to rest, by its definition: off, dark, or where it goes after a pulse.
 * An output without a property that can be set stays as it is.
 */
export function restPositions(product: Pick<Product, 'outputs' | 'properties'>): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  product.outputs.forEach((output, channel) => {
    for (const attribute of ATTRIBUTES) {
      const property = product.properties.find(
        ({ key, source }) =>
          'channel' in source &&
          source.channel === channel &&
          source.attribute === attribute &&
          findSettable(product, key) !== undefined,
      );
      const value = property && restOf(output, attribute, property);
      if (value === undefined) continue;
      rest[property!.key] = value;
      return;
    }
  });
  return rest;
}

/** Undefined where the property cannot say it. */
function restOf(
  output: OutputDefinition,
  attribute: (typeof ATTRIBUTES)[number],
  property: PropertyDefinition,
): unknown {
  const { rest } = output.pulse;
  switch (attribute) {
    case 'on':
      return false;
    case 'level':
      return nearestFitting(property, 0);
    case 'position':
      return fitsProperty(property, rest) ? rest : undefined;
    case 'angle':
      return output.type === 'servo' ? nearestFitting(property, output.positionsDeg[rest]) : undefined;
  }
}
