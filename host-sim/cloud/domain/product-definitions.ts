import type { Product } from '../../../src/core/product.js';

/** Products of which the definition is remembered. */
const MAX_PRODUCTS = 256;

/** Definitions of products as they were last read: a command is checked against its product's, and few products have many boards. */
export class ProductDefinitions {
  readonly #byKey = new Map<string, { readonly text: string; readonly product: Product }>();

  /** What a stored definition says; nobody may change it. @param text JSON, which may have changed since it was last read */
  read(productKey: string, text: string): Product {
    const known = this.#byKey.get(productKey);
    if (known?.text === text) return known.product;
    const product = JSON.parse(text) as Product;
    if (known === undefined && this.#byKey.size >= MAX_PRODUCTS) this.#byKey.clear();
    this.#byKey.set(productKey, { text, product });
    return product;
  }
}
