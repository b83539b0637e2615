import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../failure.mjs';
import { imageFolder, importTypeScript } from '../moddable.mjs';
import { CHIPS, flashMap, readPartitions } from './flash-map.mjs';

/** First byte of an image, and where its header has the chip (ESP-IDF, `esp_image_header_t`). */
const IMAGE_MAGIC = 0xe9;
const IMAGE_CHIP_AT = 12;
/** How each entry of a partition table begins. */
const TABLE_MAGIC = [0xaa, 0x50];

/** Those of `targets` that `npm run build:esp32` has been at. */
export function builtTargets(folder, targets) {
  return targets.filter((target) => existsSync(buildManifest(folder, target)));
}

/**
 * What `npm run build:esp32` made for a target: the product, its cloud, and the parts of the flash, `{ name, offset, bytes }`.
 * @throws {Failure} where it is not whole, does not fit the chip, or holds what a page must not give away
 */
export function readBuild(folder, target) {
  const again = `run \`npm run build:esp32 -- ${target}\``;
  const manifest = buildManifest(folder, target);
  const images = imageFolder(join(folder, target, 'output'), target);
  const map = flashMap(target);
  const missing = [manifest, ...map.map(({ file }) => join(images, file))].find((file) => !existsSync(file));
  if (missing !== undefined) {
    throw new Failure(`There is no build for ${target} (${missing} is missing): ${again} first.`, 1, 'no_build');
  }
  // The manifest is written before the build begins: it says nothing about images that are older.
  if (map.some(({ file }) => statSync(join(images, file)).mtimeMs < statSync(manifest).mtimeMs)) {
    throw new Failure(`The latest build for ${target} has not come to its end: ${again} again.`, 1, 'unfinished_build');
  }
  const { product, settings } = readConfig(manifest, again);
  if (settings.wifi !== undefined) {
    throw new Failure(
      `The build for ${target} holds the name and password of a Wi-Fi network, which everyone who can open the page could read: ` +
        `${again} without --ssid, and without SMARTLINK_WIFI_SSID.`,
      1,
      'holds_wifi',
    );
  }
  const parts = map.map((place) => readPart(join(images, place.file), target, place));
  return { target, product, apiUrl: settings.environment.apiUrl, parts };
}

/** The product that all builds are for. @throws {Failure} where they differ */
export function commonProduct(builds) {
  const [first, ...others] = builds;
  const other = others.find((build) => describe(build) !== describe(first));
  if (other === undefined) return first.product;
  throw new Failure(
    `${first.target} is built for ${describe(first)}, and ${other.target} for ${describe(other)}. ` +
      'A page installs one product: build the same for each, or name the target that you mean.',
    1,
    'different_products',
  );
}

/**
 * The factory record in `file`, a part of the flash, and whose it is.
 * @throws {Failure} where it is none that a board would take
 */
export async function readFactory(file) {
  const { offset, size } = readPartitions().get('factory');
  const bytes = readBytes(file);
  const { createNodeText, factoryRecord } = await importTypeScript(
    `export { factoryRecord } from './src/records/factory-record.js'; export { createNodeText } from './host-sim/host/node-text.js'`,
  );
  const record = factoryRecord({ read: () => bytes }, createNodeText()).read();
  if (record === undefined || bytes.length > size) {
    throw new Failure(
      `${file} is no factory record: give the .bin of \`smartlink factory --sn SERIAL\`.`,
      1,
      'bad_factory_record',
    );
  }
  return { serial: record.serial, part: { name: 'factory.bin', offset, bytes, isSecret: true } };
}

function buildManifest(folder, target) {
  return join(folder, target, 'manifest.json');
}

function readConfig(manifest, again) {
  try {
    const { product, settings } = JSON.parse(readFileSync(manifest, 'utf8')).config;
    return { product, settings };
  } catch {
    throw new Failure(`${manifest} cannot be read: ${again} again.`, 1, 'unfinished_build');
  }
}

function readPart(file, target, { file: name, offset, size, holds }) {
  const bytes = readBytes(file);
  const wrong = whatIsWrong(bytes, holds, size, CHIPS[target]);
  if (wrong === undefined) return { name, offset, bytes };
  throw new Failure(`${file} ${wrong}: run \`npm run build:esp32 -- ${target}\` again.`, 1, 'bad_image');
}

function whatIsWrong(bytes, holds, size, chip) {
  if (bytes.length === 0) return 'is empty';
  if (bytes.length > size) return `has ${bytes.length} bytes, and its place in the flash ${size}`;
  if (holds === 'table' && TABLE_MAGIC.some((byte, at) => bytes[at] !== byte)) return 'is no partition table';
  if (holds !== 'image') return undefined;
  if (bytes[0] !== IMAGE_MAGIC || bytes.length <= IMAGE_CHIP_AT + 1) return 'is no image for an ESP32';
  if (bytes.readUInt16LE(IMAGE_CHIP_AT) !== chip.imageId) return `is no image for an ${chip.family}`;
  return undefined;
}

function readBytes(file) {
  try {
    return readFileSync(file);
  } catch ({ code }) {
    throw new Failure(`${file} cannot be read (${code}).`, 1, 'unreadable');
  }
}

function describe({ product }) {
  return `${product.productKey} ${product.firmwareVersion}`;
}
