import type { ActivationMode, ControlMode, Product } from '../../../src/core/product.js';
import type { CloudEnvironment } from '../environment.js';
import { CloudError } from '../errors.js';
import type { ProductFields, ProductRow, ProductStore } from '../store/product-store.js';
import type { BoardAccess } from './board-access.js';
import { type Page, type PageRequest, pageOf } from './paging.js';
import { randomId, type SealBox } from './secrets.js';
import type { Sessions } from './sessions.js';
import { boardKey } from './signed-activation.js';
import { type ThingModelView, type ThingPropertyView, thingModelOf } from './thing-model.js';

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
  /** Extension, shown where it is not `open`. */
  readonly activationMode?: string;
}

/** API reference, 3.1; `status` and `activationMode` are extensions. */
export interface ProductRequest {
  readonly productKey?: string | undefined;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly category?: string | undefined;
  readonly controlMode?: string | undefined;
  readonly uiTemplate?: string | undefined;
  readonly iconName?: string | undefined;
  readonly iconColor?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly status?: 0 | 1 | undefined;
  readonly activationMode?: ActivationMode | undefined;
}

/** The secret of a product whose activation was just made signed: told once. */
export interface NewSecret {
  readonly productSecret?: string;
}

/** Products: rows of the database, seeded from definitions (API reference, 3). They belong to all users. */
export class ProductService {
  readonly #store: ProductStore;
  readonly #sessions: Sessions;
  readonly #boardAccess: BoardAccess | undefined;
  readonly #environment: CloudEnvironment;
  readonly #box: SealBox;
  readonly #transaction: (work: () => void) => void;
  /** What is known of products, by key, as JSON: whether there is such a product is the database's to say. */
  readonly #definitions = new Map<string, string>();

  constructor(options: {
    store: ProductStore;
    sessions: Sessions;
    boardAccess: BoardAccess | undefined;
    environment: CloudEnvironment;
    box: SealBox;
    /** Commits what the work writes, all or nothing. */
    transaction: (work: () => void) => void;
  }) {
    this.#store = options.store;
    this.#sessions = options.sessions;
    this.#boardAccess = options.boardAccess;
    this.#environment = options.environment;
    this.#box = options.box;
    this.#transaction = options.transaction;
  }

  /** Takes definitions for products that a user may make later; of two of one key the later one counts. */
  know(products: readonly Product[]): void {
    for (const product of products) this.#definitions.set(product.productKey, JSON.stringify(product));
  }

  /**
   * Makes or updates a row for each definition; the status that a user set stays, and his activation mode until another one is
   * written into the definition.
   */
  seed(products: readonly Product[]): void {
    this.know(products);
    // With its mode or not at all: a definition that is there says that its mode was taken over.
    for (const product of products) this.#transaction(() => this.#seed(product));
  }

  /** What a board of a product signs its activation with; undefined where the product's activation is open. */
  boardKey(productKey: string, deviceSN: string): Buffer | undefined {
    const secret = productSecret(this.#box, this.#store.byKey(productKey));
    return secret === undefined ? undefined : boardKey(secret, deviceSN);
  }

  list(
    request: PageRequest & { readonly category?: string | undefined; readonly search?: string | undefined },
  ): Page<ProductView> {
    const { limit, offset } = pageOf(request);
    const { category, search } = request;
    const { rows, total } = this.#store.list({ category, search, limit, offset });
    return { list: rows.map(view), total, page: request.page, size: limit };
  }

  /** @throws CloudError `product_not_found` */
  get(productKey: string): ProductView {
    return view(this.#found(productKey));
  }

  /** @throws CloudError `product_not_found`; `not_found`: it was made over the API, and no file defines it */
  thingModel(productKey: string): ThingModelView {
    const { definition, control_mode: controlMode } = this.#found(productKey);
    if (definition === null) throw new CloudError('not_found', 'this product has no definition, so no thing model');
    return thingModelOf(JSON.parse(definition) as Product, controlMode as ControlMode);
  }

  /** The properties of a product's thing model, in its order; none where there is no model. */
  thingProperties(productKey: string): readonly ThingPropertyView[] {
    const { definition } = this.#found(productKey);
    return definition === null ? [] : this.thingModel(productKey).properties;
  }

  /**
   * Makes a product (API reference, 3.1): its thing model is that of the definition of its key, where one is known; for
   * all else, the control mode included, the request counts.
   * @throws CloudError `product_exists`
   */
  create(
    request: ProductRequest & { readonly productKey: string },
  ): Pick<ProductView, 'productId' | 'productKey' | 'name'> & NewSecret {
    const { productKey } = request;
    if (this.#store.byKey(productKey)) throw new CloudError('product_exists');
    const activation = this.#activation(productKey, request.activationMode, undefined);
    const fields = { ...EMPTY, product_key: productKey, ...asked(request), ...activation.fields };
    const definition = this.#definitions.get(productKey) ?? null;
    const productId = this.#store.create({ ...fields, definition }, this.#environment.now());
    return { productId, productKey, name: fields.name, ...activation.secret };
  }

  /**
   * Changes what the request names (API reference, 3.4). Disabling ends the sessions of the product's boards.
   * @throws CloudError `product_not_found`; `invalid_parameter`: another product key
   */
  update(productKey: string, request: ProductRequest): ProductView & NewSecret {
    const row = this.#found(productKey);
    if (request.productKey !== undefined && request.productKey !== productKey) {
      throw new CloudError('invalid_parameter', 'productKey cannot be changed');
    }
    const activation = this.#activation(productKey, request.activationMode, row);
    this.#store.change({ ...row, ...asked(request), ...activation.fields });
    if (request.status !== undefined && request.status !== row.status) {
      for (const deviceId of this.#store.deviceIds(row.product_id)) {
        this.#boardAccess?.setEnabled({ productKey, deviceId }, request.status === 1);
        if (request.status === 0) this.#sessions.get(deviceId)?.close();
      }
    }
    return { ...this.get(productKey), ...activation.secret };
  }

  /** @throws CloudError `product_not_found`, `product_in_use` */
  delete(productKey: string): void {
    const { product_id: productId } = this.#found(productKey);
    if (this.#store.hasDevices(productId)) throw new CloudError('product_in_use', 'the product has devices');
    this.#store.delete(productId);
  }

  #seed(product: Product): void {
    const { app, productKey, activationMode } = product;
    const before = modeWritten(this.#store.byKey(productKey));
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
      this.#environment.now(),
    );
    if (activationMode !== before) this.update(productKey, { activationMode });
  }

  #found(productKey: string): ProductRow {
    const row = this.#store.byKey(productKey);
    if (!row) throw new CloudError('product_not_found');
    return row;
  }

  /** What a change of activation mode stores and tells: a fresh secret whenever it becomes signed, none while it stays. */
  #activation(
    productKey: string,
    mode: ProductRequest['activationMode'],
    row: ProductRow | undefined,
  ): { fields: Partial<Pick<ProductFields, 'activation_mode' | 'sealed_secret'>>; secret: NewSecret } {
    if (mode === undefined || mode === row?.activation_mode) return { fields: {}, secret: {} };
    if (mode === 'open') return { fields: { activation_mode: 'open', sealed_secret: null }, secret: {} };
    const productSecret = randomId(this.#environment, 'ps_', 64);
    const sealed = this.#box.seal(productSecret, sealPurpose(productKey));
    return { fields: { activation_mode: 'signed', sealed_secret: sealed }, secret: { productSecret } };
  }
}

/** The secret of a product whose activation is signed; undefined: there is none, or it was sealed with another key. */
export function productSecret(box: SealBox, product: ProductRow | undefined): string | undefined {
  const sealed = product?.sealed_secret;
  return sealed ? box.open(sealed, sealPurpose(product.product_key)) : undefined;
}

/** What a product's secret is sealed for. */
function sealPurpose(productKey: string): string {
  return `product ${productKey}`;
}

/** The activation mode in the definition that a row was made of. */
function modeWritten(row: ProductRow | undefined): ActivationMode {
  const definition = row?.definition ? (JSON.parse(row.definition) as Partial<Product>) : undefined;
  return definition?.activationMode ?? 'open';
}

const EMPTY = {
  name: '',
  description: '',
  category: '',
  control_mode: 'generic',
  ui_template: '',
  icon_name: '',
  icon_color: '',
  manufacturer: '',
  model: '',
  status: 1,
  activation_mode: 'open',
  sealed_secret: null,
} as const;

const COLUMNS = {
  name: 'name',
  description: 'description',
  category: 'category',
  controlMode: 'control_mode',
  uiTemplate: 'ui_template',
  iconName: 'icon_name',
  iconColor: 'icon_color',
  manufacturer: 'manufacturer',
  model: 'model',
  status: 'status',
} as const satisfies Partial<Record<keyof ProductRequest, keyof ProductFields>>;

/** The columns that a request names. */
function asked(request: ProductRequest): Partial<ProductFields> {
  const keys = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).filter((key) => request[key] !== undefined);
  return Object.fromEntries(keys.map((key) => [COLUMNS[key], request[key]]));
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
    ...(row.activation_mode !== 'open' && { activationMode: row.activation_mode }),
  };
}
