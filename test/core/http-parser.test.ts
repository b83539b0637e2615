import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpCollector, latin1 } from './http-collector.js';

/** Answers as servers write them, with what is to be read in them. */
const ANSWERS: Record<string, { bytes: string; status: number; body: string; untilClose?: boolean }> = {
  'Content-Length': {
    bytes: 'HTTP/1.1 200 OK\r\nDate: Sat, 10 Jan 2026 12:00:00 GMT\r\nContent-Length: 13\r\n\r\n{"code": 200}',
    status: 200,
    body: '{"code": 200}',
  },
  'an empty body': { bytes: 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', status: 404, body: '' },
  'a body until the close': {
    bytes: 'HTTP/1.0 200 OK\r\nServer: old\r\n\r\nall of it\r\n\r\n',
    status: 200,
    body: 'all of it\r\n\r\n',
    untilClose: true,
  },
  'nothing until the close': { bytes: 'HTTP/1.0 500 Oh\r\n\r\n', status: 500, body: '', untilClose: true },
  'chunks with extensions and trailers': {
    bytes:
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '5\r\nhello\r\n6;name="va;lue";x\r\n world\r\nA ; y=1\r\n0123456789\r\n01  \r\n!\r\n0;last\r\nExpires: 0\r\nX-Sum: abc\r\n\r\n',
    status: 200,
    body: 'hello world0123456789!',
  },
  'a chunk size with leading zeros': {
    bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0000000005\r\nhello\r\n00000000\r\n\r\n',
    status: 200,
    body: 'hello',
  },
  'chunks that look like heads and line ends': {
    bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n\r\n0\r\n\r\n\n\r\n4\r\nHTTP\r\n0\r\n\r\n',
    status: 200,
    body: '\r\n0\r\n\r\n\nHTTP',
  },
  'chunked before Content-Length': {
    bytes: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    status: 200,
    body: 'hello',
  },
  'interim answers first': {
    bytes:
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Length: 99\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
    status: 200,
    body: 'ok',
  },
  'a 204 that names a length': { bytes: 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n', status: 204, body: '' },
  'a 304 that names a coding': {
    bytes: 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n',
    status: 304,
    body: '',
  },
  'bare line feeds and no reason': { bytes: 'HTTP/1.1 200\nContent-Length: 2\n\nok', status: 200, body: 'ok' },
};

describe.each(Object.entries(ANSWERS))('%s', (_name, { bytes, status, body, untilClose }) => {
  const raw = latin1(bytes);
  const whole = new HttpCollector().feed(raw);

  it('is read right', () => {
    expect(whole.status).toBe(status);
    expect(whole.body).toBe(body);
    expect(whole.completions).toBe(untilClose ? 0 : 1);
    expect(whole.end().completions).toBe(1);
  });

  it('is the same answer when split at any byte', () => {
    for (let at = 1; at < raw.length; at++) {
      expect(new HttpCollector().feed(raw, [at, raw.length]).end().answer, `split at ${at}`).toEqual(whole.answer);
    }
    expect(new HttpCollector().feed(raw, [1]).end().answer).toEqual(whole.answer);
  });

  it('is not complete when it is cut', () => {
    const bodyAt = bytes.lastIndexOf('\r\n\r\n') + 4;
    for (let length = 0; length < (untilClose ? bytes.indexOf('\r\n\r\n') : raw.length); length++) {
      const cut = new HttpCollector();
      expect(cut.brokenBy(raw.subarray(0, length)), `cut at ${length} of ${bodyAt}`).toBe(true);
      expect(cut.completions).toBe(0);
    }
  });

  it('ends where it ends: what follows is not looked at', () => {
    if (untilClose) return;
    const more = Buffer.concat([raw, latin1('HTTP/1.1 500 Second\r\n\r\n\0\xff')]);
    expect(new HttpCollector().feed(more).end().answer).toEqual(whole.answer);
    expect(new HttpCollector().feed(more, [1]).end().answer).toEqual(whole.answer);
  });
});

describe('headers', () => {
  it('have lower-case names and trimmed values, and the last of a name counts', () => {
    const { headers } = new HttpCollector().feed(
      latin1('HTTP/1.1 200 OK\r\nX-One:  a:b \t\r\nEMPTY:\r\nx-one: two\r\n__proto__: x\r\nContent-Length: 0\r\n\r\n'),
    );
    expect(Object.entries(headers)).toEqual(
      expect.arrayContaining([
        ['x-one', 'two'],
        ['empty', ''],
        ['content-length', '0'],
      ]),
    );
  });

  it('of interim answers are forgotten', () => {
    const { headers } = new HttpCollector().feed(
      latin1('HTTP/1.1 103 Early Hints\r\nDate: wrong\r\n\r\nHTTP/1.1 204 No Content\r\nA: b\r\n\r\n'),
    );
    expect(headers).toEqual({ a: 'b' });
  });
});

it('any answer in any segmentation equals the whole', () => {
  const chunk = fc.tuple(
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 60 }),
    fc.constantFrom('', ';a', ' ;a=b', ';a="b c"'),
  );
  const framed = fc.oneof(
    fc.string({ unit: 'binary-ascii', maxLength: 200 }).map((body) => ({
      body,
      frame: `Content-Length: ${body.length}\r\n\r\n${body}`,
    })),
    fc.string({ unit: 'binary-ascii', maxLength: 200 }).map((body) => ({ body, frame: `\r\n${body}` })),
    fc.tuple(fc.array(chunk, { maxLength: 6 }), fc.boolean()).map(([chunks, upper]) => ({
      body: chunks.map(([data]) => data).join(''),
      frame: `Transfer-Encoding: chunked\r\n\r\n${chunks
        .map(([data, extension]) => {
          const size = data.length.toString(16);
          return `${upper ? size.toUpperCase() : size}${extension}\r\n${data}\r\n`;
        })
        .join('')}0\r\nTrailer: x\r\n\r\n`,
    })),
  );
  const lengths = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(
      framed,
      fc.integer({ min: 200, max: 599 }),
      fc.nat({ max: 2 }),
      lengths,
      (answer, status, interims, cuts) => {
        fc.pre(status !== 204 && status !== 304);
        const bytes = latin1(
          `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(interims)}HTTP/1.1 ${status} X\r\n${answer.frame}`,
        );
        const found = new HttpCollector().feed(bytes, cuts).end().answer;
        expect(found).toMatchObject({ status, body: answer.body, complete: true });
        expect(found).toEqual(new HttpCollector().feed(bytes).end().answer);
      },
    ),
    { numRuns: 500 },
  );
});
