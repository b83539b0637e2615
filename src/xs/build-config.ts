import config from 'mc/config';
import type { Product } from '../core/product.js';
import type { Settings } from '../ports/settings.js';

/** What `scripts/esp32.mjs` puts into the image: validated there, so not again here. */
export interface BuildConfig {
  readonly product: Product;
  readonly settings: Settings;
  /** Epoch milliseconds. */
  readonly buildTimeMs: number;
}

/** The build's own configuration. @throws {Error} in an image that was made without it */
export function buildConfig(): BuildConfig {
  const { product, settings, buildTimeMs } = config;
  if (typeof product !== 'object' || typeof settings !== 'object' || typeof buildTimeMs !== 'number') {
    throw new Error('this image holds no product; build it with `npm run build:esp32`');
  }
  return { product: product as Product, settings: settings as Settings, buildTimeMs };
}
