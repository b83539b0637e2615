import type { ControlMode, OutputDefinition, Product, PropertyDefinition } from '../../../src/core/product.js';

/** A property as an app needs it to show and to set it; what its type has not is absent. */
export interface ThingPropertyView {
  readonly identifier: string;
  readonly name: PropertyDefinition['name'];
  readonly type: PropertyDefinition['type'];
  readonly unit?: string;
  readonly range?: { readonly min: number; readonly max: number };
  readonly step?: number;
  readonly values?: readonly string[];
  readonly writable: boolean;
  readonly source: PropertyDefinition['source'];
}

/** What boards of a product report and take. Extension of the API reference, whose product has pinned fields. */
export interface ThingModelView {
  readonly productKey: string;
  readonly controlMode: ControlMode;
  readonly channels: readonly { readonly channel: number; readonly type: OutputDefinition['type'] }[];
  readonly properties: readonly ThingPropertyView[];
}

/** @param controlMode the product's own, which a user may have changed since it was defined */
export function thingModelOf(product: Product, controlMode: ControlMode): ThingModelView {
  return {
    productKey: product.productKey,
    controlMode,
    channels: product.outputs.map(({ type }, channel) => ({ channel, type })),
    properties: product.properties.map(propertyView),
  };
}

function propertyView(property: PropertyDefinition): ThingPropertyView {
  const { key, name, type, unit, min, max, step, values, writable, source } = property;
  return {
    identifier: key,
    name,
    type,
    ...(unit !== undefined && { unit }),
    ...(min !== undefined && max !== undefined && { range: { min, max } }),
    ...(step !== undefined && { step }),
    ...(values !== undefined && { values }),
    writable,
    source,
  };
}
