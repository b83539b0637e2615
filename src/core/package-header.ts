import type { Crypto } from './crypto.js';
import { MAX_KEYS, type SigningKeys } from './jws.js';
import { isRawEcdsaSignature } from './signature.js';
import { compareVersions, isVersion } from './version.js';

/** Why a package is not taken. */
export type PackageCode =
  /** It is none, it is of a format that is not known here, or it contradicts itself. */
  | 'not_a_package'
  | 'unknown_format'
  | 'malformed_package'
  /** A key that must have signed has not, is not known here, or what it signed was something else. */
  | 'signature_missing'
  | 'key_unknown'
  | 'wrong_signature'
  /** It is whole, and not for this board. */
  | 'wrong_product'
  | 'wrong_chip'
  | 'not_newer'
  | 'below_floor'
  | 'too_large';

/** A package is not to be taken; the message is one sentence. */
export class PackageError extends Error {
  readonly code: PackageCode;

  constructor(code: PackageCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a package says of its image (docs/ota-package.md). */
export interface PackageHeader {
  /** Bytes of the image, 1 to 2^32 − 1. */
  readonly imageBytes: number;
  /** SHA-256 of the image. */
  readonly digest: Uint8Array;
  readonly productKey: string;
  readonly chip: string;
  readonly version: string;
  /** What is below this version is never taken again; not above `version`. */
  readonly floor: string;
  /** Keys that must sign what comes after it: bits of their ids, 1 for id 0. Never 0. */
  readonly required: number;
}

/** Bytes of the header, which is what is signed; the number of signatures follows. */
const HEADER_BYTES = 164;
const SIGNATURES_AT = HEADER_BYTES + 1;
/** The id of a key, then r and s. */
const SIGNATURE_BYTES = 65;
const MAX_SIGNATURES = 4;
/** Fewest and most bytes before the image. */
export const MIN_HEAD_BYTES = SIGNATURES_AT + SIGNATURE_BYTES;
export const MAX_HEAD_BYTES = SIGNATURES_AT + MAX_SIGNATURES * SIGNATURE_BYTES;

const FORMAT = 1;
const DIGEST_AT = 12;
const PRODUCT_AT = 44;
const CHIP_AT = 76;
const VERSION_AT = 92;
const FLOOR_AT = 128;

/**
 * Bytes before the image of the package that begins with these `count` bytes, 0 while they are too few to tell.
 * @throws {PackageError} as soon as it can be told that it is none
 */
export function headBytesOf(bytes: Uint8Array, count: number): number {
  if (!beginsWithMagic(bytes, count)) throw new PackageError('not_a_package', 'what came does not begin as a package');
  if (count < SIGNATURES_AT) return 0;
  const signatures = bytes[HEADER_BYTES]!;
  if (signatures < 1 || signatures > MAX_SIGNATURES) {
    throw malformed(`it has ${signatures} signatures, and 1 to ${MAX_SIGNATURES} are allowed`);
  }
  return SIGNATURES_AT + signatures * SIGNATURE_BYTES;
}

/**
 * Reads the bytes before the image; nothing of it is to be believed before `mustBeSigned`.
 * @throws {PackageError}
 */
export function readPackageHeader(head: Uint8Array): PackageHeader {
  if (headBytesOf(head, head.length) !== head.length) throw malformed('its header and signatures are not complete');
  if (head[4] !== FORMAT) {
    throw new PackageError('unknown_format', `the package has format ${head[4]}, and this board knows ${FORMAT}`);
  }
  const view = new DataView(head.buffer, head.byteOffset, HEADER_BYTES);
  if (view.getUint16(6) !== HEADER_BYTES) throw malformed(`its header must have ${HEADER_BYTES} bytes`);
  const required = head[5]!;
  if (required === 0) throw malformed('its new build must want a key at least');
  const imageBytes = view.getUint32(8);
  if (imageBytes === 0) throw malformed('its image must have a byte at least');
  const productKey = textAt(head, PRODUCT_AT, CHIP_AT, 'product key');
  if (!/^[A-Za-z0-9_-]+$/.test(productKey)) throw malformed('its product key may have letters, digits, _ and - alone');
  const chip = textAt(head, CHIP_AT, VERSION_AT, 'chip');
  if (!/^ESP32(-C3|-S3)?$/.test(chip)) throw malformed('its chip must be ESP32, ESP32-C3 or ESP32-S3');
  const version = versionAt(head, VERSION_AT, FLOOR_AT, 'version');
  const floor = versionAt(head, FLOOR_AT, HEADER_BYTES, 'version floor');
  if (compareVersions(floor, version) > 0) throw malformed('its version floor is above its version');
  mustNameKeysOnce(head);
  const digest = new Uint8Array(head.subarray(DIGEST_AT, PRODUCT_AT));
  return { imageBytes, digest, productKey, chip, version, floor, required };
}

/**
 * Every required key must have signed the header, with the point that is known for its id; signatures of others are not looked at.
 * @param head as `readPackageHeader` took it
 * @throws {PackageError}
 */
export function mustBeSigned(crypto: Crypto, { points, required }: SigningKeys, head: Uint8Array): void {
  if (required === 0) throw new PackageError('key_unknown', 'this board knows no key that may sign updates');
  const header = head.subarray(0, HEADER_BYTES);
  for (let id = 0; required >>> id !== 0; id++) {
    if ((required & (1 << id)) === 0) continue;
    const point = points[id];
    if (point === undefined) {
      throw new PackageError('key_unknown', `key ${id} must sign, and this board does not know it`);
    }
    const at = signatureAt(head, id);
    if (at < 0) throw new PackageError('signature_missing', `the package lacks the signature of key ${id}`);
    if (!isRawEcdsaSignature(crypto, { kind: 'ec', point }, header, head.subarray(at, at + SIGNATURE_BYTES - 1))) {
      throw new PackageError(
        'wrong_signature',
        `the signature of key ${id} does not hold: it is not of the key that this board knows, or not over this header`,
      );
    }
  }
}

function beginsWithMagic(bytes: Uint8Array, count: number): boolean {
  for (let at = 0; at < 4 && at < count; at++) if (bytes[at] !== 'SLFW'.charCodeAt(at)) return false;
  return true;
}

/** Where r of that key's signature stands; −1 where there is none. */
function signatureAt(head: Uint8Array, id: number): number {
  for (let at = SIGNATURES_AT; at < head.length; at += SIGNATURE_BYTES) if (head[at] === id) return at + 1;
  return -1;
}

function mustNameKeysOnce(head: Uint8Array): void {
  let seen = 0;
  for (let at = SIGNATURES_AT; at < head.length; at += SIGNATURE_BYTES) {
    const id = head[at]!;
    if (id >= MAX_KEYS) throw malformed(`a signature is of key ${id}, and ids are 0 to ${MAX_KEYS - 1}`);
    if ((seen & (1 << id)) !== 0) throw malformed(`it has two signatures of key ${id}`);
    seen |= 1 << id;
  }
}

function versionAt(head: Uint8Array, from: number, to: number, name: string): string {
  const version = textAt(head, from, to, name);
  if (!isVersion(version)) throw malformed(`its ${name} must be like 1.2.3 or 1.2.3-rc.1`);
  return version;
}

/** Printable ASCII without spaces, a character at least, then zeros to the end of the field. */
function textAt(head: Uint8Array, from: number, to: number, name: string): string {
  let text = '';
  let at = from;
  for (; at < to && head[at] !== 0; at++) {
    const byte = head[at]!;
    if (byte < 0x21 || byte > 0x7e) throw malformed(`its ${name} must be printable ASCII without spaces`);
    text += String.fromCharCode(byte);
  }
  if (text === '') throw malformed(`its ${name} is empty`);
  for (; at < to; at++) if (head[at] !== 0) throw malformed(`after its ${name} there must be zeros alone`);
  return text;
}

/** @param what a sentence about "the package" */
function malformed(what: string): PackageError {
  return new PackageError('malformed_package', `the package contradicts its format: ${what}`);
}
