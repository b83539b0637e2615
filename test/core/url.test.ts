import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isIPv4, parseHostPort, parseHttpUrl } from '../../src/core/url.js';

describe('parseHttpUrl', () => {
  it.each([
    ['https://cloud.example.com', 'cloud.example.com', 443, ''],
    ['https://cloud.example.com:8443/base', 'cloud.example.com', 8_443, '/base'],
    ['http://192.168.1.100', '192.168.1.100', 80, ''],
    ['http://cloud.example.com/', 'cloud.example.com', 80, '/'],
    ['http://localhost:8080', 'localhost', 8080, ''],
    ['http://a-b.c:1/base/v2?x=%20&y=/', 'a-b.c', 1, '/base/v2?x=%20&y=/'],
    ['http://h:65535/', 'h', 65_535, '/'],
  ])('takes %s apart', (url, host, port, path) => {
    expect(parseHttpUrl(url)).toEqual({ secure: url.startsWith('https:'), host, port, path });
  });

  it.each([
    '',
    'localhost',
    'HTTPS://h/',
    'httpss://h/',
    'ftp://h/',
    'http:/h',
    'http://',
    'http:///x',
    'http://user@h/',
    'http://user:pass@h/',
    'http://h:0/',
    'http://h:65536/',
    'http://h:/',
    'http://h:8o/',
    'http://h/#fragment',
    'http://h/a b',
    'http://h/中',
    'http://h?x',
    'http://[::1]/',
    'http://h/\r\nX: y',
    'http://h\r\n/',
    'http://h/x\n',
    '\nhttp://h/',
    'http://h_1/',
    `http://${'x'.repeat(254)}/`,
  ])('refuses %j', (url) => {
    expect(parseHttpUrl(url)).toBeUndefined();
  });

  it('never lets anything through that could add to a request', () => {
    const piece = fc.constantFrom(
      'http://',
      'h',
      '.',
      ':',
      '80',
      '/',
      '\r',
      '\n',
      ' ',
      '\t',
      '#',
      '@',
      '?',
      '\u0085',
      '\u2028',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const url = parseHttpUrl(`http://h${pieces.join('')}`);
        if (url === undefined) return;
        expect(url.host).toMatch(/^[A-Za-z0-9.-]+$/);
        expect(url.path).toMatch(/^(\/[!-~]*)?$/);
        expect(url.port).toBeGreaterThan(0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('parseHostPort', () => {
  it('takes a host with or without a port', () => {
    expect(parseHostPort('192.168.1.100')).toEqual({ host: '192.168.1.100' });
    expect(parseHostPort('192.168.1.100:2883')).toEqual({ host: '192.168.1.100', port: 2883 });
    expect(parseHostPort('broker.example.com:65535')).toEqual({ host: 'broker.example.com', port: 65_535 });
  });

  it.each(['', ':1883', 'h:', 'h:0', 'h:65536', 'h:1883:1', 'mqtt://h', 'h/x', 'h h', 'h\n', '中', '::1'])(
    'refuses %j',
    (server) => {
      expect(parseHostPort(server)).toBeUndefined();
    },
  );
});

describe('isIPv4', () => {
  it('knows every dotted address', () => {
    const byte = fc.nat({ max: 255 });
    fc.assert(fc.property(byte, byte, byte, byte, (a, b, c, d) => isIPv4(`${a}.${b}.${c}.${d}`)));
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.',
    '1..2.3',
    'a.b.c.d',
    '1.2.3.4 ',
    '0x1.2.3.4',
    '1e1.2.3.4',
  ])('does not take %j for one', (host) => {
    expect(isIPv4(host)).toBe(false);
  });
});
