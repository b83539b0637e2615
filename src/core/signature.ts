import { compareBytes, equalBytes, hasHexAt } from './bytes.js';
import type { Crypto } from './crypto.js';
import { DerError, DerReader, Tag } from './der.js';
import { isP256Scalar, P256_BYTES } from './p256.js';
import type { EcKey, RsaKey } from './public-key.js';

const DIGEST_BYTES = 32;
/** DigestInfo of SHA-256 up to the digest (RFC 8017, 9.2, note 1). */
const DIGEST_INFO = '3031300d060960864801650304020105000420';

/**
 * Whether `signature` is that of `message` under RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2.2). The block is compared byte
 * for byte with the only right one: nothing in it is parsed, so there is nowhere for a forger to put what he needs.
 */
export function isRsaSignature(crypto: Crypto, key: RsaKey, message: Uint8Array, signature: Uint8Array): boolean {
  const { modulus, exponent } = key;
  if (signature.length !== modulus.length || compareBytes(signature, modulus) >= 0) return false;
  const block = crypto.rsaPublic(modulus, exponent, signature);
  const digestAt = modulus.length - DIGEST_BYTES;
  const infoAt = digestAt - DIGEST_INFO.length / 2;
  if (block[0] !== 0 || block[1] !== 1 || block[infoAt - 1] !== 0) return false;
  for (let at = 2; at < infoAt - 1; at++) if (block[at] !== 0xff) return false;
  return hasHexAt(block, infoAt, DIGEST_INFO) && equalBytes(crypto.sha256(message), block.subarray(digestAt));
}

/** Whether `signature`, the DER of `r` and `s` (RFC 5480, appendix A), is that of `message` under ECDSA on P-256 with SHA-256. */
export function isEcdsaSignature(crypto: Crypto, key: EcKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const reader = new DerReader(signature);
    const pair = reader.inside(Tag.sequence);
    reader.end();
    const r = scalar(pair.unsigned());
    const s = scalar(pair.unsigned());
    pair.end();
    return r !== undefined && s !== undefined && crypto.verifyP256(key.point, message, r, s);
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

/** Likewise, where `signature` is the 32 bytes of `r` and the 32 of `s` (ES256; RFC 7518, 3.4). */
export function isRawEcdsaSignature(crypto: Crypto, key: EcKey, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 2 * P256_BYTES) return false;
  const r = signature.subarray(0, P256_BYTES);
  const s = signature.subarray(P256_BYTES);
  return isP256Scalar(r) && isP256Scalar(s) && crypto.verifyP256(key.point, message, r, s);
}

/** A number from 1 to n − 1 in 32 bytes; `undefined` for another: from such a one an engine may never come back. */
function scalar(number: Uint8Array): Uint8Array | undefined {
  if (number.length > P256_BYTES) return undefined;
  const bytes = new Uint8Array(P256_BYTES);
  bytes.set(number, P256_BYTES - number.length);
  return isP256Scalar(bytes) ? bytes : undefined;
}
