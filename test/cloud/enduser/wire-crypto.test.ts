import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decryptPassword,
  isSignedBy,
  passwordKey,
  sign,
} from '../../../host-sim/cloud/domain/end-users/wire-crypto.js';
import { DOMAIN, encrypt } from '../support/end-user.js';

const SMS_PARTS = ['17132136550', 3, '76a6L647F02CAoN9', 1744773894369] as const;
const SMS_SIGNATURE = '2deb6518ca0ee701e28a6359a91270c59dbe69456a3336dc5f625bfa32e64df6';
const TABLE_PARTS = ['13800138000', 3, '76a6L647F02CAoN9', 1744773894369] as const;
const TABLE_SECRET = '57Fk69oYgbs2aWWN362NtZwYB2RqKNqQ7yZESnF5VM33';
const OF_NOTHING = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const LOGIN_PARTS = ['86', '17132136550', 'KbbO5AsWloh9gulLei6NhQ==', 'abcdef'] as const;
const LOGIN_SIGNATURE = '1fd91ebf096be51dae1c6055bc930bd8e24b1f477d2a47ae87eedb0f73057bf0';

/** What OpenSSL makes of it: an oracle that we did not write. */
const openssl = (input: string | Buffer, ...args: string[]): Buffer => execFileSync('openssl', args, { input });
const hex = (text: string): string => Buffer.from(text).toString('hex');

describe('a signature', () => {
  test('is the one of the vendor’s examples', () => {
    expect(isSignedBy(SMS_SIGNATURE, SMS_PARTS, DOMAIN.secret)).toBe(true);
    expect(isSignedBy(LOGIN_SIGNATURE, LOGIN_PARTS, DOMAIN.secret)).toBe(true);
    expect(sign(TABLE_PARTS, TABLE_SECRET).toString('hex')).toMatch(/^adf0cd13/);
  });

  test('is not what the vendor’s table shows, which is the digest of nothing', () => {
    expect(openssl('', 'dgst', '-sha256', '-r').toString().split(' ')[0]).toBe(OF_NOTHING);
    expect(isSignedBy(OF_NOTHING, TABLE_PARTS, TABLE_SECRET)).toBe(false);
  });

  test('is what OpenSSL makes of the same text', () => {
    const digest = openssl(TABLE_PARTS.join('') + TABLE_SECRET, 'dgst', '-sha256', '-r')
      .toString()
      .split(' ')[0]!;
    expect(isSignedBy(digest, TABLE_PARTS, TABLE_SECRET)).toBe(true);
  });

  test('counts in either letter case, and not with anything else about it', () => {
    expect(isSignedBy(SMS_SIGNATURE.toUpperCase(), SMS_PARTS, DOMAIN.secret)).toBe(true);
    const wrong = [
      '',
      SMS_SIGNATURE.slice(1),
      `${SMS_SIGNATURE}00`,
      `${SMS_SIGNATURE} `,
      `0${SMS_SIGNATURE.slice(1)}`,
      `g${SMS_SIGNATURE.slice(1)}`,
      Buffer.from(SMS_SIGNATURE, 'hex').toString('base64'),
    ];
    for (const signature of wrong) expect(isSignedBy(signature, SMS_PARTS, DOMAIN.secret)).toBe(false);
  });

  test('is of all its parts and the secret', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { minLength: 1 }),
        fc.string(),
        fc.nat(),
        fc.string({ minLength: 1 }),
        (parts, secret, at, more) => {
          const signature = sign(parts, secret).toString('hex');
          expect(isSignedBy(signature, parts, secret)).toBe(true);
          const changed = parts.map((part, index) => (index === at % parts.length ? part + more : part));
          expect(isSignedBy(signature, changed, secret)).toBe(changed.join('') + secret === parts.join('') + secret);
          expect(isSignedBy(signature, parts, secret + more)).toBe(false);
        },
      ),
    );
  });
});

describe('a password on its way', () => {
  test('has the key and the IV of the vendor’s example, and opens', () => {
    expect(passwordKey('j1acpdj2bmtqZXVb')).toEqual({ key: '89A049614445CCA8', iv: '4445CCA889A04961' });
    expect(decryptPassword('lkZMvj0KDSJXlp66jBieHA==', 'j1acpdj2bmtqZXVb')).toBe('china1234');
    expect(encrypt('china1234', 'j1acpdj2bmtqZXVb')).toBe('lkZMvj0KDSJXlp66jBieHA==');
  });

  test('opens in the vendor’s requests', () => {
    expect(decryptPassword('KbbO5AsWloh9gulLei6NhQ==', 'abcdef')).toMatch(/^.{6,128}$/);
  });

  test('is what OpenSSL encrypts with that key', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 128 }), fc.string({ maxLength: 64 }), (password, random) => {
        const { key, iv } = passwordKey(random);
        const md5 = openssl(random, 'dgst', '-md5', '-r').toString().split(' ')[0]!;
        expect(key).toBe(md5.toUpperCase().slice(8, 24));
        const sent = openssl(password, 'enc', '-aes-128-cbc', '-K', hex(key), '-iv', hex(iv)).toString('base64');
        expect(decryptPassword(sent, random)).toBe(password);
      }),
      { numRuns: 12 },
    );
  });

  test('of any text, under any key, comes out as it went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (password, random) => {
        expect(decryptPassword(encrypt(password, random), random)).toBe(password);
      }),
    );
  });

  test('is nothing where base64, length, padding or UTF-8 is wrong', () => {
    const random = 'abcdef';
    const sent = encrypt('china1234', random);
    const broken = Buffer.from(sent, 'base64');
    broken[15]! ^= 1;
    const wrong = [
      '',
      'x',
      sent.slice(0, -1),
      sent.replace('=', '-'),
      ` ${sent}`,
      Buffer.from(sent, 'base64').subarray(1).toString('base64'),
      broken.toString('base64'),
      encrypt(Buffer.from([0xff, 0xfe, 0x80]), random),
    ];
    for (const pwd of wrong) expect(decryptPassword(pwd, random)).toBeUndefined();
    expect(decryptPassword(sent, 'another')).toBeUndefined();
  });

  test('never fails otherwise, whatever is sent', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), fc.string(), (pwd, random) => {
        expect(typeof decryptPassword(pwd, random)).toMatch(/^(string|undefined)$/);
      }),
    );
  });
});
