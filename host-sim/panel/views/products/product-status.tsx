import type { JSX } from 'preact';
import type { Product } from '../../state/product.js';
import { Badge } from '../../ui/badge.js';
import { productWords } from './words.js';

export function ProductStatus({ product: { status } }: { product: Product }): JSX.Element {
  const words = productWords();
  return <Badge tone={status === 1 ? 'good' : 'bad'} text={status === 1 ? words.enabled : words.disabled} />;
}
