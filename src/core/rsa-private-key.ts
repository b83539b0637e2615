import { isHex } from './bytes.js';
import { DerError, DerReader, Tag } from './der.js';

/** AlgorithmIdentifier rsaEncryption with NULL (RFC 3279, 2.3.1). */
const RSA = '300d06092a864886f70d0101010500';
const MODULUS_BYTES = 256;
/** RSAPrivateKey after its version: n, e, d, p, q, d mod (p−1), d mod (q−1), q⁻¹ mod p (RFC 8017, A.1.2); bytes of each at most. */
const MOST_BYTES: readonly number[] = Object.freeze([MODULUS_BYTES, 4, MODULUS_BYTES, 128, 128, 128, 128, 128]);

/**
 * Reads a private key as PKCS #8 DER (RFC 5208, 5): RSA, 2048 bits, nothing else. Of its numbers only the sizes are checked.
 * @returns its modulus, a view
 * @throws {DerError} where it is another one, or none
 */
export function readRsaPrivateKey(der: Uint8Array): Uint8Array {
  const outer = new DerReader(der);
  const info = outer.inside(Tag.sequence);
  outer.end();
  if (info.smallNumber() !== 0 || !isHex(info.element(Tag.sequence), RSA)) throw new DerError('the key is no RSA key');
  const wrapped = info.inside(Tag.octetString);
  info.end();
  const key = wrapped.inside(Tag.sequence);
  wrapped.end();
  if (key.smallNumber() !== 0) throw new DerError('the RSA key has more than two primes');
  const numbers = MOST_BYTES.map((most) => {
    const number = key.unsigned();
    if (number.length > most) throw new DerError('the RSA key is of over 2048 bits');
    return number;
  });
  key.end();
  const modulus = numbers[0]!;
  if (modulus.length < MODULUS_BYTES || modulus[0]! < 0x80) throw new DerError('the RSA key is of under 2048 bits');
  return modulus;
}
