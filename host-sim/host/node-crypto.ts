import { constants, createHash, createHmac, createPublicKey, publicDecrypt, verify } from 'node:crypto';
import type { Crypto, Sha256 } from '../../src/ports/crypto.js';

/** It keeps nothing: one is enough for all boards of a process. */
const NODE_CRYPTO: Crypto = Object.freeze<Crypto>({
  sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  createSha256: () => new NodeSha256(),
  hmacSha256: (key, message) => createHmac('sha256', key).update(message).digest(),
  rsaPublic: (modulus, exponent, base) => {
    const key = createPublicKey({
      key: { kty: 'RSA', n: base64url(modulus), e: base64url(exponent) },
      format: 'jwk',
    });
    return publicDecrypt({ key, padding: constants.RSA_NO_PADDING }, base);
  },
  verifyP256: (publicKey, message, r, s) => {
    const [x, y] = [base64url(publicKey.subarray(1, 33)), base64url(publicKey.subarray(33))];
    const key = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' });
    return verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, Buffer.concat([r, s]));
  },
});

/** Cryptography of OpenSSL. */
export function createNodeCrypto(): Crypto {
  return NODE_CRYPTO;
}

class NodeSha256 implements Sha256 {
  readonly #hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  digest(): Uint8Array {
    return this.#hash.digest();
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
