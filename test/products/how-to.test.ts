import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkProduct } from '../../host-sim/products/load.js';
import schema from '../../src/products/product.schema.json' with { type: 'json' };

const text = readFileSync(new URL('../../docs/add-a-product.md', import.meta.url), 'utf8');
const examples = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json]) => JSON.parse(json!));

describe('the how-to', () => {
  test('shows a gate, a dimmer and a sensor', () => {
    expect(examples.map(({ controlMode }) => controlMode)).toEqual(['pulse', 'dimmer', 'readonly']);
  });

  test.each(examples.map((json) => [json.productKey as string, json]))(
    'shows a definition that is right: %s',
    (key, json) => {
      expect(checkProduct(json, `${key}.json`)).toMatchObject({ errors: [], warnings: [] });
    },
  );

  test('shows the sentences that a wrong one gets', () => {
    const wrong = structuredClone(examples[0]);
    wrong.outputs[0].pin = 12;
    wrong.outputs[0].pulse.durationMs = 5000;
    const lines = checkProduct(wrong, 'my-gate.json').errors.map(({ message }) => `my-gate.json: ${message}`);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(text).toContain(line);
  });

  test('names every field that is required, as the schema has it', () => {
    const rows = text.slice(text.indexOf('**Required**'), text.indexOf('`src/products/product.schema.json` has'));
    const { button, digital, analog, servo, relay, dimmer } = schema.$defs;
    const { booleanProperty, integerProperty, numberProperty, enumProperty, name } = schema.$defs;
    const required = [schema, button, digital, analog, servo, relay, dimmer, name]
      .concat([booleanProperty, integerProperty, numberProperty, enumProperty] as never)
      .concat([schema.properties.app, schema.properties.statusLed, schema.properties.interlocks.items] as never)
      .flatMap((part) => part.required);
    for (const field of required) expect(rows).toContain(`\`${field}\``);
  });

  test('takes away nothing that is not required: a definition of that alone is right', () => {
    const [gate] = examples;
    const { outputs, app, properties, ...rest } = gate;
    const bare = {
      ...rest,
      app: { manufacturer: app.manufacturer, model: app.model },
      outputs: [{ type: 'relay', pin: outputs[0].pin }],
      properties,
    };
    expect(checkProduct(bare, 'bare.json').errors).toEqual([]);
  });
});
