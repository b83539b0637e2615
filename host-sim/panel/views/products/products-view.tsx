import './products.css';
import type { JSX } from 'preact';
import { ProductList } from './product-list.js';
import { ProductPage } from './product-page.js';

/** The products of the cloud, and below its key each one's page. */
export function ProductsView({ rest: [productKey] }: { rest: readonly string[] }): JSX.Element {
  return productKey === undefined ? <ProductList /> : <ProductPage key={productKey} productKey={productKey} />;
}
