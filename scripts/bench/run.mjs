// `npm run bench`: bundles the bench and what it runs in processes of its own, then runs it.
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');

/** Bundles entries of this folder into dist/bench; the first one's module is returned. */
export async function load(...entries) {
  await build({
    entryPoints: entries.map((entry) => join(here, entry)),
    outdir: join(root, 'dist/bench'),
    outbase: here,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    chunkNames: 'parts/[name]-[hash]',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
    // They find the project by where they lie.
    define: { 'import.meta.url': JSON.stringify(new URL('../moddable.mjs', import.meta.url).href) },
  });
  return await import(`../../dist/bench/${entries[0].replace(/\.ts$/, '.mjs')}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.chdir(root);
  const programs = readdirSync(join(here, 'programs'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `programs/${basename(name)}`);
  const { main } = await load('main.ts', ...programs);
  process.exitCode = await main(process.argv.slice(2));
}
