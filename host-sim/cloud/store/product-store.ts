import type { SqliteDatabase } from './database.js';
import { containing, isFoundIn } from './like.js';

export interface ProductRow {
  readonly product_id: number;
  readonly product_key: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly control_mode: string;
  readonly ui_template: string;
  readonly icon_name: string;
  readonly icon_color: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly status: number;
  readonly definition: string | null;
  readonly activation_mode: 'open' | 'signed';
  /** The product's secret, sealed; null while its activation is open. */
  readonly sealed_secret: Buffer | null;
}

/** What a user decides about a product. */
export type ProductFields = Omit<ProductRow, 'product_id' | 'definition'>;

/** A product as its definition gives it; `definition` is that definition as JSON. */
export type ProductSeed = Omit<ProductFields, 'status' | 'activation_mode' | 'sealed_secret'> & {
  readonly definition: string;
};

/** A product that a user makes, with the definition that its key has, if any. */
export type NewProduct = ProductFields & Pick<ProductRow, 'definition'>;

export interface ProductFilter {
  readonly category?: string | undefined;
  /** Part of name, key or category, letter case of ASCII aside. */
  readonly search?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

const FOUND = `FROM products WHERE (@category IS NULL OR category = @category)
  AND ${isFoundIn('name', 'product_key', 'category')}`;

export class ProductStore {
  readonly #byKey;
  readonly #insert;
  readonly #update;
  readonly #create;
  readonly #change;
  readonly #delete;
  readonly #device;
  readonly #devices;
  readonly #list;
  readonly #listByCategory;
  readonly #find;
  readonly #count;
  readonly #countByCategory;
  readonly #countFound;
  readonly #categories;
  readonly #countCategories;

  constructor(database: SqliteDatabase) {
    this.#byKey = database.prepare<[string], ProductRow>('SELECT * FROM products WHERE product_key = ?');
    this.#insert = database.prepare<[ProductSeed & { at: number }]>(
      `INSERT INTO products (product_key, name, description, category, control_mode, ui_template, icon_name, icon_color,
         manufacturer, model, definition, created_at)
       VALUES (@product_key, @name, @description, @category, @control_mode, @ui_template, @icon_name, @icon_color,
         @manufacturer, @model, @definition, @at)`,
    );
    // Never the status, and nothing where the definition is the same: what a user set stays over a restart.
    this.#update = database.prepare<[ProductSeed]>(
      `UPDATE products SET name = @name, description = @description, category = @category, control_mode = @control_mode,
         ui_template = @ui_template, icon_name = @icon_name, icon_color = @icon_color, manufacturer = @manufacturer,
         model = @model, definition = @definition
       WHERE product_key = @product_key AND definition IS NOT @definition`,
    );
    this.#create = database.prepare<[NewProduct & { at: number }]>(
      `INSERT INTO products (product_key, name, description, category, control_mode, ui_template, icon_name, icon_color,
         manufacturer, model, status, activation_mode, sealed_secret, definition, created_at)
       VALUES (@product_key, @name, @description, @category, @control_mode, @ui_template, @icon_name, @icon_color,
         @manufacturer, @model, @status, @activation_mode, @sealed_secret, @definition, @at)`,
    );
    this.#change = database.prepare<[ProductFields]>(
      `UPDATE products SET name = @name, description = @description, category = @category, control_mode = @control_mode,
         ui_template = @ui_template, icon_name = @icon_name, icon_color = @icon_color, manufacturer = @manufacturer,
         model = @model, status = @status, activation_mode = @activation_mode, sealed_secret = @sealed_secret
       WHERE product_key = @product_key`,
    );
    this.#delete = database.prepare<[number]>('DELETE FROM products WHERE product_id = ?');
    this.#device = database.prepare<[number], { device_id: string }>(
      'SELECT device_id FROM devices WHERE product_id = ? LIMIT 1',
    );
    this.#devices = database.prepare<[number], { device_id: string }>(
      'SELECT device_id FROM devices WHERE product_id = ?',
    );
    this.#list = database.prepare<[number, number], ProductRow>(
      'SELECT * FROM products ORDER BY product_id LIMIT ? OFFSET ?',
    );
    this.#listByCategory = database.prepare<[string, number, number], ProductRow>(
      'SELECT * FROM products WHERE category = ? ORDER BY product_id LIMIT ? OFFSET ?',
    );
    this.#find = database.prepare<
      [{ category: string | null; search: string; limit: number; offset: number }],
      ProductRow
    >(`SELECT * ${FOUND} ORDER BY product_id LIMIT @limit OFFSET @offset`);
    this.#count = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM products');
    this.#countByCategory = database.prepare<[string], { n: number }>(
      'SELECT count(*) AS n FROM products WHERE category = ?',
    );
    this.#countFound = database.prepare<[{ category: string | null; search: string }], { n: number }>(
      `SELECT count(*) AS n ${FOUND}`,
    );
    this.#categories = database.prepare<[number, number], { category: string }>(
      'SELECT DISTINCT category FROM products ORDER BY category LIMIT ? OFFSET ?',
    );
    this.#countCategories = database.prepare<[], { n: number }>('SELECT count(DISTINCT category) AS n FROM products');
  }

  byKey(productKey: string): ProductRow | undefined {
    return this.#byKey.get(productKey);
  }

  /** Makes the product, or takes a changed definition over. */
  seed(seed: ProductSeed, at: number): void {
    if (this.#byKey.get(seed.product_key)) this.#update.run(seed);
    else this.#insert.run({ ...seed, at });
  }

  /** The id of the new product. */
  create(product: NewProduct, at: number): number {
    return Number(this.#create.run({ ...product, at }).lastInsertRowid);
  }

  change(fields: ProductFields): void {
    this.#change.run(fields);
  }

  delete(productId: number): void {
    this.#delete.run(productId);
  }

  hasDevices(productId: number): boolean {
    return this.#device.get(productId) !== undefined;
  }

  deviceIds(productId: number): string[] {
    return this.#devices.all(productId).map((row) => row.device_id);
  }

  list({ category, search, limit, offset }: ProductFilter): { rows: ProductRow[]; total: number } {
    if (search !== undefined) {
      const bindings = { category: category ?? null, search: containing(search) };
      return { rows: this.#find.all({ ...bindings, limit, offset }), total: this.#countFound.get(bindings)!.n };
    }
    if (category === undefined) return { rows: this.#list.all(limit, offset), total: this.#count.get()!.n };
    return { rows: this.#listByCategory.all(category, limit, offset), total: this.#countByCategory.get(category)!.n };
  }

  /** By their names. */
  categories(limit: number, offset: number): { rows: string[]; total: number } {
    const rows = this.#categories.all(limit, offset).map(({ category }) => category);
    return { rows, total: this.#countCategories.get()!.n };
  }
}
