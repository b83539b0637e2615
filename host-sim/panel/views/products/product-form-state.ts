import type { Product } from '../../state/product.js';

/** The texts of a product's form, by the names that the API gives them. */
export const PRODUCT_TEXTS = [
  'name',
  'category',
  'description',
  'manufacturer',
  'model',
  'uiTemplate',
  'iconName',
  'iconColor',
] as const;
export type ProductText = (typeof PRODUCT_TEXTS)[number];

/** Most characters of each, as the API takes them; `iconColor` is checked by its form. */
export const MAX_LENGTHS: Readonly<Record<ProductText, number>> = {
  name: 128,
  category: 64,
  description: 1024,
  manufacturer: 128,
  model: 128,
  uiTemplate: 64,
  iconName: 64,
  iconColor: 9,
};

export const CONTROL_MODES = ['toggle', 'pulse', 'dimmer', 'readonly', 'generic'] as const;
export const ACTIVATION_MODES = ['open', 'signed'] as const;

export type ProductFormState = Readonly<Record<ProductText, string>> & {
  readonly productKey: string;
  readonly controlMode: Product['controlMode'];
  readonly activationMode: 'open' | 'signed';
};

/** What the form begins with. @param product absent: a new one */
export function formOf(product: Product | undefined): ProductFormState {
  const texts = Object.fromEntries(PRODUCT_TEXTS.map((key) => [key, product?.[key] ?? '']));
  return {
    ...(texts as Record<ProductText, string>),
    productKey: product?.productKey ?? '',
    controlMode: product?.controlMode ?? 'toggle',
    activationMode: product?.activationMode ?? 'open',
  };
}

/** What is to be sent: all of a new product, of a known one what is another now (what was emptied is sent empty). */
export function bodyOf(form: ProductFormState, before: Product | undefined): Readonly<Record<string, string>> {
  const old: Readonly<Record<string, string>> = before === undefined ? {} : { ...formOf(before) };
  return Object.fromEntries(Object.entries<string>(form).filter(([key, value]) => value !== (old[key] ?? '')));
}
