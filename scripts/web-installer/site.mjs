import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { Failure } from '../failure.mjs';
import { CHIPS } from './flash-map.mjs';

const FIRMWARE = 'firmware';
const TOOLS = 'esp-web-tools';
const PAGE = fileURLToPath(new URL('page/', import.meta.url));

/** Seconds that a board has for its first boot, in which it formats its storage, until it must have answered Improv. */
const IMPROV_WAIT_S = 20;

/** The manifest of ESP Web Tools for these builds (https://esphome.github.io/esp-web-tools/#manifest). */
export function installManifest(product, builds) {
  return {
    name: `SmartLink ${product.productKey}`,
    version: product.firmwareVersion,
    new_install_prompt_erase: true,
    new_install_improv_wait_time: IMPROV_WAIT_S,
    builds: builds.map(({ target, parts }) => ({
      chipFamily: CHIPS[target].family,
      parts: parts.map((part) => ({ path: pathOf(target, part), offset: part.offset })),
    })),
  };
}

/**
 * Writes the page, its manifest, the firmware and ESP Web Tools into `out`: all, or nothing.
 * @throws {Failure} where `out` holds something else than such a page, or cannot be written
 */
export function writeSite(out, content) {
  const beside = join(dirname(out), `.${basename(out)}-`);
  let made;
  try {
    if (isOccupied(out)) {
      throw new Failure(`${out} holds something else than a page of this command: choose another folder.`, 1, 'exists');
    }
    mkdirSync(dirname(out), { recursive: true });
    made = mkdtempSync(beside);
    fillSite(made, content);
    rmSync(out, { recursive: true, force: true });
    renameSync(made, out);
  } catch (error) {
    if (made !== undefined) rmSync(made, { recursive: true, force: true });
    if (error instanceof Failure || error.code === undefined) throw error;
    throw new Failure(`${out} cannot be written (${error.code}): choose another folder with --out.`, 1, 'unwritable');
  }
}

function isOccupied(out) {
  return existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, TOOLS, 'install-button.js'));
}

function fillSite(folder, { product, builds, espWebTools }) {
  const isSecret = builds.some(({ parts }) => parts.some((part) => part.isSecret));
  chmodSync(folder, isSecret ? 0o700 : 0o755);
  const manifest = installManifest(product, builds);
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(join(folder, 'index.html'), page(product, builds));
  for (const file of ['page.js', 'style.css']) writeFileSync(join(folder, file), bundled(file));
  for (const { target, parts } of builds) {
    mkdirSync(join(folder, FIRMWARE, target), { recursive: true });
    for (const part of parts) writeFileSync(join(folder, pathOf(target, part)), part.bytes);
  }
  mkdirSync(join(folder, TOOLS));
  for (const file of espWebTools.bundle) copyFileSync(join(espWebTools.folder, file), join(folder, TOOLS, file));
  writeFileSync(join(folder, TOOLS, 'LICENSES.txt'), espWebTools.licences);
}

/** With its hash: no browser mixes parts of two builds, whatever it kept. */
function pathOf(target, { name, bytes }) {
  return `${FIRMWARE}/${target}/${createHash('sha256').update(bytes).digest('hex').slice(0, 8)}-${name}`;
}

function page(product, builds) {
  const values = {
    nameEn: product.name.en,
    nameZh: product.name.zh,
    productKey: product.productKey,
    version: product.firmwareVersion,
    chips: builds.map(({ target }) => CHIPS[target].family).join(', '),
    clouds: [...new Set(builds.map(({ apiUrl }) => apiUrl))].join(', '),
  };
  return readFileSync(join(PAGE, 'index.html'), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, key) => escaped(values[key]));
}

function bundled(file) {
  const { outputFiles } = buildSync({ entryPoints: [join(PAGE, file)], bundle: true, write: false, charset: 'utf8' });
  return outputFiles[0].text;
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
