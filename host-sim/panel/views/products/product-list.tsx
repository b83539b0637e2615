import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import type { Page as Part } from '../../net/api.js';
import type { Product } from '../../state/product.js';
import { href } from '../../state/router.js';
import { useDebounced } from '../../state/use-debounced.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Field } from '../../ui/field.js';
import { Page } from '../../ui/page.js';
import { Pager } from '../../ui/pager.js';
import { Problem } from '../../ui/problem.js';
import { type Column, Table } from '../../ui/table.js';
import { ProductForm } from './product-form.js';
import { ProductStatus } from './product-status.js';
import { ProductSecret } from './secret.js';
import { productWords } from './words.js';

const SIZE = 20;

/** All products, part by part. */
export function ProductList(): JSX.Element {
  const { api } = useWorld();
  const words = productWords();
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(1);
  const [isNew, setNew] = useState(false);
  const [secret, setSecret] = useState<string | undefined>(undefined);
  const wanted = useDebounced(search.trim());
  const { data, error, reload } = useLoaded(
    (signal) => api.get<Part<Product>>('/products', { search: wanted, page, size: SIZE }, signal),
    [wanted, page],
  );
  return (
    <Page
      title={words.title}
      aside={
        <button type="button" class="button primary" onClick={() => setNew(true)}>
          {words.create}
        </button>
      }
    >
      <search class="product-search">
        <Field
          label={common().search}
          type="search"
          value={search}
          onInput={(text) => {
            setSearch(text);
            setPage(1);
          }}
          placeholder={words.searchHint}
          maxLength={128}
        />
      </search>
      <Problem error={error} onRetry={() => void reload()} />
      {data === undefined ? (
        <p role="status">{common().loading}</p>
      ) : (
        <>
          <Table
            caption={words.title}
            columns={columns()}
            rows={data.list}
            keyOf={({ productKey }) => productKey}
            empty={wanted === '' ? words.noneYet : words.noneFit}
          />
          <Pager label={words.pages} page={data.page} size={data.size} total={data.total} onPage={setPage} />
        </>
      )}
      {isNew && (
        <ProductForm
          onDone={(told) => {
            setSecret(told);
            void reload();
          }}
          onClose={() => setNew(false)}
        />
      )}
      {secret !== undefined && <ProductSecret secret={secret} onClose={() => setSecret(undefined)} />}
    </Page>
  );
}

function columns(): readonly Column<Product>[] {
  const words = productWords();
  return [
    {
      title: common().name,
      isName: true,
      cell: ({ productKey, name, iconColor }) => (
        <span class="row product-name">
          <span class="swatch" aria-hidden="true" style={{ background: iconColor || 'transparent' }} />
          <a href={href('products', productKey)}>{plain(name)}</a>
        </span>
      ),
    },
    { title: words.productKey, cell: ({ productKey }) => <code>{productKey}</code> },
    { title: words.texts.category, cell: ({ category }) => plain(category) },
    { title: words.controlMode, cell: ({ controlMode }) => words.controlModes[controlMode] },
    { title: words.activation, cell: ({ activationMode = 'open' }) => words.activations[activationMode] },
    { title: words.status, cell: (product) => <ProductStatus product={product} /> },
  ];
}
