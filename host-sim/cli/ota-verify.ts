import { signingKeys } from '../../src/board/signing-keys.js';
import type { SigningKeys } from '../../src/core/jws.js';
import { mustBeSigned, PackageError } from '../../src/core/package-header.js';
import { mustSuit } from '../../src/core/package-rules.js';
import { isVersion } from '../../src/core/version.js';
import { createNodeCrypto } from '../host/node-crypto.js';
import { RESERVED_BYTES } from '../ota/package.js';
import { CliError } from './cli-error.js';
import { paint, writeJson } from './console.js';
import { idsOf, keysText } from './key-mask.js';
import { describePackage, type PackageFile, packageFields, readPackageFile, whyNotWhole } from './package-file.js';
import { readUpdateKeys } from './trust-files.js';

/** No version is below it. */
const LOWEST_VERSION = '0.0.0-0';

interface Flags {
  readonly updateKey: readonly string[];
  readonly require?: readonly number[];
  readonly product?: string;
  readonly chip?: string;
  readonly runningVersion?: string;
  readonly floor?: string;
  readonly slotBytes: number;
  readonly json?: boolean;
}

/** @throws {CliError} where such a board does not take it, with the code of the board where that is the one to refuse */
export function verify(file: string, flags: Flags): void {
  for (const flag of ['runningVersion', 'floor'] as const) {
    const text = flags[flag];
    if (text !== undefined && !isVersion(text)) {
      const name = flag === 'floor' ? '--floor' : '--running-version';
      throw new CliError('bad_version', `${name} ${text} is no version like 1.2.0 or 1.2.0-rc.1.`, 2);
    }
  }
  const keys = signingKeys(readUpdateKeys(flags.updateKey, flags.require));
  const found = readPackageFile(file);
  const refusal = refusalOf(found, keys, flags);
  if (flags.json)
    writeJson(process.stdout, { event: 'package', ...packageFields(found), taken: refusal === undefined });
  else process.stdout.write(`\n${describePackage(found)}\n`);
  if (refusal !== undefined) {
    throw new CliError(refusal.code, `such a board does not take ${file}: ${refusal.message}.`);
  }
  if (flags.json) return;
  const taken = `  A board that wants ${keysText(idsOf(keys.required))} takes it.\n\n`;
  process.stdout.write(paint(process.stdout, 'green', taken));
}

function refusalOf(
  found: PackageFile,
  keys: SigningKeys,
  { product, chip, runningVersion = LOWEST_VERSION, floor, slotBytes }: Flags,
): { readonly code: string; readonly message: string } | undefined {
  const { header, head } = found;
  try {
    mustBeSigned(createNodeCrypto(), keys, head);
    mustSuit(header, {
      productKey: product ?? header.productKey,
      chip: chip ?? header.chip,
      version: runningVersion,
      floor,
      maxImageBytes: slotBytes - RESERVED_BYTES,
    });
  } catch (error) {
    if (error instanceof PackageError) return error;
    throw error;
  }
  return whyNotWhole(found);
}
