import crypto, { createHash, createHmac, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { SeededRandom } from './seeded-random.js';

/** Order of P-256 (FIPS 186-5, SP 800-186, 3.2.1.3). */
const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const SCALAR_BYTES = 32;
/** Bits of an RSA key's primes, and its public exponent. */
const PRIME_BYTES = 128;
const E = 65_537n;
/** RSA keys that a process makes, each of which takes it a while; then they come again. */
const MOST_RSA_KEYS = 4;

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** A P-256 key that was drawn. */
export function drawEcKeys(random: SeededRandom): KeyPair {
  const d = scalar(() => random.bytes(SCALAR_BYTES));
  const [x, y] = pointOf(d).map(text);
  const privateKey = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y!, d: text(d) }, format: 'jwk' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/**
 * ECDSA with SHA-256 whose one random number follows from key and message, as RFC 6979 wants it: DER, or both
 * numbers as they are. `undefined`: no P-256 key.
 */
export function signAlike(
  message: Uint8Array,
  key: KeyObject,
  encoding: 'der' | 'ieee-p1363' = 'der',
): Buffer | undefined {
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined;
  const d = Buffer.from(key.export({ format: 'jwk' }).d!, 'base64url');
  const digest = createHash('sha256').update(message).digest();
  let drawn = digest;
  for (;;) {
    const k = scalar(() => {
      drawn = createHmac('sha256', d).update(drawn).digest();
      return drawn;
    });
    const r = number(pointOf(k)[0]!) % N;
    const s = (inverse(number(k), N) * (number(digest) + r * number(d))) % N;
    if (r > 0n && s > 0n) return encoding === 'der' ? der([r, s]) : Buffer.concat([r, s].map(padded));
  }
}

const rsaKeys: KeyPair[] = [];

/** One of the RSA keys of a process: the same ones in the same order in each, and the first again after the last. */
export function rsaKeysAt(place: number, random: (place: number) => SeededRandom): KeyPair {
  const at = place % MOST_RSA_KEYS;
  rsaKeys[at] ??= makeRsaKeys(random(at));
  return rsaKeys[at];
}

function makeRsaKeys(random: SeededRandom): KeyPair {
  const [p, q] = [prime(random), prime(random)];
  const d = inverse(E, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e: E, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, text(bytesOf(value))]));
  const privateKey = createPrivateKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' });
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function prime(random: SeededRandom): bigint {
  for (;;) {
    const bytes = random.bytes(PRIME_BYTES);
    // Two primes that begin so make a product of full length.
    bytes[0] = bytes[0]! | 0xc0;
    bytes[PRIME_BYTES - 1] = bytes[PRIME_BYTES - 1]! | 1;
    if (number(bytes) % E !== 1n && crypto.checkPrimeSync(bytes)) return number(bytes);
  }
}

/** Draws until it is from 1 to N − 1. */
function scalar(draw: () => Buffer): Buffer {
  for (;;) {
    const drawn = draw();
    const value = number(drawn);
    if (value > 0n && value < N) return drawn;
  }
}

/** So many times the base point: both coordinates. */
function pointOf(k: Buffer): Buffer[] {
  const curve = crypto.createECDH('prime256v1');
  curve.setPrivateKey(k);
  const point = curve.getPublicKey();
  return [point.subarray(1, 33), point.subarray(33)];
}

function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b, x, y] = [value % modulus, modulus, 1n, 0n];
  while (b > 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  return x < 0n ? x + modulus : x;
}

function number(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function bytesOf(value: bigint): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}

function padded(value: bigint): Buffer {
  return Buffer.from(value.toString(16).padStart(2 * SCALAR_BYTES, '0'), 'hex');
}

function text(bytes: Buffer): string {
  return bytes.toString('base64url');
}

/** SEQUENCE of INTEGERs. */
function der(values: readonly bigint[]): Buffer {
  const integers = values.map((value) => {
    const bytes = bytesOf(value);
    const whole = bytes[0]! < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]);
    return Buffer.concat([Buffer.of(2, whole.length), whole]);
  });
  const body = Buffer.concat(integers);
  return Buffer.concat([Buffer.of(0x30, body.length), body]);
}
