import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/**
 * Loads an adapter of `src/xs` into Node with fakes in the place of the Moddable modules that it imports: each fake is the
 * module's default export.
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
              contents: `export default globalThis[${JSON.stringify(registry)}][${JSON.stringify(path)}];`,
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
