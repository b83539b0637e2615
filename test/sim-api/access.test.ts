import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Stage, TOKEN } from './stage.js';

const AUTHORIZATION = `Authorization: Bearer ${TOKEN}`;

describe('who may ask', () => {
  it('is whoever has the world’s token, by every name of this machine', async () => {
    const stage = await Stage.start();
    for (const host of ['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]', '127.0.0.2']) {
      const answer = await stage.raw([
        'GET /sim/v1 HTTP/1.1',
        `Host: ${host}:${stage.port}`,
        'Connection: close',
        AUTHORIZATION,
      ]);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it('is a login of the development account as long as somebody vouches for it', async () => {
    const stage = await Stage.start();
    expect((await stage.ask('', { token: 'login' })).status).toBe(401);
    stage.vouchedFor.add('login');
    expect((await stage.ask('', { token: 'login' })).status).toBe(200);
    stage.vouchedFor.clear();
    expect((await stage.ask('', { token: 'login' })).status).toBe(401);
  });

  it('is nobody with another token, whatever is wrong with it: the answers do not differ', async () => {
    const stage = await Stage.start();
    const wrong = [undefined, '', 'Bearer', `Bearer ${TOKEN}x`, `Bearer ${TOKEN.slice(1)}`, `Basic ${TOKEN}`, TOKEN];
    const answers = await Promise.all(
      wrong.map(async (authorization) => {
        const headers = authorization === undefined ? {} : { authorization };
        const response = await fetch(`${stage.url}/sim/v1/boards`, { headers });
        return [response.status, await response.text()];
      }),
    );
    expect(new Set(answers.map(String)).size).toBe(1);
    expect(answers[0]).toEqual([401, expect.stringContaining('"message":"unauthorized"')]);
    expect(String(answers[0])).not.toContain(TOKEN);
  });

  it.each(['', '/boards', '/stream', '/recording', '/openapi.json', '/nothing', '/%ZZ'])(
    'is asked for a token at %j before anything else is looked at',
    async (path) => {
      const stage = await Stage.start();
      const response = await fetch(`${stage.url}/sim/v1${path}`, { method: 'PATCH', body: '{' });
      expect(response.status).toBe(401);
    },
  );

  it('is never told the token of the query', async () => {
    const stage = await Stage.start();
    expect((await fetch(`${stage.url}/sim/v1?token=${TOKEN}&access_token=${TOKEN}`)).status).toBe(401);
  });

  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one && !one.internal && one.family === 'IPv4')?.address;
  it.skipIf(outside === undefined)('is not another machine, even with the token', async () => {
    const stage = await Stage.start({ host: '0.0.0.0' });
    const lines = ['GET /sim/v1 HTTP/1.1', `Host: 127.0.0.1:${stage.port}`, 'Connection: close', AUTHORIZATION];
    expect(await stage.raw(lines, outside)).toMatch(
      /^HTTP\/1\.1 403 [\s\S]*"message":"forbidden"[\s\S]*its own machine/,
    );
    expect(await stage.raw(lines)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it.each([
    ['a name that leads here', (port: number) => [`Host: evil.example:${port}`], 'Host must be'],
    ['a name that begins like one of ours', (port: number) => [`Host: 127.0.0.1.evil.example:${port}`], 'Host must be'],
    ['a name that ends like one of ours', (port: number) => [`Host: evil.localhost:${port}`], 'Host must be'],
    ['a number that is an address', (port: number) => [`Host: 2130706433:${port}`], 'Host must be'],
    ['another port', (port: number) => [`Host: 127.0.0.1:${port ^ 1}`], 'Host must be'],
    ['no port, where it is not the usual one', () => ['Host: 127.0.0.1'], 'Host must be'],
    ['somebody in front of it', (port: number) => [`Host: me@127.0.0.1:${port}`], 'Host must be'],
    ['an empty Host', () => ['Host: '], 'Host must be'],
    ['two Hosts', (port: number) => [`Host: 127.0.0.1:${port}`, 'Host: evil.example'], 'host must stand there once'],
  ])('is not who calls by %s', async (_what, fields, sentence) => {
    const stage = await Stage.start();
    const answer = await stage.raw(['GET /sim/v1 HTTP/1.1', ...fields(stage.port), 'Connection: close', AUTHORIZATION]);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain(sentence);
  });

  it('is not who calls by no name, or names another in the target', async () => {
    const stage = await Stage.start();
    expect(await stage.raw(['GET /sim/v1 HTTP/1.0', AUTHORIZATION])).toMatch(/^HTTP\/1\.1 403 /);
    const target = await stage.raw([
      'GET http://evil.example/sim/v1 HTTP/1.1',
      `Host: 127.0.0.1:${stage.port}`,
      'Connection: close',
      AUTHORIZATION,
    ]);
    expect(target).toMatch(/^HTTP\/1\.1 403 [\s\S]*The target must be a path/);
  });

  it.each([
    ['Origin', 'http://evil.example'],
    ['Origin', 'null'],
    ['Origin', 'http://127.0.0.1'],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Site', 'same-site'],
    ['Sec-Fetch-Site', 'same-origin, cross-site'],
  ])('is not a page of another site: %s %s', async (name, value) => {
    const stage = await Stage.start();
    const answer = await stage.raw([
      'GET /sim/v1 HTTP/1.1',
      `Host: 127.0.0.1:${stage.port}`,
      `${name}: ${value}`,
      'Connection: close',
      AUTHORIZATION,
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(answer).toContain(`${name} must be`);
  });

  it('is the own page', async () => {
    const stage = await Stage.start();
    const answer = await stage.raw([
      'GET /sim/v1 HTTP/1.1',
      `Host: localhost:${stage.port}`,
      `Origin: http://localhost:${stage.port}`,
      'Sec-Fetch-Site: same-origin',
      'Connection: close',
      AUTHORIZATION,
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('is told nothing of what other sites may do: no CORS, and OPTIONS is refused', async () => {
    const stage = await Stage.start();
    const origin = `http://127.0.0.1:${stage.port}`;
    const answers = [
      await stage.ask('', { headers: { origin } }),
      await stage.ask('/boards', { headers: { origin: 'http://evil.example' } }),
      await stage.ask('/nothing', { headers: { origin } }),
      await stage.ask('/boards', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PATCH' } }),
      await stage.ask('/boards', { method: 'OPTIONS', headers: { origin: 'http://evil.example' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 403, 404, 403, 403]);
    for (const { headers } of answers) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('is announced to whom it would answer alone: programs on this machine that call it by its own name', async () => {
    const { api } = await Stage.start();
    const from = (remoteAddress: string | undefined, host = '127.0.0.1:8080') =>
      api.announce({
        url: '/env',
        socket: { remoteAddress, localPort: 8_080 },
        headersDistinct: { host: [host] },
      } as never);
    for (const here of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1']) {
      expect(from(here)).toEqual({ name: 'sim', path: '/sim/v1' });
    }
    for (const there of ['192.0.2.1', '::ffff:192.0.2.1', 'fe80::1', '::2', '::ffff:1.127.0.1', undefined]) {
      expect(from(there)).toBeUndefined();
    }
    for (const host of ['desk.example:8080', '127.0.0.1:8081']) expect(from('127.0.0.1', host)).toBeUndefined();
  });
});

it('serves its own paths and no others', async () => {
  const { api } = await Stage.start();
  expect(['/sim/v1', '/sim/v1/', '/sim/v1/x/y'].map((path) => api.serves(path))).toEqual([true, true, true]);
  expect(['/sim', '/sim/v10', '/api/v1', '/', ''].map((path) => api.serves(path))).toEqual(Array(5).fill(false));
});
