/** A SHA-256 that is fed piece by piece. */
export interface Sha256 {
  /** Takes the next bytes in. @throws {Error} after `digest` */
  update(bytes: Uint8Array): void;
  /** The 32 bytes; ends it. @throws {Error} the second time */
  digest(): Uint8Array;
}

/**
 * Cryptography, done natively by the engine. Synchronous; numbers are big-endian bytes without a sign.
 *
 * The two operations with public keys are bare mathematics: ranges, padding, and whether a point lies on the curve are for
 * the caller to check, the same on every engine. `core/signature.ts` does that, and nothing else calls them.
 */
export interface Crypto {
  /** SHA-256 (FIPS 180-4) of all of `bytes`: 32 bytes. */
  sha256(bytes: Uint8Array): Uint8Array;
  createSha256(): Sha256;
  /** HMAC-SHA256 (RFC 2104): 32 bytes. `key` has any length. */
  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array;
  /**
   * `base` to the power of `exponent` modulo `modulus` (RSAVP1, RFC 8017, 5.2.2), as long as the modulus.
   * @param modulus odd, 256 to 512 bytes, the first not 0
   * @param exponent odd, 1 to 4 bytes, the first not 0; at least 3
   * @param base less than the modulus, and as long
   */
  rsaPublic(modulus: Uint8Array, exponent: Uint8Array, base: Uint8Array): Uint8Array;
  /**
   * Whether `r` and `s` sign `message` under ECDSA on P-256 with SHA-256 (FIPS 186-5, 6.4.2).
   * @param publicKey a point of the curve: 65 bytes, 0x04 and both coordinates
   * @param r 32 bytes, 1 to n − 1, and so is `s`
   */
  verifyP256(publicKey: Uint8Array, message: Uint8Array, r: Uint8Array, s: Uint8Array): boolean;
}
