import type { ControlMode } from '../../../../src/core/product.js';
import { CloudError } from '../../errors.js';
import type { ProductStore } from '../../store/product-store.js';
import type { Language } from '../devices.js';
import { exampleBodies } from './manual-examples.js';
import { MANUAL_TEXTS } from './manual-texts.js';
import { definitionOf, inLanguage } from './models.js';

export interface ManualView {
  readonly productKey: string;
  readonly name: string;
  readonly language: Language;
  readonly sections: readonly { readonly title: string; readonly text: string }[];
}

/** Manuals, made of what products are defined as. */
export class Manuals {
  readonly #store: ProductStore;

  constructor(options: { store: ProductStore }) {
    this.#store = options.store;
  }

  /** @throws CloudError `product_not_found` */
  get(productKey: string, language: Language): ManualView {
    const row = this.#store.byKey(productKey);
    if (!row) throw new CloudError('product_not_found');
    const definition = definitionOf(row);
    const texts = MANUAL_TEXTS[language];
    const controlMode = row.control_mode as ControlMode;
    const name = inLanguage(row.name, definition?.name, language);
    const description = inLanguage(row.description, definition?.description, language);
    const examples = exampleBodies({ controlMode, definition });
    const parts = [
      texts.about({ name, description, manufacturer: row.manufacturer, model: row.model, definition }),
      texts.settingUp(definition),
      texts.control(controlMode, examples),
      ...(definition ? [texts.outputs(definition), texts.inputs(definition), texts.properties(definition)] : []),
      ...(definition?.statusLed ? [texts.led()] : []),
    ];
    return { productKey, name, language, sections: parts.filter((part) => part !== undefined) };
  }
}
