import { X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { readCertificate } from '../../src/core/certificate.js';
import { readCertificateTime } from '../../src/core/certificate-time.js';
import { DerReader } from '../../src/core/der.js';
import { readPublicKey } from '../../src/core/public-key.js';
import { CA, server, TestPki } from '../support/pki.js';

const pki = new TestPki();
afterAll(() => pki.close());
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const der = (tag: number, ...content: Uint8Array[]): Buffer => {
  const bytes = Buffer.concat(content);
  const { length } = bytes;
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.of(tag, ...head), bytes]);
};

/** The elements that are in the first one of `bytes`. */
function elementsIn(bytes: Uint8Array): Buffer[] {
  const reader = new DerReader(bytes).inside(bytes[0]!);
  const elements: Buffer[] = [];
  while (reader.more) {
    const at = reader.offset;
    reader.skip();
    elements.push(Buffer.from(bytes.subarray(at, reader.offset)));
  }
  return elements;
}

/** A certificate with other fields; its signature is wrong then. */
function rebuilt(bytes: Uint8Array, change: (fields: Buffer[]) => Buffer[]): Buffer {
  const [tbs, ...others] = elementsIn(bytes);
  return der(0x30, der(0x30, ...change(elementsIn(tbs!))), ...others);
}

describe('reading a certificate', () => {
  const root = pki.issue({
    subject: '/C=CN/O=A "name", with things/CN=根',
    key: 'rsa2048',
    extensions: ['basicConstraints=critical,CA:TRUE,pathlen:3', 'keyUsage=critical,keyCertSign,cRLSign'],
  });
  const leaf = pki.issue({ subject: 'leaf', extensions: server('DNS:a.example', 'IP:1.2.3.4') }, root);

  it.each([
    ['RSA, a CA', root],
    ['P-256, a server', leaf],
  ])('finds in it what Node finds: %s', (_says, { der: bytes }) => {
    const theirs = new X509Certificate(bytes);
    const ours = readCertificate(bytes);
    expect(hexOf(ours.serial)).toBe(theirs.serialNumber.toLowerCase());
    expect(ours.notBeforeMs).toBe(Date.parse(theirs.validFrom));
    expect(ours.notAfterMs).toBe(Date.parse(theirs.validTo));
    expect(ours.extensions.isCa).toBe(theirs.ca);
    const jwk = theirs.publicKey.export({ format: 'jwk' });
    const { key } = ours;
    if (key.kind === 'rsa') {
      expect(Buffer.from(key.modulus).toString('base64url')).toBe(jwk.n);
      expect(Buffer.from(key.exponent).toString('base64url')).toBe(jwk.e);
    } else {
      expect(Buffer.from(key.point.subarray(1, 33)).toString('base64url')).toBe(jwk.x);
      expect(Buffer.from(key.point.subarray(33)).toString('base64url')).toBe(jwk.y);
    }
  });

  it('finds what it may be used for', () => {
    expect(readCertificate(root.der).extensions).toEqual({ isCa: true, maxPathLength: 3, keyUsage: 0x06 });
    const { names, ...others } = readCertificate(leaf.der).extensions;
    expect(others).toEqual({ isCa: false, keyUsage: 0x80, serverAuth: true });
    expect(hexOf(names!)).toBe(`8209${hexOf(Buffer.from('a.example'))}870401020304`);
  });

  it('copies nothing: all that it gives out are views', () => {
    const { tbs, signature, issuer, subject, serial } = readCertificate(leaf.der);
    for (const bytes of [tbs, signature, issuer, subject, serial]) expect(bytes.buffer).toBe(leaf.der.buffer);
    expect(issuer).toEqual(readCertificate(root.der).subject);
  });

  it('finds something wrong with every certificate that is cut', () => {
    for (let length = 0; length < leaf.der.length; length++) {
      expect(() => readCertificate(leaf.der.subarray(0, length))).toThrow();
    }
  });

  it('refuses an extension twice', () => {
    const twice = rebuilt(leaf.der, (fields) => {
      const extensions = elementsIn(elementsIn(fields.at(-1)!)[0]!);
      return [...fields.slice(0, -1), der(0xa3, der(0x30, ...extensions, extensions.at(-1)!))];
    });
    expect(() => readCertificate(twice)).toThrow('has an extension twice');
    expect(() => readCertificate(rebuilt(leaf.der, (fields) => fields))).not.toThrow();
  });

  it('refuses one of version 1 or 2, and unique identifiers', () => {
    const version = (number: number): Buffer => der(0xa0, der(2, Buffer.of(number)));
    for (const head of [[], [version(0)], [version(1)], [version(3)]]) {
      const old = rebuilt(leaf.der, (fields) => [...head, ...fields.slice(1)]);
      expect(() => readCertificate(old)).toThrow('is not of version 3');
    }
    const identified = rebuilt(leaf.der, (fields) => [
      ...fields.slice(0, -1),
      der(0x81, Buffer.of(0, 1)),
      fields.at(-1)!,
    ]);
    expect(() => readCertificate(identified)).toThrow();
  });

  it('refuses other algorithms inside than outside, and serial numbers below 0 or over 20 bytes', () => {
    const algorithm = der(0x30, der(6, Buffer.from('2a8648ce3d040302', 'hex')));
    const serial = (...bytes: number[]): Buffer => der(2, Buffer.from(bytes));
    const inside = (at: number, element: Buffer): Buffer =>
      rebuilt(leaf.der, (fields) => fields.map((field, index) => (index === at ? element : field)));
    expect(() => readCertificate(inside(2, algorithm))).toThrow('names two signature algorithms');
    expect(() => readCertificate(inside(1, serial(0x80)))).toThrow('negative');
    expect(() => readCertificate(inside(1, serial(...new Array(21).fill(1))))).toThrow('over 20 bytes');
    expect(() => readCertificate(inside(1, serial(...new Array(20).fill(1))))).not.toThrow();
  });

  it('refuses more than 24 extensions', () => {
    const many = (count: number): Uint8Array => {
      const extensions = Array.from({ length: count }, (_none, at) => `1.2.3.${at}=DER:0500`);
      return pki.issue({ subject: 'many', extensions }, root).der;
    };
    // Two of them are the identifiers of the keys.
    expect(() => readCertificate(many(22))).not.toThrow();
    expect(() => readCertificate(many(23))).toThrow('over 24 extensions');
  });

  it('takes CAs that others make, as OpenSSL does with its own settings', () => {
    const file = `${root.file}.plain`;
    pki.openssl('req', '-x509', '-new', '-key', root.keyFile, '-subj', '/CN=plain', '-addext', CA[1], '-out', file);
    expect(readCertificate(new X509Certificate(pki.openssl('x509', '-in', file)).raw).extensions.isCa).toBe(true);
  });
});

describe('the time in a certificate', () => {
  const read = (tag: number, text: string): number => readCertificateTime(new DerReader(der(tag, Buffer.from(text))));

  it.each([
    [0x17, '491231235959Z', '2049-12-31T23:59:59Z'],
    [0x17, '500101000000Z', '1950-01-01T00:00:00Z'],
    [0x17, '240229120000Z', '2024-02-29T12:00:00Z'],
    [0x18, '20500101000000Z', '2050-01-01T00:00:00Z'],
    [0x18, '99991231235959Z', '9999-12-31T23:59:59Z'],
  ])('of %i %s is %s', (tag, text, iso) => {
    expect(read(tag, text)).toBe(Date.parse(iso));
  });

  it.each([
    [0x17, '2401010000Z'],
    [0x17, '240101000000+0100'],
    [0x17, '240101000000z'],
    [0x17, '230229120000Z'],
    [0x17, '241301000000Z'],
    [0x17, '240100000000Z'],
    [0x17, '240132000000Z'],
    [0x17, '240101240000Z'],
    [0x17, '240101006000Z'],
    [0x17, '240101000060Z'],
    [0x17, '24010100000 Z'],
    [0x17, '-40101000000Z'],
    [0x18, '240101000000Z'],
    [0x18, '18500101000000Z'],
    [0x18, '00240101000000Z'],
    [0x18, '20240101000000.5Z'],
    [0x16, '240101000000Z'],
  ])('of %i %s is none', (tag, text) => {
    expect(() => read(tag, text)).toThrow();
  });
});

describe('an RSA key', () => {
  const RSA = Buffer.from('300d06092a864886f70d0101010500', 'hex');
  const read = (modulus: Buffer, exponent: Buffer): unknown => {
    const unsigned = (bytes: Buffer): Buffer => der(2, Buffer.alloc(bytes[0]! >> 7), bytes);
    const key = der(0x30, unsigned(modulus), unsigned(exponent));
    return readPublicKey(new DerReader(der(0x30, RSA, der(3, Buffer.of(0), key))));
  };
  const modulus = (bytes: number, first = 0x80, last = 1): Buffer => {
    const number = Buffer.alloc(bytes, 0x55);
    number[0] = first;
    number[bytes - 1] = last;
    return number;
  };
  const F4 = Buffer.of(1, 0, 1);

  it('has 2048 to 4096 bits', () => {
    for (const good of [modulus(256), modulus(257, 1), modulus(384), modulus(512, 0xff)])
      expect(() => read(good, F4)).not.toThrow();
    for (const bad of [modulus(256, 0x7f), modulus(128), modulus(513, 1), modulus(256, 0x80, 2)]) {
      expect(() => read(bad, F4)).toThrow('RSA key');
    }
  });

  it('has an odd exponent from 65537 up to four bytes', () => {
    for (const good of [F4, Buffer.of(0xff, 0xff, 0xff, 0xff)]) expect(() => read(modulus(256), good)).not.toThrow();
    for (const bad of [
      Buffer.of(0),
      Buffer.of(1),
      Buffer.of(3),
      Buffer.of(0xff, 0xff),
      Buffer.of(1, 0, 0),
      Buffer.of(1, 0, 0, 0, 1),
    ]) {
      expect(() => read(modulus(256), bad)).toThrow('exponent');
    }
  });
});
