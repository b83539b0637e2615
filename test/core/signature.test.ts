import { constants, createPublicKey, generateKeyPairSync, privateEncrypt, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import { isP256Point } from '../../src/core/p256.js';
import type { EcKey, RsaKey } from '../../src/core/public-key.js';
import { isEcdsaSignature, isRsaSignature } from '../../src/core/signature.js';

const crypto = createNodeCrypto();
const MESSAGE = Buffer.from('what is signed');
const HASH = Buffer.from(crypto.sha256(MESSAGE));
/** DigestInfo up to the digest: of SHA-256, without its NULL, and of SHA-1 and SHA3-256. */
const INFO = Buffer.from('3031300d060960864801650304020105000420', 'hex');
const INFO_WITHOUT_NULL = Buffer.from('302f300b0609608648016503040201 0420'.replace(' ', ''), 'hex');
const INFO_SHA3 = Buffer.from('3031300d060960864801650304020805000420', 'hex');

const bytesOf = (number: bigint, length: number): Uint8Array =>
  Uint8Array.from(Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex'));
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);

function rsaPair(publicExponent: number): { key: RsaKey; raw(block: Uint8Array): Uint8Array; sign(): Uint8Array } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const bytes = (text: string | undefined): Uint8Array => Uint8Array.from(Buffer.from(text!, 'base64url'));
  return {
    key: { kind: 'rsa', modulus: bytes(n), exponent: bytes(e) },
    raw: (block) => privateEncrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, block),
    sign: () => sign('sha256', MESSAGE, privateKey),
  };
}

/** A block of 256 bytes: 00, a type, padding, 00, and the rest. */
function block(rest: Buffer, { type = 1, fill = 0xff, tail = Buffer.alloc(0) } = {}): Buffer {
  const padding = Buffer.alloc(256 - 3 - rest.length - tail.length, fill);
  return Buffer.concat([Buffer.of(0, type), padding, Buffer.of(0), rest, tail]);
}

describe('an RSA signature', () => {
  const { key, raw, sign: signed } = rsaPair(65_537);
  const right = block(Buffer.concat([INFO, HASH]));
  const isGood = (signature: Uint8Array): boolean => isRsaSignature(crypto, key, MESSAGE, signature);

  it('of OpenSSL holds, and so does the block that it should be', () => {
    expect(isGood(signed())).toBe(true);
    expect(isGood(raw(right))).toBe(true);
    expect(isRsaSignature(crypto, key, Buffer.from('something else'), signed())).toBe(false);
  });

  it.each<[string, Buffer]>([
    ['the identifier of another digest', block(Buffer.concat([INFO_SHA3, HASH]))],
    ['no NULL beside the identifier', block(Buffer.concat([INFO_WITHOUT_NULL, HASH]))],
    ['the digest alone', block(HASH)],
    ['little padding and something behind', block(Buffer.concat([INFO, HASH]), { tail: Buffer.alloc(190, 7) })],
    [
      'no padding but eight bytes, and something behind',
      block(Buffer.concat([INFO, HASH]), { tail: Buffer.alloc(194) }),
    ],
    ['one byte behind', block(Buffer.concat([INFO, HASH]), { tail: Buffer.of(0) })],
    ['something in the parameters', block(Buffer.concat([hidden(100), HASH]))],
    ['padding of encryption', block(Buffer.concat([INFO, HASH]), { type: 2 })],
    ['padding of zeros', block(Buffer.concat([INFO, HASH]), { type: 0, fill: 0 })],
    ['another padding', block(Buffer.concat([INFO, HASH]), { fill: 0xfe })],
    ['a padding with a hole', changed(right, 100, 0)],
    ['a first byte that is not 0', changed(right, 0, 1)],
    ['no 0 behind the padding', changed(right, 256 - 52, 0xff)],
    ['one bit of the digest', changed(right, 255, right[255]! ^ 1)],
  ])('with %s does not', (_says, wrong) => {
    expect(isGood(raw(wrong))).toBe(false);
  });

  it('is a number below the modulus, of its length, and 0 and 1 are none', () => {
    const signature = signed();
    const modulus = numberOf(key.modulus);
    let calls = 0;
    const counting = { ...crypto, rsaPublic: () => Buffer.alloc(256, calls++ & 0) };
    const never = [
      key.modulus,
      bytesOf((1n << 2048n) - 1n, 256),
      bytesOf(numberOf(signature) + modulus, 257).subarray(-257),
      new Uint8Array(0),
      signature.subarray(1),
      Buffer.concat([Buffer.of(0), signature]),
    ];
    for (const wrong of never) expect(isRsaSignature(counting, key, MESSAGE, wrong)).toBe(false);
    expect(calls, 'questions to the engine').toBe(0);
    for (const number of [0n, 1n, modulus - 1n]) expect(isGood(bytesOf(number, 256))).toBe(false);
  });

  it("is not forged without a key where the exponent is 3, as Bleichenbacher's cube root does", () => {
    const small = rsaPair(3);
    // Its cube begins with all that a careless reader looks at: little padding, then garbage.
    const head = Buffer.concat([Buffer.of(0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0), INFO, HASH]);
    const ceiling = numberOf(Buffer.concat([head, Buffer.alloc(256 - head.length, 0xff)]));
    const forged = bytesOf(cubeRoot(ceiling), 256);
    expect(
      Buffer.from(crypto.rsaPublic(small.key.modulus, small.key.exponent, forged)).subarray(0, head.length),
    ).toEqual(head);
    expect(isRsaSignature(crypto, small.key, MESSAGE, forged)).toBe(false);
    expect(isRsaSignature(crypto, small.key, MESSAGE, small.sign())).toBe(true);
  });
});

/** A DigestInfo with garbage where the NULL is. */
function hidden(bytes: number): Buffer {
  const parameters = Buffer.concat([Buffer.of(0x04, bytes), Buffer.alloc(bytes, 7)]);
  const oid = Buffer.from('0609608648016503040201', 'hex');
  const algorithm = Buffer.concat([Buffer.of(0x30, oid.length + parameters.length), oid, parameters]);
  return Buffer.concat([Buffer.of(0x30, 0x81, algorithm.length + 34), algorithm, Buffer.of(0x04, 32)]);
}

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

/** The largest number whose cube is not over `ceiling`. */
function cubeRoot(ceiling: bigint): bigint {
  let root = 0n;
  for (let bit = 1n << 682n; bit > 0n; bit >>= 1n) if ((root + bit) ** 3n <= ceiling) root += bit;
  return root;
}

describe('an ECDSA signature', () => {
  const N = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const point = Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65));
  const key: EcKey = { kind: 'ec', point };
  const both = sign('sha256', MESSAGE, { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const [r, s] = [numberOf(both.subarray(0, 32)), numberOf(both.subarray(32))];

  const integer = (number: bigint): Buffer => {
    const text = number.toString(16);
    const bytes = Buffer.from(text.padStart(text.length + (text.length % 2), '0'), 'hex');
    return Buffer.concat([Buffer.of(2, bytes.length + (bytes[0]! >> 7)), Buffer.alloc(bytes[0]! >> 7), bytes]);
  };
  const pair = (...content: Buffer[]): Buffer => {
    const bytes = Buffer.concat(content);
    return Buffer.concat([Buffer.of(0x30, bytes.length), bytes]);
  };

  it('of OpenSSL holds, for what it is of', () => {
    for (let round = 0; round < 50; round++) {
      expect(isEcdsaSignature(crypto, key, MESSAGE, sign('sha256', MESSAGE, privateKey))).toBe(true);
    }
    expect(isEcdsaSignature(crypto, key, MESSAGE, pair(integer(r), integer(s)))).toBe(true);
    expect(isEcdsaSignature(crypto, key, Buffer.from('something else'), pair(integer(r), integer(s)))).toBe(false);
    expect(isEcdsaSignature(crypto, key, MESSAGE, pair(integer(s), integer(r)))).toBe(false);
  });

  it('has two numbers from 1 to n − 1, or the engine is not even asked', () => {
    let calls = 0;
    const counting = { ...crypto, verifyP256: () => ++calls > 0 };
    const ask = (signature: Uint8Array): boolean => isEcdsaSignature(counting, key, MESSAGE, signature);
    expect(ask(pair(integer(1n), integer(N - 1n)))).toBe(true);
    expect(calls).toBe(1);
    const wrong = [0n, N, N + 1n, N + r, 1n << 256n, (1n << 256n) - 1n, 1n << 264n];
    for (const number of wrong) {
      expect(ask(pair(integer(number), integer(s)))).toBe(false);
      expect(ask(pair(integer(r), integer(number)))).toBe(false);
      expect(ask(pair(integer(number), integer(number)))).toBe(false);
    }
    expect(calls).toBe(1);
  });

  it('is DER, and nothing beside it', () => {
    const good = pair(integer(r), integer(s));
    const isGood = (signature: Uint8Array): boolean => isEcdsaSignature(crypto, key, MESSAGE, signature);
    const wrong = [
      Buffer.alloc(0),
      both,
      Buffer.concat([good, Buffer.of(0)]),
      good.subarray(0, -1),
      pair(integer(r)),
      pair(integer(r), integer(s), integer(1n)),
      pair(Buffer.of(2, 0), integer(s)),
      pair(Buffer.of(2, 1, 0xff), integer(s)),
      pair(Buffer.concat([Buffer.of(2, 34, 0, 0), bytesOf(r, 32)]), integer(s)),
      Buffer.concat([Buffer.of(0x30, 0x81), good.subarray(1)]),
    ];
    for (const one of wrong) expect(isGood(one), one.toString('hex')).toBe(false);
  });
});

describe('a point of P-256', () => {
  const isPoint = (bytes: Uint8Array): boolean => {
    const [x, y] = [bytes.subarray(1, 33), bytes.subarray(33)].map((part) => Buffer.from(part).toString('base64url'));
    try {
      createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' });
      return true;
    } catch {
      return false;
    }
  };

  it('is on the curve, as OpenSSL has it', () => {
    for (let round = 0; round < 100; round++) {
      const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const point = Uint8Array.from(publicKey.export({ type: 'spki', format: 'der' }).subarray(-65));
      expect(isP256Point(point)).toBe(true);
      point[1 + Math.floor(round / 2)]! ^= 1 << (round % 8);
      expect(isP256Point(point)).toBe(isPoint(point));
    }
  });

  it('is neither at infinity nor compressed, and its coordinates are below p', () => {
    const p = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
    // x = 0 is on the curve, and so would p be that is 0 modulo p.
    const y = 0x66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4n;
    const point = (x: bigint): Uint8Array => Uint8Array.of(4, ...bytesOf(x, 32), ...bytesOf(y, 32));
    expect(isP256Point(point(0n))).toBe(true);
    expect(isP256Point(point(p))).toBe(false);
    expect(isP256Point(new Uint8Array(65))).toBe(false);
    expect(isP256Point(Uint8Array.of(4, ...new Uint8Array(64)))).toBe(false);
    expect(isP256Point(Uint8Array.of(0))).toBe(false);
    expect(isP256Point(Uint8Array.of(2, ...bytesOf(0n, 32)))).toBe(false);
    expect(isP256Point(new Uint8Array(0))).toBe(false);
  });
});
