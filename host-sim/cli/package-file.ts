import { createHash } from 'node:crypto';
import {
  headBytesOf,
  MIN_HEAD_BYTES,
  PackageError,
  type PackageHeader,
  readPackageHeader,
} from '../../src/core/package-header.js';
import { SIGNATURE_BYTES } from '../ota/package.js';
import { CliError } from './cli-error.js';
import { paint } from './console.js';
import { readGiven } from './given-file.js';
import { idsOf, keysText } from './key-mask.js';

/** A package as far as its own words go: nothing of it is checked but its form. */
export interface PackageFile {
  readonly file: string;
  readonly bytes: Buffer;
  readonly header: PackageHeader;
  /** What a board reads before the image. */
  readonly head: Uint8Array;
  readonly image: Uint8Array;
  /** Ids of the keys that have signed, as it says. */
  readonly signedBy: readonly number[];
}

/** @throws {CliError} `bad_package`: it cannot be read; or the code with which a board refuses its form */
export function readPackageFile(file: string): PackageFile {
  const bytes = readGiven('', 'bad_package', file, 1);
  try {
    return { file, bytes, ...takeApart(bytes) };
  } catch (error) {
    if (error instanceof PackageError) throw new CliError(error.code, `${file}: ${error.message}.`);
    throw error;
  }
}

function takeApart(bytes: Buffer): Omit<PackageFile, 'file' | 'bytes'> {
  const headBytes = headBytesOf(bytes, bytes.length);
  if (bytes.length < MIN_HEAD_BYTES || bytes.length < headBytes) {
    throw new PackageError('malformed_package', 'the package ends before its image begins');
  }
  const head = bytes.subarray(0, headBytes);
  const signedBy: number[] = [];
  for (let at = MIN_HEAD_BYTES - SIGNATURE_BYTES; at < headBytes; at += SIGNATURE_BYTES) signedBy.push(head[at]!);
  return { header: readPackageHeader(head), head, image: bytes.subarray(headBytes), signedBy: signedBy.sort() };
}

/** Below this there is nothing but its candidates. */
const NO_FLOOR = '0.0.0';

/** For a person. */
export function describePackage({ file, bytes, header, signedBy }: PackageFile): string {
  const { productKey, chip, version, floor, imageBytes, required } = header;
  return (
    `  Package  ${paint(process.stdout, 'bold', file)} (${bytes.length} bytes)\n` +
    `  For      ${productKey}, ${chip}\n` +
    `  Version  ${version}${floor === NO_FLOOR ? '' : `, and none below ${floor} after it`}\n` +
    `  Image    ${imageBytes} bytes, SHA-256 ${hexOf(header.digest)}\n` +
    `  Signed   by ${keysText(signedBy)}; what comes after it must be by ${keysText(idsOf(required))}\n`
  );
}

/** For scripts. */
export function packageFields({ file, bytes, header, signedBy }: PackageFile): object {
  const { digest, required, ...head } = header;
  return { file, bytes: bytes.length, ...head, imageSha256: hexOf(digest), signedBy, requiredKeys: idsOf(required) };
}

/** Whether the file holds the image that its header tells of: all of it, nothing behind it, every bit. */
export function whyNotWhole({ header, image }: PackageFile): { code: string; message: string } | undefined {
  const { imageBytes, digest } = header;
  if (image.length < imageBytes) {
    return { code: 'cut_short', message: `the image has ${imageBytes} bytes, and ${image.length} of them are there` };
  }
  if (image.length > imageBytes) {
    return { code: 'too_long', message: `${image.length - imageBytes} bytes follow the image` };
  }
  if (createHash('sha256').update(image).digest().equals(digest)) return undefined;
  return { code: 'wrong_digest', message: 'the image has another SHA-256 than its header says' };
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
