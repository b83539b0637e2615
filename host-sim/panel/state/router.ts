import { type ReadonlySignal, signal } from '@preact/signals';

/** Where the page is: the parts of its fragment, `#/boards/dev_1/wire` → `['boards', 'dev_1', 'wire']`. */
const parts = signal<readonly string[]>(read());

export const route: ReadonlySignal<readonly string[]> = parts;

addEventListener('hashchange', () => {
  parts.value = read();
});

/** The link to a place of the page. */
export function href(...path: readonly string[]): string {
  return `#/${path.map(encodeURIComponent).join('/')}`;
}

/** Goes there, as a click on a link does. */
export function go(...path: readonly string[]): void {
  location.hash = href(...path);
}

function read(): readonly string[] {
  if (!location.hash.startsWith('#/')) return [];
  return location.hash
    .slice(2)
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}
