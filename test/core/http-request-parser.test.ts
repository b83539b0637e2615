import { request as nodeRequest } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNodeText } from '../../host-sim/host/node-text.js';
import { HttpRequestParser, MAX_BODY_BYTES } from '../../src/core/http-request-parser.js';

const text = createNodeText();

/** What a parser makes of bytes that come in pieces of these lengths, over and over. */
function parse(bytes: Uint8Array | string, lengths: readonly number[] = [10_000]) {
  const all = typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes;
  const parser = new HttpRequestParser(text);
  for (let at = 0, turn = 0; at < all.length; turn++) {
    const piece = all.subarray(at, at + lengths[turn % lengths.length]!);
    parser.take(Uint8Array.from([...piece, 0xaa]), piece.length);
    at += piece.length;
  }
  const { method, host, path, contentType, body, complete, refusal } = parser;
  return complete ? { method, host, path, contentType, body } : refusal;
}

const get = (target: string, headers = 'Host: 192.168.4.1\r\n'): string => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
const post = (body: string, headers = ''): string =>
  `POST /api/setup HTTP/1.1\r\nHost: a\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

describe('a request', () => {
  it('is read in any split of its bytes', () => {
    for (const lengths of [[10_000], [1], [3, 1, 20]]) {
      expect(parse(post('{"ssid":"咖啡 ☕"}', 'CONTENT-TYPE: Application/JSON; charset=utf-8\r\n'), lengths)).toEqual({
        method: 'POST',
        host: 'a',
        path: '/api/setup',
        contentType: 'application/json',
        body: '{"ssid":"咖啡 ☕"}',
      });
    }
  });

  it('names host and path in either form of its target, without port and query', () => {
    const read = (bytes: string) => parse(bytes) as { host: string; path: string };
    expect(read(get('/a/b?c=d'))).toMatchObject({ host: '192.168.4.1', path: '/a/b' });
    expect(read(get('/', 'Host: Captive.Apple.com:80\r\n'))).toMatchObject({ host: 'captive.apple.com', path: '/' });
    expect(read(get('http://Example.com:8080/x?y'))).toMatchObject({ host: 'example.com', path: '/x' });
    expect(read(get('http://example.com'))).toMatchObject({ host: 'example.com', path: '/' });
  });

  it('may be of HTTP/1.0, and without a host then', () => {
    expect(parse('GET / HTTP/1.0\r\n\r\n')).toMatchObject({ host: '', path: '/' });
  });

  it('may come after empty lines, and with lines that end in LF alone', () => {
    expect(parse('\r\n\nHEAD / HTTP/1.1\nHost: a\n\n')).toMatchObject({ method: 'HEAD', host: 'a' });
  });

  it('ends where it says: what follows is not looked at', () => {
    expect(parse(`${post('{}')}GET / HTTP/9.9\r\n`)).toMatchObject({ body: '{}' });
  });

  it('may have a header that is too long to keep', () => {
    expect(parse(get('/', `Cookie: ${'x'.repeat(4_000)}\r\nHost: a\r\n`))).toMatchObject({ host: 'a' });
  });

  it('may have a body of a kilobyte', () => {
    expect(parse(post('x'.repeat(MAX_BODY_BYTES)), [100])).toMatchObject({ body: 'x'.repeat(MAX_BODY_BYTES) });
  });
});

const refused: Record<string, readonly [number, string]> = {
  'no HTTP': [400, 'SSH-2.0-OpenSSH_9.2\r\n'],
  'a TLS hello': [400, '\x16\x03\x01\x02\x00\x01\n'],
  'HTTP/2': [505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'.replace('*', '/')],
  'a method with a bracket': [400, 'G[T / HTTP/1.1\r\n\r\n'],
  'a method that is not implemented': [501, 'DELETE / HTTP/1.1\r\n\r\n'],
  'a preflight': [501, 'OPTIONS /api/setup HTTP/1.1\r\nHost: a\r\n\r\n'],
  'two blanks': [400, 'GET  / HTTP/1.1\r\n\r\n'],
  'a target without a slash': [400, get('index.html')],
  'another scheme': [400, get('ftp://a/')],
  'a fragment': [400, get('/#a')],
  'a zero in the target': [400, get('/\0')],
  'no host': [400, get('/', '')],
  'two hosts': [400, get('/', 'Host: a\r\nHost: a\r\n')],
  'a blank before the colon': [400, get('/', 'Host : a\r\n')],
  'a line that goes on': [400, get('/', 'Host: a\r\nX: a\r\n b\r\n')],
  'a header without a name': [400, get('/', ': a\r\n')],
  'a bare CR': [400, get('/', 'Host: a\rX: b\r\n')],
  'two lengths': [400, get('/', 'Host: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n')],
  'a list of lengths': [400, get('/', 'Host: a\r\nContent-Length: 1, 1\r\n')],
  'a negative length': [400, get('/', 'Host: a\r\nContent-Length: -1\r\n')],
  'a length in hex': [400, get('/', 'Host: a\r\nContent-Length: 0x1\r\n')],
  chunks: [501, get('/', 'Host: a\r\nTransfer-Encoding: chunked\r\n')],
  'a body that is too long': [413, post('x'.repeat(MAX_BODY_BYTES + 1))],
  'a length beyond all numbers': [413, get('/', `Host: a\r\nContent-Length: ${'9'.repeat(400)}\r\n`)],
  'a body that is no UTF-8': [400, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n\x80'],
  'an endless request line': [414, `GET /${'x'.repeat(2_000)}`],
  'an endless header': [431, get('/', `X: ${'x'.repeat(9_000)}`)],
  'headers without end': [431, get('/', 'X: y\r\n'.repeat(100))],
  'empty lines without end': [431, '\r\n'.repeat(5_000)],
};

describe('is refused:', () => {
  it.each(Object.entries(refused))('%s', (_name, [status, bytes]) => {
    for (const lengths of [[20_000], [1], [7, 100]]) expect(parse(Buffer.from(bytes, 'latin1'), lengths)).toBe(status);
  });
});

it('any bytes are a request, a refusal or a beginning, in any split the same; nothing is thrown (100,000 cases)', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'GET / HTTP/1.1\r\n',
      'POST /api/setup HTTP/1.1\r\n',
      'Host: a\r\n',
      'Content-Length: 5\r\n',
      'Transfer-Encoding: chunked\r\n',
      '\r\n',
      '\n',
      ' ',
      ':',
      'hello',
    ),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  const length = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), length, length, (parts, one, other) => {
      const bytes = Buffer.from(parts.join(''), 'latin1');
      expect(parse(bytes, [one, other])).toEqual(parse(bytes));
    }),
    { numRuns: 100_000 },
  );
});

it("reads what Node's own client sends", async () => {
  const parser = new HttpRequestParser(text);
  const seen = new Promise<void>((resolve) => {
    const server = createServer((socket) => {
      socket.on('data', (bytes) => {
        parser.take(bytes, bytes.length);
        if (!parser.complete) return;
        socket.end('HTTP/1.1 202 \r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        server.close();
        resolve();
      });
    });
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      nodeRequest({
        host: '127.0.0.1',
        port,
        path: '/api/setup?x',
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Content-Length': 11 },
      }).end('{"ssid":""}');
    });
  });
  await seen;
  expect(parser).toMatchObject({
    method: 'POST',
    host: '127.0.0.1',
    path: '/api/setup',
    contentType: 'application/json',
    body: '{"ssid":""}',
  });
});
