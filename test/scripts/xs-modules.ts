import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { VirtualTime } from '../../host-sim/world/virtual-time.js';

/** The C functions; the adapters' own type needs the SDK's declarations. */
export type Native = unknown;

/** The SDK's timer in a virtual time that each test begins anew. */
export class TestClock {
  time = new VirtualTime();
  readonly timer = {
    set: (callback: () => void, delayMs?: number): unknown => this.time.timer.set(callback, delayMs),
    repeat: (callback: () => void, intervalMs: number): unknown => this.time.timer.repeat(callback, intervalMs),
    clear: (handle: unknown): void => this.time.timer.clear(handle),
  };

  reset(): void {
    this.time = new VirtualTime();
  }
}

/**
 * Loads an adapter of `src/xs` into Node with fakes in the place of the Moddable modules that it imports: each fake is the
 * module's default export, and where it is an object, its properties are the named ones too.
 */
export async function loadAdapter<T>(name: string, fakes: Readonly<Record<string, unknown>>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'smartlink-adapter-'));
  const registry = `xs-fakes-${name}-${Math.random()}`;
  (globalThis as Record<string, unknown>)[registry] = fakes;
  try {
    const outfile = join(folder, 'adapter.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, '../../src/xs', name)],
      bundle: true,
      format: 'esm',
      outfile,
      logLevel: 'silent',
      plugins: [
        {
          name: 'fakes',
          setup(plugin) {
            plugin.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
              kind === 'entry-point' ? undefined : { path, namespace: 'fake' },
            );
            plugin.onLoad({ filter: /.*/, namespace: 'fake' }, ({ path }) => ({
              contents: moduleOf(`globalThis[${JSON.stringify(registry)}][${JSON.stringify(path)}]`, fakes[path]),
            }));
          },
        },
      ],
    });
    return (await import(pathToFileURL(outfile).href)) as T;
  } finally {
    delete (globalThis as Record<string, unknown>)[registry];
    rmSync(folder, { recursive: true, force: true });
  }
}

function moduleOf(expression: string, fake: unknown): string {
  const names = typeof fake === 'object' && fake !== null ? Object.keys(fake) : [];
  return [
    `const fake = ${expression};`,
    'export default fake;',
    ...names.map((name) => `export const ${name} = fake.${name};`),
  ].join('\n');
}
