import { checkProduct } from '../../host-sim/products/load.js';

/** A copy of a shipped definition with one place changed; `undefined` removes it. */
export function changed(file: object, path: string, value: unknown): unknown {
  const copy = structuredClone(file);
  const parts = path.split('.');
  const last = parts.pop()!;
  let place = copy as Record<string, unknown>;
  for (const part of parts) {
    place[part] ??= {};
    place = place[part] as Record<string, unknown>;
  }
  if (value === undefined) delete place[last];
  else place[last] = value;
  return copy;
}

/** What is said to be wrong with a definition. */
export function problems(json: unknown): string[] {
  return checkProduct(json, 'test.json').errors.map(({ message }) => message);
}
