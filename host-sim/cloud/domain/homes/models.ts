import type { Product } from '../../../../src/core/product.js';
import { CloudError } from '../../errors.js';
import type { ProductRow, ProductStore } from '../../store/product-store.js';
import type { Language } from '../devices.js';
import { MAX_PAGE_SIZE, type Page, type PageRequest, pageOf } from '../paging.js';
import type { ProductService } from '../products.js';
import type { ThingModelView } from '../thing-model.js';

/** A product as lists show it. */
export interface ModelBrief {
  readonly productKey: string;
  readonly name: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly uiTemplate: string;
  readonly iconName: string;
  readonly iconColor: string;
}

export interface ModelView extends ModelBrief {
  readonly description: string;
  readonly category: string;
  readonly controlMode: string;
  /** Boards of a product that is disabled take no commands. */
  readonly isEnabled: boolean;
  /** Of its definition; both null for a product that was made over the API. */
  readonly chipModel: string | null;
  readonly firmwareVersion: string | null;
}

export interface CategoryView {
  readonly category: string;
  readonly productCount: number;
  /** At most 100 of them. */
  readonly products: readonly ModelBrief[];
}

/** Products as apps describe them to people. */
export class Models {
  readonly #store: ProductStore;
  readonly #products: ProductService;

  constructor(options: { store: ProductStore; products: ProductService }) {
    this.#store = options.store;
    this.#products = options.products;
  }

  /** @throws CloudError `product_not_found` */
  get(productKey: string, language: Language): ModelView {
    const row = this.#store.byKey(productKey);
    if (!row) throw new CloudError('product_not_found');
    const definition = definitionOf(row);
    return {
      ...brief(row, language),
      description: inLanguage(row.description, definition?.description, language),
      category: row.category,
      controlMode: row.control_mode,
      isEnabled: row.status === 1,
      chipModel: definition?.chipModel ?? null,
      firmwareVersion: definition?.firmwareVersion ?? null,
    };
  }

  /** Null for a product that was made over the API, and has none. @throws CloudError `product_not_found` */
  thingModel(productKey: string): ThingModelView | null {
    const row = this.#store.byKey(productKey);
    return row && row.definition === null ? null : this.#products.thingModel(productKey);
  }

  /** Categories by their names, with what is in them. */
  categories(request: PageRequest, language: Language): Page<CategoryView> {
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#store.categories(limit, offset);
    const list = rows.map((category) => {
      const products = this.#store.list({ category, limit: MAX_PAGE_SIZE, offset: 0 });
      return {
        category,
        productCount: products.total,
        products: products.rows.map((row) => brief(row, language)),
      };
    });
    return { list, total, page: request.page, size: limit };
  }
}

export function definitionOf({ definition }: ProductRow): Product | undefined {
  return definition === null ? undefined : (JSON.parse(definition) as Product);
}

/** What a user wrote counts; what still is the definition's is said in the language that is asked for. */
export function inLanguage(text: string, defined: Product['name'] | undefined, language: Language): string {
  return defined?.en === text ? defined[language] : text;
}

function brief(row: ProductRow, language: Language): ModelBrief {
  return {
    productKey: row.product_key,
    name: inLanguage(row.name, definitionOf(row)?.name, language),
    manufacturer: row.manufacturer,
    model: row.model,
    uiTemplate: row.ui_template,
    iconName: row.icon_name,
    iconColor: row.icon_color,
  };
}
