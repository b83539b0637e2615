import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkProduct } from '../../host-sim/products/load.js';
import dimmerFile from '../../src/products/sw-dim-001.json' with { type: 'json' };
import genericFile from '../../src/products/sw-gen-001.json' with { type: 'json' };
import relayFile from '../../src/products/sw-relay-002.json' with { type: 'json' };
import sensorFile from '../../src/products/sw-sense-001.json' with { type: 'json' };
import servoFile from '../../src/products/sw-servo-001.json' with { type: 'json' };

const FILES: readonly object[] = [servoFile, relayFile, dimmerFile, sensorFile, genericFile];

type Path = readonly (string | number)[];

/** Every place of a definition, the inner ones too. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, part]) =>
    placesOf(part, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inner : [path, ...inner];
}

/** Sets, removes or doubles what stands in a place. */
function mutate(file: object, path: Path, change: Change): unknown {
  const copy: unknown = structuredClone(file);
  let parent = copy as Record<string | number, unknown>;
  for (const part of path.slice(0, -1)) {
    const next = parent[part];
    if (typeof next !== 'object' || next === null) return copy;
    parent = next as Record<string | number, unknown>;
  }
  const last = path.at(-1)!;
  if (change.kind === 'set') parent[last] = change.value;
  else if (change.kind === 'rename') {
    parent[change.name] = parent[last];
    delete parent[last];
  } else if (Array.isArray(parent)) {
    if (change.kind === 'remove') parent.splice(Number(last), 1);
    else parent.push(structuredClone(parent[Number(last)]));
  } else delete parent[last];
  return copy;
}

type Change =
  | { readonly kind: 'set'; readonly value: unknown }
  | { readonly kind: 'remove' }
  | { readonly kind: 'double' }
  | { readonly kind: 'rename'; readonly name: string };

const value = fc.oneof(
  fc.constantFrom<unknown>(0, 1, -1, 2, 7, 8, 12, 16, 18, 25, 34, 39, 48, 100, 180, 1e9, 0.5, '', 'up', 'on', true),
  fc.constantFrom<unknown>(null, [], {}, 'servo', 'relay', 'dimmer', 'button', 'digital', 'analog', 'readonly'),
  fc.constantFrom<unknown>('number', 'integer', 'boolean', 'enum', { input: 0 }, { channel: 0, attribute: 'level' }),
  fc.jsonValue(),
);
const change = fc.oneof<fc.Arbitrary<Change>[]>(
  value.map((v) => ({ kind: 'set', value: v })),
  fc.constant({ kind: 'remove' }),
  fc.constant({ kind: 'double' }),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 80 }).map((name) => ({ kind: 'rename', name })),
);
const mutated = fc
  .constantFrom(...FILES)
  .chain((file) =>
    fc
      .array(fc.tuple(fc.constantFrom(...placesOf(file)), change), { minLength: 1, maxLength: 4 })
      .map((steps) => steps.reduce<unknown>((json, [path, step]) => mutate(json as object, path, step), file)),
  );

function expectSound(json: unknown): void {
  const { product, errors, warnings } = checkProduct(json, 'test.json');
  expect(product === undefined).toBe(errors.length > 0);
  for (const { code, field, message } of [...errors, ...warnings]) {
    expect(code).toBe('invalid_product');
    expect(message.startsWith(field)).toBe(true);
    expect(message.length).toBeGreaterThan(field.length + 5);
    expect(message).not.toMatch(/ undefined|\[object|\n/);
  }
}

describe('a definition', () => {
  test('that is a shipped one with a few random faults gives a product, or sentences that each name a field', () => {
    fc.assert(
      fc.property(mutated, (json) => {
        expectSound(json);
        for (const { field } of checkProduct(json, 'test.json').errors) expect(field).not.toBe('');
      }),
      { numRuns: 3_000 },
    );
  });

  test('that is anything at all is refused in sentences, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything({ withBigInt: true, withNullPrototype: true }), fc.jsonValue()), expectSound),
      { numRuns: 500 },
    );
  });
});
