// Bundles the panel: one script and one style sheet under names that change with what is in them, and the page that names them.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const SOURCES = 'host-sim/panel';
/** Below which path of the cloud the files are served. */
const PUBLIC_PATH = '/panel/';

/** Fills a folder, which is emptied before. @throws where the sources cannot be bundled */
export async function buildPanel(folder) {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: [join(SOURCES, 'main.tsx')],
    outdir: folder,
    publicPath: PUBLIC_PATH,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    // Beside the script, which says so.
    legalComments: 'linked',
    logLevel: 'warning',
    metafile: true,
  });
  const [script, { cssBundle }] = Object.entries(metafile.outputs).find(
    ([, { entryPoint }]) => entryPoint !== undefined,
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'index.html'),
    nameFiles(readFileSync(join(SOURCES, 'index.html'), 'utf8'), { 'main.js': script, 'main.css': cssBundle }),
  );
}

/** The page with the names of what was built in the place of those of its sources. */
function nameFiles(page, files) {
  return Object.entries(files).reduce((text, [name, built]) => {
    const parts = text.split(`"${name}"`);
    if (parts.length !== 2) throw new Error(`${SOURCES}/index.html must name "${name}" once.`);
    return parts.join(`"${PUBLIC_PATH}${basename(built)}"`);
  }, page);
}
