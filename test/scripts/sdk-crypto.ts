import { createHash, createHmac } from 'node:crypto';

/*
 * The Moddable SDK's modules for cryptography, as far as `src/xs/crypto.ts` uses them, in plain arithmetic: slow, and with the
 * SDK's ways (what reads buffers takes no views, `mul` reduces, a point at infinity has any x).
 */

const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const GX = 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n;
const GY = 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n;

const modulo = (a: bigint, m: bigint): bigint => ((a % m) + m) % m;

function power(base: bigint, exponent: bigint, m: bigint): bigint {
  let result = 1n;
  for (let [square, rest] = [modulo(base, m), exponent]; rest > 0n; rest >>= 1n, square = (square * square) % m) {
    if (rest % 2n === 1n) result = (result * square) % m;
  }
  return result;
}

class Digest {
  #hash = createHash('sha256');

  write(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  close(): ArrayBuffer {
    return Uint8Array.from(this.#hash.digest()).buffer;
  }

  process(bytes: Uint8Array): ArrayBuffer {
    this.#hash = createHash('sha256');
    this.write(bytes);
    return this.close();
  }
}

class HMAC {
  readonly #key: Uint8Array;

  constructor(_digest: Digest, key: Uint8Array) {
    this.#key = key;
  }

  process(bytes: Uint8Array): ArrayBuffer {
    return Uint8Array.from(createHmac('sha256', this.#key).update(bytes).digest()).buffer;
  }
}

class Modular {
  readonly m: bigint;

  constructor(m: bigint) {
    this.m = m;
  }

  mul(a: bigint, b: bigint): bigint {
    return (a * b) % this.m;
  }

  /** By Fermat: the moduli here are primes. */
  mulinv(a: bigint): bigint {
    return power(a, this.m - 2n, this.m);
  }

  exp(base: bigint, exponent: bigint): bigint {
    return power(base, exponent, this.m);
  }
}

class ECPoint {
  readonly X: bigint;
  readonly Y: bigint;
  readonly #isZero: boolean;

  constructor(x: bigint, y: bigint, isZero = false) {
    this.X = x;
    this.Y = y;
    this.#isZero = isZero;
  }

  isZero(): boolean {
    return this.#isZero;
  }

  plus(other: ECPoint): ECPoint {
    if (this.isZero()) return other;
    if (other.isZero()) return this;
    const isSame = this.X === other.X;
    if (isSame && modulo(this.Y + other.Y, P) === 0n) return new ECPoint(this.X, 0n, true);
    const [rise, run] = isSame ? [3n * this.X * this.X - 3n, 2n * this.Y] : [other.Y - this.Y, other.X - this.X];
    const slope = rise * power(modulo(run, P), P - 2n, P);
    const x = modulo(slope * slope - this.X - other.X, P);
    return new ECPoint(x, modulo(slope * (this.X - x) - this.Y, P));
  }

  times(count: bigint): ECPoint {
    let result = new ECPoint(0n, 0n, true);
    let double: ECPoint = this;
    for (let rest = count; rest > 0n; rest >>= 1n, double = double.plus(double)) {
      if (rest % 2n === 1n) result = result.plus(double);
    }
    return result;
  }
}

class Curve {
  readonly G = new ECPoint(GX, GY);
  readonly n = N;
  readonly ec = {
    mul2: (a: ECPoint, k: bigint, b: ECPoint, l: bigint): ECPoint => a.times(k).plus(b.times(l)),
  };
}

/** For `loadAdapter`. */
export const sdkCrypto = Object.freeze({
  crypt: { Digest },
  hmac: HMAC,
  modular: Modular,
  ecp: ECPoint,
  curve: Curve,
});

/** For tests that make their own numbers. */
export const p256 = Object.freeze({ P, N, G: new ECPoint(GX, GY), Point: ECPoint, power });

/** Gives the engine what XS has beyond ECMAScript; returns how to take it away again. */
export function addXsBigInt(): () => void {
  const [big, buffers] = [BigInt, ArrayBuffer] as unknown as Record<string, unknown>[];
  big!['fromArrayBuffer'] = (buffer: ArrayBuffer): bigint => BigInt(`0x${Buffer.from(buffer).toString('hex')}`);
  buffers!['fromBigInt'] = (value: bigint, minBytes = 0): ArrayBuffer => {
    const hex = value.toString(16);
    const whole = hex.padStart(Math.max(2 * minBytes, hex.length + (hex.length % 2)), '0');
    return Uint8Array.from(Buffer.from(whole, 'hex')).buffer;
  };
  return () => {
    delete big!['fromArrayBuffer'];
    delete buffers!['fromBigInt'];
  };
}
