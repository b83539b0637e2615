import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeCrypto } from '../../host-sim/host/node-crypto.js';
import type { SigningKeys } from '../../src/core/jws.js';
import {
  headBytesOf,
  MAX_HEAD_BYTES,
  MIN_HEAD_BYTES,
  mustBeSigned,
  PackageError,
  readPackageHeader,
} from '../../src/core/package-header.js';
import { mustSuit, type PackageRules } from '../../src/core/package-rules.js';
import {
  type HeaderFields,
  imageOf,
  knownKeys,
  packageHead,
  packageHeader,
  packageOf,
  signatureOf,
  updateKey,
} from '../support/ota/package.js';

const crypto = createNodeCrypto();
const keys = [0, 1, 2, 7].map(updateKey);
const [first, second, , last] = keys as [(typeof keys)[0], (typeof keys)[0], (typeof keys)[0], (typeof keys)[0]];
const image = imageOf(5_000);
const header = packageHeader(image);
const head = packageHead(header, [first]);
const KNOWN = knownKeys([first]);

/** The code of the refusal, or `undefined`. Anything else that is thrown goes on. */
function refusal(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    expect(error.message).toMatch(/^(the|what|this|key) .+/);
    return error.code;
  }
}

const take = (bytes: Uint8Array, known: SigningKeys = KNOWN): string | undefined =>
  refusal(() => {
    readPackageHeader(bytes);
    mustBeSigned(crypto, known, bytes);
  });

const form = (fields: Partial<HeaderFields>): string | undefined =>
  refusal(() => readPackageHeader(packageHead(packageHeader(image, fields), [first])));

describe('the header of a package', () => {
  it('is read as it is written', () => {
    const fields = { required: 0x83, version: '10.2.3-rc.1', floor: '10.2.3-rc.1', chip: 'ESP32-S3' };
    const digest = crypto.sha256(image);
    const read = readPackageHeader(packageHead(packageHeader(image, fields), keys));
    expect(read).toEqual({ imageBytes: 5_000, digest: Uint8Array.from(digest), productKey: 'SW-SERVO-001', ...fields });
    const most = { imageBytes: 2 ** 32 - 1, productKey: 'x'.repeat(32), version: '2.0.0-0123456789abcdef' };
    expect(readPackageHeader(packageHead(packageHeader(image, most), [first]))).toMatchObject(most);
  });

  it('tells how long it is as soon as the number of its signatures is there', () => {
    const whole = packageOf(image, keys);
    for (let count = 0; count < 165; count++) expect(headBytesOf(whole, count)).toBe(0);
    expect(headBytesOf(whole, 165)).toBe(MAX_HEAD_BYTES);
    expect(headBytesOf(whole, whole.length)).toBe(MAX_HEAD_BYTES);
    expect(headBytesOf(head, 165)).toBe(MIN_HEAD_BYTES);
    expect(MAX_HEAD_BYTES).toBe(165 + 4 * 65);
  });

  it('is no package by its first wrong byte', () => {
    expect(refusal(() => headBytesOf(Buffer.from('S<html>'), 1))).toBeUndefined();
    expect(refusal(() => headBytesOf(Buffer.from('S<html>'), 2))).toBe('not_a_package');
  });

  it.each<[string, Partial<HeaderFields>, string]>([
    ['another magic', { magic: 'SLFX' }, 'not_a_package'],
    ['format 0', { format: 0 }, 'unknown_format'],
    ['format 2', { format: 2 }, 'unknown_format'],
    ['another length', { headerBytes: 165 }, 'malformed_package'],
    ['no key wanted', { required: 0 }, 'malformed_package'],
    ['no image', { imageBytes: 0 }, 'malformed_package'],
    ['no product', { productKey: '' }, 'malformed_package'],
    ['a product with a space', { productKey: 'SW 1' }, 'malformed_package'],
    ['a product that is no key', { productKey: 'SW/1' }, 'malformed_package'],
    ['a product that goes on after a zero', { productKey: 'SW\0X' }, 'malformed_package'],
    ['a product beyond ASCII', { productKey: 'SW-é' }, 'malformed_package'],
    ['no chip', { chip: '' }, 'malformed_package'],
    ['another chip', { chip: 'ESP32-C6' }, 'malformed_package'],
    ['a chip in lower case', { chip: 'esp32' }, 'malformed_package'],
    ['no version', { version: '' }, 'malformed_package'],
    ['a version that is none', { version: '1.2' }, 'malformed_package'],
    ['no floor', { floor: '' }, 'malformed_package'],
    ['a floor that is no version', { floor: 'v1.0.0' }, 'malformed_package'],
    ['a floor above its version', { version: '1.1.0', floor: '1.1.1' }, 'malformed_package'],
    ['a floor above its pre-release', { version: '1.1.0-rc.1', floor: '1.1.0' }, 'malformed_package'],
  ])('with %s is refused', (_what, fields, code) => {
    expect(form(fields)).toBe(code);
  });

  it('has 1 to 4 signatures, whole, of keys 0 to 7, each once', () => {
    const signed = (...list: Buffer[]): Buffer => Buffer.concat([header, Buffer.of(list.length), ...list]);
    const one = signatureOf(header, first);
    const four = keys.map((key) => signatureOf(header, key));
    expect(take(signed(...four))).toBeUndefined();
    expect(take(signed())).toBe('malformed_package');
    expect(take(signed(...four, signatureOf(header, updateKey(3))))).toBe('malformed_package');
    expect(take(signed(one, one))).toBe('malformed_package');
    expect(take(signed(one, Buffer.concat([Buffer.of(8), one.subarray(1)])))).toBe('malformed_package');
    expect(take(signed(one).subarray(0, -1))).toBe('malformed_package');
    expect(take(Buffer.concat([signed(one), Buffer.of(0)]))).toBe('malformed_package');
  });

  it('may be any bytes: nothing is thrown but the refusal', () => {
    const almost = fc
      .tuple(fc.array(fc.tuple(fc.nat(MAX_HEAD_BYTES), fc.nat(255)), { maxLength: 4 }), fc.nat(MAX_HEAD_BYTES))
      .map(([changes, length]) => {
        const bytes = Buffer.from(packageHead(header, keys));
        for (const [at, value] of changes) bytes[at] = value;
        return Uint8Array.from(bytes.subarray(0, length));
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 500 }), almost), (bytes) => {
        refusal(() => headBytesOf(bytes, bytes.length));
        take(bytes);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a package', () => {
  it('is taken when every key signed that the board wants, whatever others did', () => {
    const forged = Buffer.concat([Buffer.of(second.id), signatureOf(header, first).subarray(1)]);
    const both = Buffer.concat([header, Buffer.of(2), forged, signatureOf(header, first)]);
    expect(take(head)).toBeUndefined();
    expect(take(both)).toBeUndefined();
    expect(take(both, knownKeys([first, second]))).toBe('wrong_signature');
    expect(take(packageHead(header, [last, first]), knownKeys([first, last]))).toBeUndefined();
    expect(take(packageHead(header, keys), knownKeys(keys))).toBeUndefined();
  });

  it('is refused without the signature of a key that the board wants', () => {
    expect(take(head, knownKeys([first, second]))).toBe('signature_missing');
    expect(take(packageHead(header, [second]))).toBe('signature_missing');
    expect(take(packageHead(header, [last]), knownKeys([first], [last]))).toBe('signature_missing');
  });

  it('is refused by a board that knows no keys, or not all that it wants', () => {
    expect(take(head, { points: [], required: 0 })).toBe('key_unknown');
    expect(take(head, { points: [], required: 1 })).toBe('key_unknown');
    expect(take(head, { points: KNOWN.points, required: 0x101 })).toBe('key_unknown');
    expect(take(head, { points: KNOWN.points, required: -1 })).toBe('key_unknown');
  });

  it('is refused when another key, or the same one over another header, has signed', () => {
    expect(take(packageHead(header, [updateKey(0)]))).toBe('wrong_signature');
    const other = packageHeader(image, { version: '1.2.0' });
    expect(take(Buffer.concat([header, Buffer.of(1), signatureOf(other, first)]))).toBe('wrong_signature');
  });

  it('is refused after any change of a byte of its header', () => {
    fc.assert(
      fc.property(fc.nat(163), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const bytes = Uint8Array.from(head);
        bytes[at]! ^= change;
        expect(take(bytes)).toBeDefined();
      }),
      { numRuns: 1_000 },
    );
  });

  it('is refused after any change of a byte of the signature', () => {
    for (let at = 164; at < head.length; at++) {
      const bytes = Uint8Array.from(head);
      bytes[at]! ^= 1 << (at % 8);
      expect(take(bytes), String(at)).toBeDefined();
    }
  });

  it('with r or s out of range is refused without asking the engine, which might never come back', () => {
    const n = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
    const zero = Buffer.alloc(32);
    const good = Buffer.from(head.subarray(166, 198));
    const asked = { ...crypto, verifyP256: (): boolean => expect.unreachable() };
    for (const [r, s] of [
      [zero, zero],
      [zero, good],
      [good, zero],
      [n, good],
      [good, n],
      [n, n],
    ] as const) {
      const bytes = Buffer.concat([header, Buffer.of(1, 0), r, s]);
      expect(refusal(() => mustBeSigned(asked, KNOWN, bytes))).toBe('wrong_signature');
    }
  });
});

describe('a package that is signed', () => {
  const RULES: PackageRules = {
    productKey: 'SW-SERVO-001',
    chip: 'ESP32',
    version: '1.0.0',
    floor: undefined,
    maxImageBytes: 8_192,
  };
  const suits = (fields: Partial<HeaderFields>, rules: Partial<PackageRules> = {}): string | undefined =>
    refusal(() =>
      mustSuit(readPackageHeader(packageHead(packageHeader(image, fields), [first])), { ...RULES, ...rules }),
    );

  it.each<[string, Partial<HeaderFields>, Partial<PackageRules>, string | undefined]>([
    ['for this board and newer', {}, {}, undefined],
    ['for another product', { productKey: 'SW-SERVO-002' }, {}, 'wrong_product'],
    ['for a product whose name goes on', { productKey: 'SW-SERVO-0010' }, {}, 'wrong_product'],
    ['for another chip', { chip: 'ESP32-C3' }, {}, 'wrong_chip'],
    ['of the same version', { version: '1.0.0' }, {}, 'not_newer'],
    ['of the same version, written otherwise', { version: '01.0.0' }, {}, 'not_newer'],
    ['of a lower version', { version: '0.9.9', floor: '0.1.0' }, {}, 'not_newer'],
    ['of a pre-release of the running version', { version: '1.0.0-rc.1', floor: '0.1.0' }, {}, 'not_newer'],
    ['at the floor', {}, { floor: '1.1.0' }, undefined],
    ['below the floor', {}, { floor: '1.1.1' }, 'below_floor'],
    ['that just fits', { imageBytes: 8_192 }, {}, undefined],
    ['that is a byte too large', { imageBytes: 8_193 }, {}, 'too_large'],
    ['of the largest size there is', { imageBytes: 2 ** 32 - 1 }, {}, 'too_large'],
  ])('%s', (_what, fields, rules, code) => {
    expect(suits(fields, rules)).toBe(code);
  });
});
