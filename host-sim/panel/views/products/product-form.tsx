import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import type { Product } from '../../state/product.js';
import { useWorld } from '../../state/use-world.js';
import { Choice, Field } from '../../ui/field.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { say } from '../../ui/toasts.js';
import {
  ACTIVATION_MODES,
  bodyOf,
  CONTROL_MODES,
  formOf,
  MAX_LENGTHS,
  PRODUCT_TEXTS,
  type ProductFormState,
} from './product-form-state.js';
import { productWords } from './words.js';

const REQUIRED: readonly string[] = ['name', 'category'];

/**
 * Makes a product, or changes one.
 * @param product absent: a new one
 * @param onDone gets the secret where its activation has become signed
 */
export function ProductForm(props: {
  product?: Product;
  onDone: (secret: string | undefined) => void;
  onClose: () => void;
}): JSX.Element {
  const { product, onDone, onClose } = props;
  const { api } = useWorld();
  const words = productWords();
  const [form, setForm] = useState(formOf(product));
  const change = (part: Partial<ProductFormState>): void => setForm({ ...form, ...part });
  const save = async (): Promise<void> => {
    const body = bodyOf(form, product);
    const { productSecret } = await (product
      ? api.put<{ productSecret?: string }>(`/products/${encodeURIComponent(product.productKey)}`, body)
      : api.post<{ productSecret?: string }>('/products', body));
    say(words.saved(plain(form.name)));
    onDone(productSecret);
  };
  return (
    <FormDialog
      title={product ? plain(product.name) : words.create}
      deed={common().save}
      fields={['productKey', ...PRODUCT_TEXTS, 'controlMode', 'activationMode']}
      words={{ product_exists: 'productKey' }}
      onSubmit={save}
      onClose={onClose}
    >
      {(faultOf) => (
        <>
          {product === undefined && (
            <Field
              label={words.productKey}
              value={form.productKey}
              onInput={(productKey) => change({ productKey })}
              hint={words.productKeyHint}
              autocomplete="off"
              required
              fault={faultOf('productKey')}
            />
          )}
          <Choice
            label={words.controlMode}
            value={form.controlMode}
            options={CONTROL_MODES.map((one) => ({ value: one, text: words.controlModes[one] }))}
            onChange={(one) => change({ controlMode: one as Product['controlMode'] })}
            fault={faultOf('controlMode')}
          />
          {PRODUCT_TEXTS.map((key) => (
            <Field
              key={key}
              label={words.texts[key]}
              value={form[key]}
              onInput={(text) => change({ [key]: text })}
              maxLength={MAX_LENGTHS[key]}
              required={REQUIRED.includes(key)}
              hint={key === 'iconColor' ? words.colorHint : undefined}
              fault={faultOf(key)}
            />
          ))}
          <Choice
            label={words.activation}
            value={form.activationMode}
            options={ACTIVATION_MODES.map((one) => ({ value: one, text: words.activations[one] }))}
            onChange={(one) => change({ activationMode: one as ProductFormState['activationMode'] })}
            hint={words.activationHint}
            fault={faultOf('activationMode')}
          />
        </>
      )}
    </FormDialog>
  );
}
