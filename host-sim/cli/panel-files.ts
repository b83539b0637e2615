import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { PanelFile, PanelFiles } from '../cloud/cloud.js';
import { builtFolder } from '../image/bundle.js';
import { CliError } from './cli-error.js';

const PAGE = 'index.html';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
const UNKNOWN_TYPE = 'application/octet-stream';

/**
 * The panel as it was built: its page at `/`, all else below `/panel/`.
 * @param folder of what is built. @throws CliError `panel_missing`
 */
export function readPanel(folder: string = builtFolder()): PanelFiles {
  const built = join(folder, 'panel');
  if (!existsSync(join(built, PAGE))) {
    throw new CliError('panel_missing', `There is no panel in ${built}: run "npm run build".`);
  }
  return new Map(
    readdirSync(built).map((name): [string, PanelFile] => [
      name === PAGE ? '/' : `/panel/${name}`,
      { type: TYPES[extname(name)] ?? UNKNOWN_TYPE, bytes: readFileSync(join(built, name)) },
    ]),
  );
}
