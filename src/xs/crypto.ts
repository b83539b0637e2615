import { Digest } from 'crypt';
import Curve from 'curve';
import ECPoint from 'ecp';
import HMAC from 'hmac';
import Modular from 'modular';
import type { Crypto, Sha256 } from '../ports/crypto.js';

const P256_BYTES = 32;

/**
 * Cryptography of the Moddable SDK: its digests and its arithmetic in C. What it has above them is left out: its decoding of
 * PKCS #1 takes any digest's identifier and any padding, and its ECDSA compares x without taking it modulo n.
 */
export class XsCrypto implements Crypto {
  sha256(bytes: Uint8Array): Uint8Array {
    return new Uint8Array(new Digest('SHA256').process(bytes));
  }

  createSha256(): Sha256 {
    return new XsSha256();
  }

  hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
    return new Uint8Array(new HMAC(new Digest('SHA256'), key).process(message));
  }

  rsaPublic(modulus: Uint8Array, exponent: Uint8Array, base: Uint8Array): Uint8Array {
    const power = new Modular(numberOf(modulus)).exp(numberOf(base), numberOf(exponent));
    return new Uint8Array(ArrayBuffer.fromBigInt(power, modulus.length));
  }

  verifyP256(publicKey: Uint8Array, message: Uint8Array, r: Uint8Array, s: Uint8Array): boolean {
    const { ec, G, n } = new Curve('secp256r1');
    const order = new Modular(n);
    const y = 1 + P256_BYTES;
    const point = new ECPoint(numberOf(publicKey.subarray(1, y)), numberOf(publicKey.subarray(y)));
    const inverse = order.mulinv(numberOf(s));
    const expected = numberOf(r);
    const ofBase = order.mul(BigInt.fromArrayBuffer(new Digest('SHA256').process(message)), inverse);
    const sum = ec.mul2(G, ofBase, point, order.mul(expected, inverse));
    return !sum.isZero() && sum.X % n === expected;
  }
}

class XsSha256 implements Sha256 {
  #digest: Digest | undefined = new Digest('SHA256');

  update(bytes: Uint8Array): void {
    this.#open().write(bytes);
  }

  digest(): Uint8Array {
    const bytes = this.#open().close();
    this.#digest = undefined;
    return new Uint8Array(bytes);
  }

  #open(): Digest {
    if (this.#digest === undefined) throw new Error('the digest has been taken');
    return this.#digest;
  }
}

/** The SDK reads whole buffers, not views. */
function numberOf(bytes: Uint8Array): bigint {
  return BigInt.fromArrayBuffer(bytes.slice().buffer);
}
