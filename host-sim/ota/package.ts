import { createHash, type KeyObject, sign } from 'node:crypto';

/** Bytes of the header, which is what is signed (docs/ota-package.md). */
export const HEADER_BYTES = 164;
/** Bytes of a signature with the id of its key. */
export const SIGNATURE_BYTES = 65;
/** Keys that may sign one package. */
export const MAX_SIGNATURES = 4;

/** Of a board with 4 MB of flash (`src/xs/esp32/partitions.csv`). */
export const DEFAULT_SLOT_BYTES = 0x1f0000;
/** What of a slot no image takes: a block, where a board keeps the image's first one until all of it has been checked. */
export const RESERVED_BYTES = 4_096;

/** What a package says of its image; texts as a product definition has them. */
export interface PackageHead {
  readonly productKey: string;
  readonly chip: string;
  readonly version: string;
  /** Boards that have proven this update never again take a version below it. */
  readonly floor: string;
  /** Bits of the ids of the keys that must sign what comes after it: 1 for id 0. Never 0. */
  readonly required: number;
}

/** A key that signs, by the id that boards know it by. */
export interface Signer {
  /** 0 to 7. */
  readonly id: number;
  /** A private key of P-256. */
  readonly key: KeyObject;
}

/** The header of a package with this image. @throws {RangeError} that names the text which its field has no room for */
export function encodeHeader(head: PackageHead, image: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('SLFW', 0, 'latin1');
  header.writeUInt8(1, 4);
  header.writeUInt8(head.required, 5);
  header.writeUInt16BE(HEADER_BYTES, 6);
  header.writeUInt32BE(image.length, 8);
  createHash('sha256').update(image).digest().copy(header, 12);
  writeText(header, 'productKey', head.productKey, 44, 76);
  writeText(header, 'chip', head.chip, 76, 92);
  writeText(header, 'version', head.version, 92, 128);
  writeText(header, 'floor', head.floor, 128, HEADER_BYTES);
  return header;
}

/** The signature of a header by one key, as it stands in a package: its id, then r and s. */
export function signHeader(header: Uint8Array, { id, key }: Signer): Buffer {
  return Buffer.concat([Buffer.of(id), sign('sha256', header, { key, dsaEncoding: 'ieee-p1363' })]);
}

/**
 * A package, whole: 1 to 4 signers, each with an id of its own.
 * @throws {RangeError} that names the text which its field has no room for
 */
export function encodePackage(head: PackageHead, image: Uint8Array, signers: readonly Signer[]): Buffer {
  const header = encodeHeader(head, image);
  const signatures = signers.map((signer) => signHeader(header, signer));
  return Buffer.concat([header, Buffer.of(signatures.length), ...signatures, image]);
}

function writeText(header: Buffer, name: string, text: string, from: number, to: number): void {
  if (!/^[\x21-\x7e]+$/.test(text) || text.length > to - from) {
    throw new RangeError(`${name} must be 1 to ${to - from} characters of printable ASCII without spaces`);
  }
  header.write(text, from, 'latin1');
}
