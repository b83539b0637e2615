import type { Product, PropertyDefinition } from '../../../../src/core/product.js';
import type { ProductRow, ProductStore } from '../../store/product-store.js';

/** The thing model of a product's properties; none where no file defines it. */
export function definedProperties(product: ProductRow | undefined): readonly PropertyDefinition[] {
  return product?.definition ? (JSON.parse(product.definition) as Product).properties : [];
}

/** The same, of the product of a device. */
export function propertiesOf(products: ProductStore, device: { product_key: string }): readonly PropertyDefinition[] {
  return definedProperties(products.byKey(device.product_key));
}
