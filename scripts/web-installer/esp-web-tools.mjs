import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Failure } from '../failure.mjs';
import { ROOT } from '../moddable.mjs';

const PACKAGE = 'esp-web-tools';

/**
 * ESP Web Tools as it is installed: its bundle for browsers, the files that `bundle` names in `folder`, and the text of its licence
 * with those of what it bundles.
 * @throws {Failure} where it is not installed
 */
export function findEspWebTools() {
  const home = findPackage(PACKAGE, ROOT);
  const folder = join(home ?? '', 'dist', 'web');
  if (home === undefined || !existsSync(join(folder, 'install-button.js'))) {
    throw new Failure('ESP Web Tools is not installed: run `npm ci` (without --omit=dev).', 1, 'no_esp_web_tools');
  }
  return { folder, bundle: readdirSync(folder), licences: licences(home) };
}

function licences(home) {
  const texts = [...packagesOf(home).values()].map(({ folder, name, version, license }) => {
    const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
    const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    return `${name} ${version} (${license})\n${text}`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

/** The package in `home` and all that it needs, by folder; packages of types alone leave nothing in a bundle. */
function packagesOf(home, found = new Map()) {
  if (found.has(home)) return found;
  const { name, version, license, dependencies = {} } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  found.set(home, { folder: home, name, version, license });
  for (const needed of Object.keys(dependencies).filter((key) => !key.startsWith('@types/'))) {
    const folder = findPackage(needed, home);
    if (folder !== undefined) packagesOf(folder, found);
  }
  return found;
}

/** The folder of a package, as a module in `from` would find it; packages that hide their `package.json` included. */
function findPackage(name, from) {
  const folders = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  return folders.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'package.json')));
}
