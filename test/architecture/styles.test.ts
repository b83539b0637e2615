import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';

const PANEL = join(import.meta.dirname, '../../host-sim/panel');

/** The names of classes that a folder's style sheets speak of, and in which sheets. */
function classesOf(folder: string): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const file of readdirSync(join(PANEL, folder), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.css')) continue;
    const css = readFileSync(join(PANEL, folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
    const selectors = css.replace(/\{[^{}]*\}/g, '{}');
    for (const [, name] of selectors.matchAll(/\.([a-z][\w-]*)/g)) {
      found.set(name!, (found.get(name!) ?? new Set()).add(basename(file)));
    }
  }
  return found;
}

it('every view has names of its own for its looks: what one looks like changes no other', () => {
  const shared = classesOf('styles');
  const ofViews = classesOf('views');
  const twice = [...ofViews].filter(([name, files]) => files.size > 1 && !shared.has(name));
  expect(twice.map(([name, files]) => `.${name}: ${[...files].join(', ')}`)).toEqual([]);
});
