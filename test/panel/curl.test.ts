import { execFile, execFileSync } from 'node:child_process';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CurlRequest, curlLine } from '../../host-sim/panel/copy/curl.js';
import { shellWord } from '../../host-sim/panel/copy/shell.js';

const run = promisify(execFile);

/** Texts that have broken somebody's quoting. */
const HOSTILE = [
  "it's",
  '"quoted"',
  '$(touch /tmp/no) `id` $HOME $TOKEN',
  'a\nb\n',
  '\r\n\t',
  '\\n \\',
  '!history',
  '-o file',
  '@/etc/passwd',
  '<img src=x onerror=alert(1)>',
  '开关 ☕ é',
  '\u001b[201~\u0003rm -rf\u007f',
  'a\u202egnp.exe',
  '',
];

describe('a word for a shell', () => {
  const shells = (texts: readonly string[]): string[] =>
    execFileSync('sh', ['-c', `printf '%s\\0' ${texts.map(shellWord).join(' ')}`])
      .toString('utf8')
      .split('\0')
      .slice(0, -1);

  it('is the text again, once a shell has read it', () => {
    expect(shells(HOSTILE)).toEqual(HOSTILE);
    const word = fc.string({
      unit: fc.oneof(
        fc.constantFrom("'", '"', '$', '`', '\\', '\n', ' ', '!'),
        fc.string({ unit: 'grapheme', maxLength: 1 }),
        fc.string({ unit: 'binary', maxLength: 1 }),
      ),
    });
    const texts = fc.array(
      word.map((text) => Buffer.from(text).toString().replaceAll('\0', '')),
      { minLength: 1, maxLength: 40 },
    );
    fc.assert(
      fc.property(texts, (some) => {
        expect(shells(some)).toEqual(some);
      }),
      { numRuns: 40 },
    );
  });

  it('holds nothing that a terminal takes for a key or that turns the direction of writing', () => {
    for (const text of HOSTILE) expect(shellWord(text)).not.toMatch(/[^\P{C}\n]/u);
  });

  it('cannot hold NUL', () => {
    expect(() => shellWord('a\0b')).toThrow(RangeError);
  });
});

describe('a curl line', () => {
  interface Heard {
    readonly method: string | undefined;
    readonly url: string | undefined;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }
  let heard: Heard[] = [];
  let base = '';
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method, url, headers } = request;
      heard.push({ method, url, headers, body: Buffer.concat(pieces).toString('utf8') });
      response.end('ok');
    });
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  /** What a server hears when the line is pasted into a shell. */
  const pasted = async (request: CurlRequest): Promise<Heard> => {
    heard = [];
    const options = { env: { PATH: process.env['PATH'], TOKEN: 'aaa.bbb.ccc' }, timeout: 60_000 };
    await run('sh', ['-c', `${curlLine(request)} --silent --max-time 30`], options);
    expect(heard).toHaveLength(1);
    return heard[0]!;
  };
  const json = [['Content-Type', 'application/json']] as const;

  it('sends what it says: method, path, headers, body, and the token that only the shell knows', async () => {
    const request = {
      method: 'POST',
      url: `${base}/api/v1/devices/dev_1/control?wait=5000`,
      headers: json,
      body: '{"action":"toggle","position":"up"}',
      needsToken: true,
    };
    expect(curlLine(request)).toBe(
      `curl '${request.url}' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' --data-raw '${request.body}'`,
    );
    expect(await pasted(request)).toMatchObject({
      method: 'POST',
      url: '/api/v1/devices/dev_1/control?wait=5000',
      headers: { authorization: 'Bearer aaa.bbb.ccc', 'content-type': 'application/json' },
      body: request.body,
    });
  });

  it('sends a body to the byte, whatever is in it', async () => {
    for (const body of HOSTILE) {
      expect((await pasted({ method: 'POST', url: `${base}/`, headers: json, body })).body).toBe(body);
    }
  });

  it('sends headers as they are, an empty one too, and no type that was not there', async () => {
    const headers = [
      ['X-Quote', `'"$(id)\`id\``],
      ['X-Empty', ''],
    ] as const;
    const { headers: got } = await pasted({ method: 'PUT', url: `${base}/`, headers, body: 'text' });
    expect(got).toMatchObject({ 'x-quote': `'"$(id)\`id\``, 'x-empty': '' });
    expect(got).not.toHaveProperty('content-type');
    expect(got).not.toHaveProperty('authorization');
  });

  it.each(['GET', 'HEAD', 'DELETE', 'PATCH', 'PUT'])('knows %s', async (method) => {
    const body = method === 'PATCH' || method === 'PUT' ? '{}' : undefined;
    expect(await pasted({ method, url: `${base}/a?b=c`, headers: [], body })).toMatchObject({
      method,
      body: body ?? '',
    });
  });

  it('asks for one URL where its signs are patterns to curl', async () => {
    expect((await pasted({ method: 'GET', url: `${base}/a?list[0]={1,2}`, headers: [] })).url).toBe('/a?list[0]={1,2}');
  });

  it('is not made of what no request can be', () => {
    const request: CurlRequest = { method: 'GET', url: 'http://h/', headers: [] };
    for (const wrong of [
      { body: 'a\0b' },
      { url: 'http://h/\0' },
      { url: 'file:///etc/passwd' },
      { url: '-K/etc/passwd' },
      { method: 'GET -o x' },
      { headers: [['X', 'a\r\nEvil: 1']] as const },
      { headers: [['@file', 'a']] as const },
      { headers: [['', 'a']] as const },
    ]) {
      expect(() => curlLine({ ...request, ...wrong })).toThrow(RangeError);
    }
  });
});
