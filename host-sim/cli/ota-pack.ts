import type { Product } from '../../src/core/product.js';
import { compareVersions, isVersion } from '../../src/core/version.js';
import { chipOfImage } from '../ota/esp-image.js';
import { encodePackage, MAX_SIGNATURES, RESERVED_BYTES } from '../ota/package.js';
import { loadProduct } from '../products/load.js';
import { buildTimeMs } from './build-info.js';
import { CliError } from './cli-error.js';
import { paint, warnOfProduct, writeJson } from './console.js';
import { readGiven } from './given-file.js';
import { idsOf, keysText, maskOf } from './key-mask.js';
import { writeNew } from './new-file.js';
import { describePackage, packageFields, readPackageFile } from './package-file.js';
import { readSigners, type SignerFlags } from './signers.js';
import { readUpdateKeys } from './trust-files.js';

interface Flags extends SignerFlags {
  readonly image?: string;
  readonly simulator?: boolean;
  /** Files of the keys that a build for the simulator knows. */
  readonly updateKey?: readonly string[];
  readonly product: string;
  readonly firmwareVersion?: string;
  readonly floor: string;
  readonly require?: readonly number[];
  readonly slotBytes: number;
  readonly out: string;
  readonly json?: boolean;
}

/** @throws {CliError} */
export async function pack(flags: Flags): Promise<void> {
  const { floor, out } = flags;
  if ((flags.image === undefined) !== (flags.simulator === true)) {
    throw wrong('give either --image FILE, for a chip, or --simulator');
  }
  if (flags.image !== undefined && flags.updateKey !== undefined) {
    throw wrong('--update-key goes with --simulator: what an --image knows was built into it');
  }
  if (flags.key.length > MAX_SIGNATURES) {
    throw wrong(`--key names ${flags.key.length} keys: at most ${MAX_SIGNATURES} sign a package`);
  }
  const product = loadProduct(flags.product, warnOfProduct);
  const { productKey, chipModel: chip } = product;
  const version = flags.firmwareVersion ?? product.firmwareVersion;
  checkVersions(version, floor);
  const signers = readSigners(flags);
  const required = maskOf(flags.require ?? signers.map(({ id }) => id));
  const image =
    flags.image === undefined
      ? await simulatorImage({ ...product, firmwareVersion: version }, required, flags.updateKey)
      : readImage(flags.image, product);
  checkSize(image, flags.slotBytes);
  writeNew(out, encodePackage({ productKey, chip, version, floor, required }, image, signers), 0o644);
  // As it now stands there, by the reader of the boards.
  const packed = readPackageFile(out);
  if (flags.json) {
    writeJson(process.stdout, { event: 'package', ...packageFields(packed) });
    return;
  }
  process.stdout.write(
    `\n${describePackage(packed)}\n  Give it to a cloud:\n\n` +
      `  ${paint(process.stdout, 'cyan', `npx smartlink ota publish ${out}`)}\n\n`,
  );
}

function checkVersions(version: string, floor: string): void {
  for (const [flag, text] of [
    ['--firmware-version', version],
    ['--floor', floor],
  ] as const) {
    if (!isVersion(text)) throw wrong(`${flag} ${text} is no version like 1.2.0 or 1.2.0-rc.1`);
  }
  if (compareVersions(floor, version) > 0) {
    throw wrong(`--floor ${floor} is above the version of the package, ${version}: boards refuse that`);
  }
}

function readImage(file: string, { productKey, chipModel }: Product): Buffer {
  const image = readGiven('--image', 'bad_image', file);
  const chip = chipOfImage(image);
  if (chip === undefined) {
    throw new CliError('bad_image', `--image ${file} is no image of an ESP32: give the application’s .bin.`, 2);
  }
  if (chip === chipModel) return image;
  throw new CliError('wrong_chip', `--image ${file} is for ${chip}, and ${productKey} has the chip ${chipModel}.`, 2);
}

/** Of this program's own firmware. What makes it is loaded only for it. */
async function simulatorImage(product: Product, required: number, files?: readonly string[]): Promise<Uint8Array> {
  const ids = idsOf(required);
  if (files === undefined && required !== maskOf([0])) {
    throw wrong(
      `${keysText(ids)} must sign what comes after this, and without --update-key the new build knows what its board was started with: ` +
        'give every key that it is to know as --update-key ID=FILE',
    );
  }
  const updateKeys = files && readUpdateKeys(files, ids);
  const { makeSimulatorImage } = await import('../image/make-image.js');
  return makeSimulatorImage({ product, buildTimeMs, ...(updateKeys && { updateKeys }) });
}

function checkSize(image: Uint8Array, slotBytes: number): void {
  const most = slotBytes - RESERVED_BYTES;
  if (image.length <= most) return;
  const mend = 'leave something out of the build, or give the slots of a larger flash with --slot-bytes';
  throw new CliError('too_large', `the image has ${image.length} bytes, and boards take ${most}: ${mend}.`);
}

function wrong(sentence: string): CliError {
  return new CliError('bad_package', `${sentence}.`, 2);
}
