import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpCollector, latin1 } from './http-collector.js';

const cases: Record<string, string> = {
  nothing: '',
  'another protocol': 'SSH-2.0-OpenSSH_9.2\r\n',
  'a TLS alert': '\x15\x03\x01\x00\x02\x02\x16\n',
  'HTTP/2': 'HTTP/2 200 OK\r\n\r\n',
  'HTTP/0.9': '<html>hello</html>\r\n',
  'a status of two digits': 'HTTP/1.1 20 OK\r\n\r\n',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\n\r\n',
  'status 600': 'HTTP/1.1 600 OK\r\n\r\n',
  'status 000': 'HTTP/1.1 000 OK\r\n\r\n',
  'a request': 'GET / HTTP/1.1\r\n\r\n',
  'a blank before the status line': ' HTTP/1.1 200 OK\r\n\r\n',
  'switched protocols': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n',
  'a header without a colon': 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n',
  'a header without a name': 'HTTP/1.1 200 OK\r\n: value\r\n\r\n',
  'a negative length': 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
  'a length in hex': 'HTTP/1.1 200 OK\r\nContent-Length: 0x10\r\n\r\n0123456789abcdef',
  'a list of lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab',
  'an empty length': 'HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n',
  'a length of eleven digits': 'HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n',
  'an unknown transfer coding': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  'a chunk without a size': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\nhello\r\n0\r\n\r\n',
  'a chunk size that is no number': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello\r\n0\r\n\r\n',
  'a negative chunk size': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n',
  'a huge chunk size': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello\r\n0\r\n\r\n',
  'a chunk that is longer than it says': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n',
};

describe('is no answer:', () => {
  it.each(Object.entries(cases))('%s', (_name, bytes) => {
    for (const lengths of [[10_000], [1], [3, 1, 20]]) {
      const collector = new HttpCollector();
      expect(collector.brokenBy(latin1(bytes), lengths)).toBe(true);
      expect(collector.completions).toBe(0);
    }
  });
});

describe('limits', () => {
  const ok = (headers: string): string => `HTTP/1.1 200 OK\r\n${headers}Content-Length: 2\r\n\r\nok`;

  it('a header line that is too long to keep is passed over, an endless head is refused soon', () => {
    const long = new HttpCollector().feed(
      latin1(ok(`A: ${'x'.repeat(1_020)}\r\nB: ${'x'.repeat(5_000)}\r\nC: d\r\n`)),
      [7],
    );
    expect(long.body).toBe('ok');
    expect(Object.keys(long.headers)).toEqual(['a', 'c', 'content-length']);
    expect(() => new HttpCollector().feed(latin1(ok(`A: ${'x'.repeat(17_000)}\r\n`)))).toThrow('16384');
    expect(() => new HttpCollector().feed(new Uint8Array(1_025).fill(0x48))).toThrow('1024');
  });

  it('bytes beyond ASCII in a header harm nothing', () => {
    expect(new HttpCollector().feed(latin1(ok('X: caf\xe9 \xff\xfe\r\n'))).headers['x']).toBe('caf? ??');
  });

  it('38 lines of headers are read, an endless head is refused soon', () => {
    expect(new HttpCollector().feed(latin1(ok('A: b\r\n'.repeat(37)))).body).toBe('ok');
    expect(new HttpCollector().brokenBy(latin1(ok('A: b\r\n'.repeat(60))))).toBe(true);
  });

  it('interim answers without end are refused soon', () => {
    expect(() => new HttpCollector().feed(latin1('HTTP/1.1 100 Continue\r\n\r\n'.repeat(25)))).toThrow('header lines');
  });

  it('trailers without end are refused soon', () => {
    const head = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n';
    expect(new HttpCollector().feed(latin1(`${head}${'A: b\r\n'.repeat(30)}\r\n`)).completions).toBe(1);
    expect(() => new HttpCollector().feed(latin1(`${head}${'A: b\r\n'.repeat(50)}`))).toThrow('header lines');
  });

  it('any number of chunks is read', () => {
    const chunks = '1\r\nx\r\n'.repeat(500);
    const bytes = latin1(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`);
    expect(new HttpCollector().feed(bytes, [7]).body).toBe('x'.repeat(500));
  });
});

it('any bytes are an answer or a parse error and nothing else, in any segmentation the same', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'HTTP/1.1 200 OK\r\n',
      'HTTP/1.1 100 Continue\r\n\r\n',
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r\n',
      '5\r\nhello\r\n',
      '0\r\n\r\n',
      '\n',
      ':',
    ),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), fc.boolean(), lengths, (parts, proper, cuts) => {
      const bytes = latin1((proper ? 'HTTP/1.1 200 OK\r\n' : '') + parts.join(''));
      const whole = new HttpCollector();
      const cut = new HttpCollector();
      expect(cut.brokenBy(bytes, cuts)).toBe(whole.brokenBy(bytes));
      expect(cut.answer).toEqual(whole.answer);
    }),
    { numRuns: 3_000 },
  );
});
