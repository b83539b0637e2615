import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isSetupProblem, readSetupRequest } from '../../src/core/setup-request.js';
import { utf8Bytes } from '../../src/core/utf8.js';

const problemOf = (value: Record<string, unknown>) => {
  const result = readSetupRequest(value);
  return isSetupProblem(result) ? `${result.field} ${result.code}` : undefined;
};

describe('a request to set a board up', () => {
  test.each([
    ['the shortest name', { ssid: 'a' }],
    ['32 bytes of emoji', { ssid: '😀'.repeat(8), password: 'password1' }],
    ['quotes, a backslash and spaces', { ssid: ' "a\\b" ', password: '"\\ \' <&>' }],
    ['63 characters', { ssid: 'a', password: 'x'.repeat(63) }],
    ['8 characters', { ssid: 'a', password: '12345678' }],
    ['64 hex digits', { ssid: 'a', password: '0123456789abcdefABCDEF'.repeat(3).slice(0, 64) }],
    ['a password of umlauts', { ssid: 'a', password: 'äöüßäöüß' }],
    ['an environment', { ssid: 'a', environment: 'test' }],
    ['a cloud and a token', { ssid: 'a', apiUrl: 'http://10.0.0.2:8080', bindToken: 'bt_abc-DEF_123' }],
  ])('takes %s as it is', (_what, request) => {
    expect(readSetupRequest(request)).toEqual(request);
  });

  test('takes empty text and null for absent', () => {
    const request = { ssid: 'a', password: '', apiUrl: null, bindToken: '' };
    expect(readSetupRequest(request)).toEqual({ ssid: 'a' });
  });

  test('takes the address of a cloud without the slash that a person puts at its end', () => {
    expect(readSetupRequest({ ssid: 'a', apiUrl: ' http://cloud:8080/ ' })).toEqual({
      ssid: 'a',
      apiUrl: 'http://cloud:8080',
    });
  });

  test.each([
    ['ssid missing', {}],
    ['ssid missing', { ssid: '' }],
    ['ssid not_text', { ssid: 5 }],
    ['environment unknown', { ssid: 'a', environment: 'production' }],
    ['environment unknown', { ssid: 'a', environment: 7 }],
    ['ssid too_long', { ssid: 'x'.repeat(33) }],
    ['ssid too_long', { ssid: `${'😀'.repeat(8)}a` }],
    ['ssid malformed', { ssid: '\ud800' }],
    ['ssid malformed', { ssid: 'a\0b' }],
    ['password not_text', { ssid: 'a', password: true }],
    ['password too_short', { ssid: 'a', password: '1234567' }],
    ['password too_short', { ssid: 'a', password: '😀😀' }],
    ['password too_long', { ssid: 'a', password: 'x'.repeat(64) }],
    ['password too_long', { ssid: 'a', password: 'ä'.repeat(32) }],
    ['password malformed', { ssid: 'a', password: 'pass\0word1' }],
    ['apiUrl not_text', { ssid: 'a', apiUrl: 1 }],
    ['apiUrl malformed', { ssid: 'a', apiUrl: 'ftp://x' }],
    ['apiUrl malformed', { ssid: 'a', apiUrl: 'http://user:secret@host' }],
    ['apiUrl too_long', { ssid: 'a', apiUrl: `http://h/${'x'.repeat(200)}` }],
    ['bindToken not_text', { ssid: 'a', bindToken: {} }],
    ['bindToken malformed', { ssid: 'a', bindToken: 'two words' }],
    ['bindToken malformed', { ssid: 'a', bindToken: 'x'.repeat(129) }],
  ])('is refused with %s', (problem, request) => {
    expect(problemOf(request)).toBe(problem);
  });

  it('names no secret in what it says', () => {
    for (const request of [
      { ssid: 'a', password: 'hunter2' },
      { ssid: 'a', bindToken: 'very secret' },
    ]) {
      const result = readSetupRequest(request);
      expect(isSetupProblem(result) && result.message).not.toMatch(/hunter2|very secret/);
    }
  });

  it('never throws, whatever it is given', () => {
    const field = fc.oneof(fc.anything(), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(fc.record({ ssid: field, password: field, apiUrl: field, bindToken: field }), (request) => {
        const result = readSetupRequest(request);
        if (isSetupProblem(result)) expect(result.message).not.toBe('');
        else expect(utf8Bytes(result.ssid)).toBeLessThanOrEqual(32);
      }),
      { numRuns: 2_000 },
    );
  });
});

it('counts the bytes of a text as the encoder does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const expected = !/\p{Surrogate}/u.test(text) && !text.includes('\0') ? Buffer.byteLength(text) : -1;
      expect(utf8Bytes(text)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});
