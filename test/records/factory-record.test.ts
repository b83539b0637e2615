import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { MemoryStorage } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { decodeHex, encodeHex } from '../../src/core/bytes.js';
import { DerError } from '../../src/core/der.js';
import { readRsaPrivateKey } from '../../src/core/rsa-private-key.js';
import { type FactoryRecord, factoryRecord } from '../../src/records/factory-record.js';
import { JsonRecord, MAX_RECORD_BYTES } from '../../src/records/json-record.js';
import { CA, TestPki } from '../support/pki.js';

const pki = new TestPki();
afterAll(() => pki.close());

const rsaCa = pki.issue({ subject: 'RSA CA', key: 'rsa2048', extensions: CA });
const ca = pki.issue({ subject: 'CA', extensions: CA });
const board = pki.issue({ subject: 'dev_1', key: 'rsa2048', keyName: 'board' }, rsaCa);
const other = pki.issue({ subject: 'dev_2', key: 'rsa2048', keyName: 'other' }, rsaCa);
const base64 = (der: Uint8Array): string => Buffer.from(der).toString('base64');
const pkcs8 = (key: KeyObject | string): Buffer =>
  (typeof key === 'string' ? createPrivateKey(key) : key).export({ format: 'der', type: 'pkcs8' });

const LABEL = { serial: 'A0B1', pop: 'MNBVCXZASDFG' };
const WHOLE: Required<Omit<FactoryRecord, 'selfMade'>> = {
  ...LABEL,
  boardKey: 'ab'.repeat(32),
  certificate: [base64(board.der)],
  key: base64(pkcs8(board.keyPem)),
  anchors: [base64(ca.der)],
};

/** What a board reads of a record that says this. */
function readBack(value: object): { read: FactoryRecord | undefined; bytes: number } {
  const secrets = new MemoryStorage();
  new JsonRecord<object>(secrets, createNodeText(), 'factory', () => undefined).write(value);
  return { read: factoryRecord(secrets, createNodeText()).read(), bytes: secrets.read('factory')!.length };
}

describe('a factory record', () => {
  it('keeps what a board is given, and a label alone is enough', () => {
    expect(readBack(WHOLE).read).toEqual(WHOLE);
    expect(readBack(LABEL).read).toEqual(LABEL);
  });

  it('has room for three RSA certificates, a key and a CA', () => {
    const certificate = [board, rsaCa, other].map(({ der }) => base64(der));
    const { read, bytes } = readBack({ ...WHOLE, serial: 'A'.repeat(64), pop: '!'.repeat(63), certificate });
    expect(read?.certificate).toEqual(certificate);
    expect(bytes).toBeLessThan(MAX_RECORD_BYTES);
  });

  it.each([
    ['no text', 5],
    ['a digit too few', 'ab'.repeat(31)],
    ['a letter that is no digit', `${'ab'.repeat(31)}ag`],
  ])('whose board key is %s has none, and keeps the rest', (_what, boardKey) => {
    const { boardKey: _, ...rest } = WHOLE;
    expect(readBack({ ...WHOLE, boardKey }).read).toEqual(rest);
  });

  const flipped = Buffer.from(board.der);
  flipped[40]! ^= 0x10;
  it.each<[string, object]>([
    ['a certificate that is no list', { certificate: WHOLE.certificate[0] }],
    ['no certificate', { certificate: [] }],
    ['four certificates', { certificate: [board, rsaCa, rsaCa, rsaCa].map(({ der }) => base64(der)) }],
    ['a certificate that is no base64', { certificate: [`${WHOLE.certificate[0]} `] }],
    ['a certificate with more behind it', { certificate: [base64(Buffer.concat([board.der, Buffer.of(0)]))] }],
    ['a damaged certificate', { certificate: [base64(flipped.subarray(1))] }],
    ['another board’s certificate', { certificate: [base64(other.der)] }],
    ['its CA’s certificate first', { certificate: [base64(rsaCa.der), ...WHOLE.certificate] }],
    ['the certificate of an EC key', { certificate: [base64(ca.der)], key: base64(pkcs8(ca.keyPem)) }],
    ['what is no certificate behind its own', { certificate: [...WHOLE.certificate, 'AAAA'] }],
    ['no key', { key: undefined }],
    ['another board’s key', { key: base64(pkcs8(other.keyPem)) }],
    ['a key that is cut off', { key: WHOLE.key.slice(0, -8) }],
  ])('with %s has no client certificate, and keeps the rest', (_what, damage) => {
    const { certificate: _, key: __, ...rest } = WHOLE;
    expect(readBack({ ...WHOLE, ...damage }).read).toEqual(rest);
  });

  it('keeps the CAs that can be read, and says that there were some where none can', () => {
    const anchors = ['', base64(ca.der), 5, base64(rsaCa.der)];
    expect(readBack({ ...WHOLE, anchors }).read?.anchors).toEqual([base64(ca.der), base64(rsaCa.der)]);
    expect(readBack({ ...WHOLE, anchors: ['AAAA'] }).read?.anchors).toEqual([]);
    expect(readBack({ ...WHOLE, anchors: 'AAAA' }).read).not.toHaveProperty('anchors');
  });

  it('is none without a serial number and a proof, whatever else it has', () => {
    for (const damage of [{ serial: undefined }, { serial: 'a b' }, { pop: 'short' }, { pop: 5 }]) {
      expect(readBack({ ...WHOLE, ...damage }).read).toBeUndefined();
    }
  });
});

describe('an RSA private key', () => {
  const der = pkcs8(board.keyPem);

  it('says its modulus', () => {
    const { n } = createPrivateKey(board.keyPem).export({ format: 'jwk' });
    expect(Buffer.from(readRsaPrivateKey(der)).toString('base64url')).toBe(n);
  });

  it('of another size, of another kind or without its wrapping is refused', () => {
    const keys = [
      generateKeyPairSync('rsa', { modulusLength: 1_024 }),
      generateKeyPairSync('rsa', { modulusLength: 3_072 }),
      generateKeyPairSync('rsa-pss', { modulusLength: 2_048 }),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }),
      generateKeyPairSync('ed25519'),
    ].map(({ privateKey }) => pkcs8(privateKey));
    keys.push(createPrivateKey(board.keyPem).export({ format: 'der', type: 'pkcs1' }));
    for (const key of keys) expect(() => readRsaPrivateKey(key)).toThrow(DerError);
  });

  it('that is damaged anywhere is refused, or is one of 2048 bits again', () => {
    fc.assert(
      fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), fc.nat(der.length), (at, change, end) => {
        const damaged = new Uint8Array(der);
        damaged[at]! ^= change;
        for (const bytes of [damaged, damaged.subarray(0, end)]) {
          try {
            expect(readRsaPrivateKey(bytes)).toHaveLength(256);
          } catch (error) {
            expect(error).toBeInstanceOf(DerError);
          }
        }
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('hex digits', () => {
  it('are those of Node, there and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(encodeHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
        expect(decodeHex(encodeHex(bytes).toUpperCase())).toEqual(bytes);
      }),
    );
  });
});
