import type { Product } from '../../../src/core/product.js';
import { loadProduct } from '../../products/load.js';

/** Without inputs that measure ten times a second: with a thousand boards that would be most of the work, and says nothing here. */
const KEYS = ['SW-SERVO-001', 'SW-RELAY-002', 'SW-DIM-001'];

/** So many boards, of each of these products as many, and without the status LED, which blinks as often. */
export function fleet(boards: number): Product[] {
  const products = KEYS.map((key): Product => {
    const { statusLed: _, ...product } = loadProduct(key);
    return product;
  });
  return Array.from({ length: boards }, (_, index) => products[index % products.length]!);
}
