import { describe, expect, test } from 'vitest';
import { shippedProducts } from '../../host-sim/products/load.js';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import { bootOnNode, bootOnXs, bundleEngine, withoutXs } from './engines.js';
import { type ProductRecording, recordProduct } from './product-scenario.js';

let engine: Promise<XsEngine> | undefined;
const onEngine = (): Promise<XsEngine> => {
  engine ??= bundleEngine();
  return engine;
};
const recordings = new Map<string, Promise<ProductRecording>>();

describe.each(shippedProducts())('$productKey', (product) => {
  const record = (kind: 'node' | 'xs'): Promise<ProductRecording> => {
    const key = `${kind} ${product.productKey}`;
    const known = recordings.get(key);
    if (known !== undefined) return known;
    const made =
      kind === 'node'
        ? recordProduct(product, (host) => bootOnNode(host, product))
        : onEngine().then((xs) => recordProduct(product, (host) => bootOnXs(xs, host, product)));
    recordings.set(key, made);
    return made;
  };

  test('its scenario moves every output and shows every input', async () => {
    const { pins, messages, console } = await record('node');
    for (const { pin } of product.outputs) {
      expect(pins.filter((change) => change.split(' ')[1] === String(pin)).length, `pin ${pin}`).toBeGreaterThan(5);
    }
    for (const { key } of product.properties) {
      const values = new Set<unknown>();
      for (const { json } of messages) if (json?.params?.[key] !== undefined) values.add(json.params[key]);
      expect(values.size, key).toBeGreaterThan(1);
    }
    const names = new Set(console.map(({ name }) => name));
    expect([...names]).toEqual(expect.arrayContaining(['activated', 'stopped', 'command_refused']));
  });

  test.skipIf(withoutXs)('its pins do the same on XS at the same instants as on Node', async () => {
    const [node, xs] = [await record('node'), await record('xs')];
    expect(xs.pins).toEqual(node.pins);
    expect(xs.world).toEqual(node.world);
  });

  test.skipIf(withoutXs)('its wire and its console are the same on XS as on Node', async () => {
    const [node, xs] = [await record('node'), await record('xs')];
    expect(xs.wire).toEqual(node.wire);
    expect(xs.console).toEqual(node.console);
  });
});
