import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acceptsGzip } from '../../host-sim/cloud/api/accept-encoding.js';
import type { Cloud, Mount, PanelFiles } from '../../host-sim/cloud/cloud.js';
import { startCloud } from './support/fixture.js';
import { startTlsCloud } from './support/tls.js';

const PAGE = `<!doctype html><title>x</title>${'<p>text</p>'.repeat(100)}`;
const SCRIPT = 'export const answer = 42;\n'.repeat(100);
const FONT = Buffer.from([0, 1, 2, 3]);
const PANEL: PanelFiles = new Map([
  ['/', { type: 'text/html; charset=utf-8', bytes: Buffer.from(PAGE) }],
  ['/panel/main-ABC123.js', { type: 'text/javascript; charset=utf-8', bytes: Buffer.from(SCRIPT) }],
  ['/panel/font-DEF456.woff2', { type: 'font/woff2', bytes: FONT }],
]);

interface Got {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

function get({ apiUrl }: Cloud, path: string, headers: OutgoingHttpHeaders = {}, method = 'GET'): Promise<Got> {
  return new Promise((resolve, reject) => {
    request(apiUrl + path, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, bytes: Buffer.concat(chunks) }),
      );
    })
      .on('error', reject)
      .end();
  });
}

const withPanel = () => startCloud({ panel: PANEL, wsPort: 0 });

describe('the panel', () => {
  test('is a page at the root, to be asked for anew, and files whose names change with them, to be kept', async () => {
    const { cloud } = await withPanel();
    const page = await get(cloud, '/');
    expect(page).toMatchObject({ status: 200, bytes: Buffer.from(PAGE) });
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' });
    const script = await get(cloud, '/panel/main-ABC123.js');
    expect(script).toMatchObject({ status: 200, bytes: Buffer.from(SCRIPT) });
    expect(script.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  test.each([
    '/panel',
    '/panel/',
    '/panel/main.js',
    '/panel/MAIN-ABC123.js',
    '/panel/main-ABC123.js/x',
    '/panel/../package.json',
    '/panel/%2e%2e/account.json',
    '/panel/..%2faccount.json',
    '/index.html',
  ])('has nothing at %s', async (path) => {
    const { cloud } = await withPanel();
    const { status, bytes } = await get(cloud, path);
    expect(status).toBe(404);
    expect(JSON.parse(bytes.toString())).toMatchObject({ code: 404, message: 'not_found', data: null });
  });

  test('is where it is served and nowhere else, and only read', async () => {
    const { cloud } = await startCloud();
    expect((await get(cloud, '/')).status).toBe(404);
    for (const method of ['POST', 'PUT', 'DELETE'])
      expect((await get((await withPanel()).cloud, '/', {}, method)).status).toBe(404);
  });

  test('is packed for who takes that, and tells caches so', async () => {
    const { cloud } = await withPanel();
    const packed = await get(cloud, '/', { 'accept-encoding': 'br, gzip;q=0.5' });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(packed.bytes).toString()).toBe(PAGE);
    expect(packed.bytes.length).toBeLessThan(PAGE.length / 4);
    const plain = await get(cloud, '/', { 'accept-encoding': 'br, gzip;q=0' });
    expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.headers.etag).not.toBe(packed.headers.etag);
  });

  test('is not packed where that makes it no smaller', async () => {
    const { cloud } = await withPanel();
    const font = await get(cloud, '/panel/font-DEF456.woff2', { 'accept-encoding': 'gzip' });
    expect(font.headers['content-encoding']).toBeUndefined();
    expect(font.bytes).toEqual(FONT);
  });

  test('is not sent to who has it, as he has it', async () => {
    const { cloud } = await withPanel();
    for (const encoding of ['gzip', 'identity']) {
      const headers = { 'accept-encoding': encoding };
      const { etag } = (await get(cloud, '/', headers)).headers;
      const again = await get(cloud, '/', { ...headers, 'if-none-match': `"other", W/${etag}` });
      expect(again).toMatchObject({ status: 304, bytes: Buffer.alloc(0) });
      expect(again.headers).toMatchObject({ etag, vary: 'Accept-Encoding', 'cache-control': 'no-cache' });
      expect((await get(cloud, '/', { ...headers, 'if-none-match': '"other"' })).status).toBe(200);
    }
    const plain = (await get(cloud, '/')).headers.etag;
    expect((await get(cloud, '/', { 'accept-encoding': 'gzip', 'if-none-match': plain })).status).toBe(200);
  });

  test('answers HEAD with what GET would say, and no bytes', async () => {
    const { cloud } = await withPanel();
    const headers = { 'accept-encoding': 'gzip' };
    const [whole, head] = [await get(cloud, '/', headers), await get(cloud, '/', headers, 'HEAD')];
    const told = ({ headers: { date: _date, ...rest } }: Got) => rest;
    expect(head).toMatchObject({ status: 200, bytes: Buffer.alloc(0) });
    expect(told(head)).toEqual(told(whole));
    expect(Number(head.headers['content-length'])).toBe(whole.bytes.length);
  });
});

describe('what goes with the panel', () => {
  const policyOf = async (cloud: Cloud, headers: OutgoingHttpHeaders = {}) =>
    String((await get(cloud, '/', headers)).headers['content-security-policy']);
  const connect = (policy: string) => /connect-src ([^;]*)/.exec(policy)![1];

  test('lets the page do what it needs, and nothing else', async () => {
    const { cloud } = await withPanel();
    expect((await policyOf(cloud)).split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      `connect-src 'self' ws://127.0.0.1:${cloud.wsPort}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test.each([...PANEL.keys()])('keeps other sites from %s', async (path) => {
    const { cloud } = await withPanel();
    for (const headers of [{}, { origin: 'https://evil.example' }]) {
      const got = await get(cloud, path, headers);
      expect(got.headers).toMatchObject({
        'content-security-policy': expect.stringMatching(/^default-src 'none';/),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-frame-options': 'DENY',
      });
      expect(Object.keys(got.headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
    }
  });

  test('isolates itself from who opened it where browsers heed that, and is silent where they complain of it', async () => {
    const { cloud } = await withPanel();
    const isolation = async (host: string) => (await get(cloud, '/', { host })).headers['cross-origin-opener-policy'];
    for (const host of ['127.0.0.1:1', '127.0.0.2', 'localhost:99', 'LOCALHOST', '[::1]:80'])
      expect([host, await isolation(host)]).toEqual([host, 'same-origin']);
    for (const host of ['my-pc.local:99', '192.0.2.7', '127.0.0.1.example', 'localhost.example'])
      expect([host, await isolation(host)]).toEqual([host, undefined]);
  });

  test('names the WebSocket as who came knows this machine, and nothing that he made up', async () => {
    const { cloud } = await withPanel();
    const at = async (host: string) => connect(await policyOf(cloud, { host }));
    expect(await at('my-pc.local:99')).toBe(`'self' ws://my-pc.local:${cloud.wsPort}`);
    for (const host of ["x; script-src 'unsafe-inline'", 'a b', "'unsafe-eval'", '*', 'a,b', 'https://evil.example/']) {
      expect([host, await at(host)]).toEqual([host, `'self' ws://127.0.0.1:${cloud.wsPort}`]);
    }
  });

  test('names the port of the WebSocket alone to who came by an IPv6 address, which a policy cannot name', async () => {
    const { cloud } = await withPanel();
    expect(connect(await policyOf(cloud, { host: '[::1]:8080' }))).toBe(`'self' ws://*:${cloud.wsPort}`);
  });

  test('names the host that clients are told, where that is another one', async () => {
    const { cloud } = await startCloud({ panel: PANEL, wsPort: 0, publicHost: 'cloud.example' });
    expect(connect(await policyOf(cloud))).toBe(`'self' ws://cloud.example:${cloud.wsPort}`);
  });

  test('names no WebSocket where there is none, and the encrypted one where there is no other', async () => {
    expect(connect(await policyOf((await startCloud({ panel: PANEL })).cloud))).toBe("'self'");
    const { cloud } = await startTlsCloud({ panel: PANEL });
    expect(connect(await policyOf(cloud))).toBe(`'self' wss://127.0.0.1:${cloud.tls.httpsPort}`);
  });
});

describe('GET /env', () => {
  const urls = async (cloud: Cloud, headers: OutgoingHttpHeaders = {}) =>
    (JSON.parse((await get(cloud, '/env', headers)).bytes.toString()) as { data: { urls: Record<string, string> } })
      .data.urls;

  test('says where the panel is, if there is one', async () => {
    const { cloud } = await withPanel();
    expect((await urls(cloud))['panel']).toBe(`${cloud.apiUrl}/`);
    expect(await urls((await startCloud()).cloud)).not.toHaveProperty('panel');
  });

  test('tells a caller of what is mounted if that wants him to know, by the host that he used', async () => {
    const mount: Mount = {
      serves: (path) => path.startsWith('/beside'),
      handle: (_request, response) => response.end(),
      announce: ({ headers }) => (headers['x-friend'] ? { name: 'beside', path: '/beside/v1' } : undefined),
    };
    const silent: Mount = { serves: () => false, handle: (_request, response) => response.end() };
    const { cloud } = await startCloud({ mounts: [silent, mount], publicHost: 'cloud.example' });
    expect(await urls(cloud)).not.toHaveProperty('beside');
    const told = await urls(cloud, { 'x-friend': 'yes', host: 'my-pc.local' });
    expect(told['beside']).toBe(`http://my-pc.local:${cloud.apiPort}/beside/v1`);
    expect(told['api']).toBe(`http://cloud.example:${cloud.apiPort}`);
  });

  test('lets nothing that is mounted take the place of what is its own', async () => {
    const mount: Mount = {
      serves: () => false,
      handle: (_request, response) => response.end(),
      announce: () => ({ name: 'api', path: '/elsewhere' }),
    };
    const { cloud } = await startCloud({ mounts: [mount] });
    expect((await urls(cloud))['api']).toBe(cloud.apiUrl);
  });
});

describe('an Accept-Encoding', () => {
  test.each([
    ['gzip', true],
    ['GZip', true],
    ['x-gzip', true],
    ['deflate, gzip;q=1.0, *;q=0.5', true],
    ['br;q=1, gzip ; q=0.001', true],
    ['*', true],
    ['*;q=0', false],
    ['*;q=0, gzip', true],
    ['gzip;q=0', false],
    ['gzip;q=0.000, *', false],
    ['gzip;q=x', false],
    ['identity', false],
    ['gzipped', false],
    ['', false],
    [undefined, false],
  ])('of %j takes gzip: %j', (field, expected) => {
    expect(acceptsGzip(field)).toBe(expected);
  });

  test('of any characters is read', () => {
    const unit = fc.constantFrom('gzip', '*', ';', 'q=', '0', '.', ',', ' ', '\t', '-', 'é');
    fc.assert(fc.property(fc.string({ unit, maxLength: 40 }), (field) => typeof acceptsGzip(field) === 'boolean'));
  });
});
