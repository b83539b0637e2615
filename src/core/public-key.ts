import { isHex } from './bytes.js';
import { CertificateError } from './certificate-error.js';
import { DerReader, Tag } from './der.js';
import { isP256Point } from './p256.js';

export interface RsaKey {
  readonly kind: 'rsa';
  /** 2048 to 4096 bits, odd; the first byte is not 0. */
  readonly modulus: Uint8Array;
  /** 65537 to 2^32 − 1, odd; the first byte is not 0. */
  readonly exponent: Uint8Array;
}

export interface EcKey {
  readonly kind: 'ec';
  /** A point of P-256: 65 bytes, 0x04 and both coordinates. */
  readonly point: Uint8Array;
}

export type PublicKey = RsaKey | EcKey;

/** AlgorithmIdentifier rsaEncryption with NULL (RFC 3279, 2.3.1). */
const RSA = '300d06092a864886f70d0101010500';
/** AlgorithmIdentifier id-ecPublicKey with secp256r1 (RFC 5480, 2.1). */
const EC_P256 = '301306072a8648ce3d020106082a8648ce3d030107';
const MIN_MODULUS_BYTES = 256;
const MAX_MODULUS_BYTES = 512;
const MAX_EXPONENT_BYTES = 4;

/**
 * Reads a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7); its bytes are views.
 * @throws {CertificateError} where the key is of another kind, or weak
 * @throws {DerError}
 */
export function readPublicKey(reader: DerReader): PublicKey {
  const info = reader.inside(Tag.sequence);
  const algorithm = info.element(Tag.sequence);
  const bits = info.wholeBytes();
  info.end();
  if (isHex(algorithm, EC_P256)) {
    if (!isP256Point(bits)) throw new CertificateError('unsupported', 'has a key that is no point of P-256');
    return { kind: 'ec', point: bits };
  }
  if (isHex(algorithm, RSA)) return rsaKey(new DerReader(bits));
  throw new CertificateError('unsupported', 'has a key that is neither RSA nor P-256');
}

function rsaKey(reader: DerReader): RsaKey {
  const sequence = reader.inside(Tag.sequence);
  reader.end();
  const modulus = sequence.unsigned();
  const exponent = sequence.unsigned();
  sequence.end();
  const { length } = modulus;
  const isTooShort = length < MIN_MODULUS_BYTES || (length === MIN_MODULUS_BYTES && modulus[0]! < 0x80);
  if (isTooShort || length > MAX_MODULUS_BYTES || !isOdd(modulus)) {
    throw new CertificateError('unsupported', 'has an RSA key that is not of 2048 to 4096 bits');
  }
  // Of three bytes and odd: 65537 or more. A longer one than four would only cost time.
  if (exponent.length < 3 || exponent.length > MAX_EXPONENT_BYTES || !isOdd(exponent)) {
    throw new CertificateError('unsupported', 'has an RSA key whose exponent is not 65537 to 4294967295');
  }
  return { kind: 'rsa', modulus, exponent };
}

function isOdd(number: Uint8Array): boolean {
  return number[number.length - 1]! % 2 === 1;
}
