import {
  headBytesOf,
  MAX_HEAD_BYTES,
  MIN_HEAD_BYTES,
  PackageError,
  type PackageHeader,
  readPackageHeader,
} from '../../../src/core/package-header.js';
import { CloudError } from '../errors.js';

const SIGNATURE_BYTES = 65;
const SIGNATURES_AT = MIN_HEAD_BYTES - SIGNATURE_BYTES;

/** What stands before the image of a package. */
export interface PackageHead extends PackageHeader {
  /** Bytes before the image. */
  readonly headBytes: number;
  /** Bits of the ids of the keys that are said to have signed, 1 for id 0. */
  readonly signedBy: number;
}

/**
 * The head of the package that begins with these bytes; undefined while they are too few.
 * @throws CloudError `invalid_parameter`: it is none
 */
export function readPackageHead(beginning: Uint8Array): PackageHead | undefined {
  try {
    const headBytes = headBytesOf(beginning, Math.min(beginning.length, MAX_HEAD_BYTES));
    if (headBytes === 0 || beginning.length < headBytes) return undefined;
    const head = beginning.subarray(0, headBytes);
    const header = readPackageHeader(head);
    let signedBy = 0;
    for (let at = SIGNATURES_AT; at < headBytes; at += SIGNATURE_BYTES) signedBy |= 1 << head[at]!;
    return { ...header, headBytes, signedBy };
  } catch (error) {
    if (error instanceof PackageError) throw new CloudError('invalid_parameter', error.message);
    throw error;
  }
}
