import type { Product } from '../../../src/core/product.js';
import { CloudError } from '../errors.js';
import type { ProductRow, ProductStore } from '../store/product-store.js';
import { type Page, type PageRequest, pageOf } from './paging.js';

/** A product as the API shows it (API reference, 3.2). */
export interface ProductView {
  readonly productId: number;
  readonly productKey: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly controlMode: string;
  readonly uiTemplate: string;
  readonly iconName: string;
  readonly iconColor: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly status: number;
}

/** Products: rows of the database, seeded from definitions (API reference, 3). */
export class ProductService {
  readonly #store: ProductStore;
  readonly #now: () => number;

  constructor(options: { store: ProductStore; now: () => number }) {
    this.#store = options.store;
    this.#now = options.now;
  }

  /** Makes or updates a row for each definition; the status that a user set stays. */
  seed(products: readonly Product[]): void {
    for (const product of products) {
      const { app } = product;
      this.#store.seed(
        {
          product_key: product.productKey,
          name: product.name.en,
          description: product.description.en,
          category: product.category,
          control_mode: product.controlMode,
          ui_template: app.uiTemplate,
          icon_name: app.iconName,
          icon_color: app.iconColor,
          manufacturer: app.manufacturer,
          model: app.model,
          definition: JSON.stringify(product),
        },
        this.#now(),
      );
    }
  }

  list(request: PageRequest & { readonly category?: string | undefined }): Page<ProductView> {
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#store.list({ category: request.category, limit, offset });
    return { list: rows.map(view), total, page: request.page, size: limit };
  }

  /** @throws CloudError `product_not_found` */
  get(productKey: string): ProductView {
    const row = this.#store.byKey(productKey);
    if (!row) throw new CloudError('product_not_found');
    return view(row);
  }

  find(productKey: string): ProductRow | undefined {
    return this.#store.byKey(productKey);
  }
}

function view(row: ProductRow): ProductView {
  return {
    productId: row.product_id,
    productKey: row.product_key,
    name: row.name,
    description: row.description,
    category: row.category,
    controlMode: row.control_mode,
    uiTemplate: row.ui_template,
    iconName: row.icon_name,
    iconColor: row.icon_color,
    manufacturer: row.manufacturer,
    model: row.model,
    status: row.status,
  };
}
