import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import { explained } from '../../net/explained.js';
import type { Product } from '../../state/product.js';
import { go, href } from '../../state/router.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { confirmed } from '../../ui/confirm.js';
import { type Fact, Facts } from '../../ui/facts.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { attempt } from '../../ui/toasts.js';
import { ProductForm } from './product-form.js';
import { PRODUCT_TEXTS } from './product-form-state.js';
import { ProductStatus } from './product-status.js';
import { ProductSecret } from './secret.js';
import { ThingModelSection } from './thing-model.js';
import { productWords } from './words.js';

/** One product: what it is, whether its boards may connect, and what they report. */
export function ProductPage({ productKey }: { productKey: string }): JSX.Element {
  const { api } = useWorld();
  const words = productWords();
  const path = `/products/${encodeURIComponent(productKey)}`;
  const [isEdited, setEdited] = useState(false);
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const { data: product, error, reload } = useLoaded((signal) => api.get<Product>(path, {}, signal), [path]);
  const name = plain(product?.name ?? productKey);

  const setStatus = async (status: 0 | 1): Promise<void> => {
    const question = { title: words.disableTitle(name), text: words.disableText, deed: words.disable };
    if (status === 0 && !(await confirmed(question))) return;
    const done = status === 1 ? words.nowEnabled(name) : words.nowDisabled(name);
    if (await attempt(() => api.put(path, { status }), done)) await reload();
  };
  const end = async (): Promise<void> => {
    const question = { title: words.deleteTitle(name), text: words.deleteText, deed: common().delete };
    if (!(await confirmed(question))) return;
    const isDone = await attempt(
      () => explained(api.delete(path), { product_in_use: words.inUse }),
      words.deleted(name),
    );
    if (isDone) go('products');
  };
  return (
    <Page
      title={name}
      aside={
        product && (
          <div class="row">
            <button type="button" class="button" onClick={() => setEdited(true)}>
              {common().edit}…
            </button>
            <button type="button" class="button" onClick={() => void setStatus(product.status === 1 ? 0 : 1)}>
              {product.status === 1 ? `${words.disable}…` : words.enable}
            </button>
            <button type="button" class="button danger" onClick={() => void end()}>
              {common().delete}…
            </button>
          </div>
        )
      }
    >
      <p>
        <a href={href('products')}>{words.back}</a>
      </p>
      <Problem error={error} onRetry={() => void reload()} />
      {product && (
        <>
          <Facts facts={factsOf(product)} />
          <ThingModelSection productKey={productKey} />
        </>
      )}
      {isEdited && product && (
        <ProductForm
          product={product}
          onDone={(told) => {
            setSecret(told);
            void reload();
          }}
          onClose={() => setEdited(false)}
        />
      )}
      {secret !== undefined && <ProductSecret secret={secret} onClose={() => setSecret(undefined)} />}
    </Page>
  );
}

function factsOf(product: Product): readonly Fact[] {
  const words = productWords();
  return [
    [words.status, <ProductStatus key="status" product={product} />],
    [words.productKey, <code key="key">{product.productKey}</code>],
    [words.controlMode, words.controlModes[product.controlMode]],
    [words.activation, words.activations[product.activationMode ?? 'open']],
    ...PRODUCT_TEXTS.filter((key) => key !== 'name').map((key): Fact => [words.texts[key], plain(product[key])]),
  ];
}
