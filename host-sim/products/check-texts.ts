import type { Product } from '../../src/core/product.js';
import { plainText } from './plain-text.js';
import type { Findings } from './problem.js';

/** Whether what people read is one line of characters that can be seen: apps and logs show it as it is. */
export function checkTexts(product: Product, findings: Findings): void {
  const { name, description, app, properties, provisioning } = product;
  const texts: [field: string, text: string, mayBeEmpty?: boolean][] = [
    ['name.en', name.en],
    ['name.zh', name.zh],
    ['description.en', description.en, true],
    ['description.zh', description.zh, true],
    ['app.manufacturer', app.manufacturer],
    ['app.model', app.model],
    ['provisioning.bleName', provisioning.bleName],
    ...properties.flatMap(({ name: { en, zh }, unit = '-' }, index): [string, string][] => [
      [`properties[${index}].name.en`, en],
      [`properties[${index}].name.zh`, zh],
      [`properties[${index}].unit`, unit],
    ]),
  ];
  for (const [field, text, mayBeEmpty] of texts) {
    const bad = [...text].find((char) => plainText(char) !== char);
    if (bad !== undefined) {
      findings.error(field, `has ${plainText(bad)}, a character that cannot be shown; remove it`);
    } else if (text.trim() === '' && !mayBeEmpty) findings.error(field, 'is blank; say something');
  }
}
