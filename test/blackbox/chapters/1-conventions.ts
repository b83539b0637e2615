import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { type CloudProcess, USER, words } from '../support/cloud-process.js';

/** Chapter 1 of the API reference. */
export function conventions(cloud: CloudProcess): void {
  let token: string;
  let apiKey: { keyId: string; apiKey: string; apiSecret: string };

  beforeAll(async () => {
    token = await cloud.token();
    apiKey = (await cloud.as('POST', '/users/api-keys', { description: '用于设备集成' })).body.data;
  });

  /** curl as somebody types it, from its arguments to status and body. */
  function curl(...args: string[]): { status: number; body: unknown } {
    const out = execFileSync('curl', ['-s', '--max-time', '30', '-w', '\n%{http_code}', ...args], { encoding: 'utf8' });
    const cut = out.lastIndexOf('\n');
    return { status: Number(out.slice(cut + 1)), body: JSON.parse(out.slice(0, cut)) };
  }

  describe('1.1 base path, HTTP, JSON, UTF-8', () => {
    test('everything is below /api/v1, and nowhere else', async () => {
      expect((await cloud.as('GET', '/products')).status).toBe(200);
      for (const path of ['/products', '/v1/products', '/api/products', '/api/v2/products', '/API/V1/products']) {
        expect(words(await cloud.request('GET', path))).toBe('404 not_found');
      }
    });

    test('the ready line names the addresses that it serves', () => {
      expect(cloud.ready).toEqual({
        event: 'ready',
        panel: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
        api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        https: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
        mqtt: expect.stringMatching(/^mqtt:\/\/127\.0\.0\.1:\d+$/),
        mqtts: expect.stringMatching(/^mqtts:\/\/127\.0\.0\.1:\d+$/),
        mtls: expect.stringMatching(/^mqtts:\/\/127\.0\.0\.1:\d+$/),
        ws: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/mqtt$/),
        wss: expect.stringMatching(/^wss:\/\/127\.0\.0\.1:\d+\/mqtt$/),
        ca: expect.stringMatching(/^\/.*\/ca\.pem$/),
        boards: [],
      });
      expect(cloud.program.lines[0]).toBe(cloud.ready);
    });

    test('text of any script comes back as it was sent, raw or escaped', async () => {
      const name = '客厅开关 “ключ” 🔌 \u2028 é';
      await cloud.product('UTF-8', 'toggle', { name });
      expect((await cloud.as('GET', '/products/UTF-8')).body.data.name).toBe(name);
      const escaped = '{"productKey":"ESCAPED","name":"\\u5ba2\\u5385","category":"c","controlMode":"toggle"}';
      expect((await cloud.as('POST', '/products', escaped)).body.data.name).toBe('客厅');
    });

    test('a body is JSON whatever its content type says, as from curl -d', () => {
      const url = `${cloud.api}/api/v1/users/login`;
      expect(curl(url, '-d', JSON.stringify(USER)).status).toBe(200);
      expect(curl(url, '-d', JSON.stringify(USER), '-H', 'Content-Type: text/plain').status).toBe(200);
      const utf8 = 'Content-Type: application/json;charset=UTF-8';
      expect(curl(url, '-d', JSON.stringify(USER), '-H', utf8).status).toBe(200);
    });

    test('the reference can be typed into a shell: login, then a request with the token', () => {
      const json = ['-H', 'Content-Type: application/json'];
      const login = curl('-X', 'POST', `${cloud.api}/api/v1/users/login`, ...json, '-d', JSON.stringify(USER));
      const { data } = login.body as { data: { token: string } };
      const list = curl(`${cloud.api}/api/v1/devices?page=1&size=20`, '-H', `Authorization: Bearer ${data.token}`);
      expect(list).toEqual({
        status: 200,
        body: { code: 200, message: 'success', data: { list: [], total: 0, page: 1, size: 20 } },
      });
    });
  });

  /** Every route of chapters 2 to 4 that the reference shows with a token. */
  const PROTECTED = [
    ['GET', '/users/me'],
    ['POST', '/users/api-keys'],
    ['GET', '/users/api-keys'],
    ['DELETE', '/users/api-keys/ak_xxx'],
    ['POST', '/products'],
    ['GET', '/products?category=switch&page=1&size=20'],
    ['GET', '/products/SW-SERVO-001'],
    ['PUT', '/products/SW-SERVO-001'],
    ['DELETE', '/products/SW-SERVO-001'],
    ['GET', '/devices?productKey=SW-SERVO-001&status=1&page=1&size=20'],
    ['GET', '/devices/dev_a1b2c3d4'],
    ['GET', '/devices/dev_a1b2c3d4/status'],
    ['POST', '/devices/dev_a1b2c3d4/control'],
    ['DELETE', '/devices/dev_a1b2c3d4'],
  ] as const;

  describe('1.2 authentication', () => {
    test.each(PROTECTED)('%s %s without credentials is 401, whatever the body holds', async (method, path) => {
      const bodies = method === 'GET' ? [undefined] : [undefined, '{broken', {}];
      for (const body of bodies) expect(words(await cloud.call(method, path, body))).toBe('401 unauthorized');
    });

    test('takes Authorization: Bearer and a token that begins as in the reference', async () => {
      expect(token).toMatch(/^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\.[\w-]+\.[\w-]{43}$/);
      for (const authorization of [`Bearer ${token}`, `bearer ${token}`, `BEARER  ${token}`]) {
        expect((await cloud.call('GET', '/users/me', undefined, { authorization })).status).toBe(200);
      }
    });

    test('refuses anything else in Authorization', async () => {
      const basic = `Basic ${Buffer.from(`${USER.username}:${USER.password}`).toString('base64')}`;
      for (const authorization of ['', 'Bearer', 'Bearer ', token, `Token ${token}`, `Bearer ${token} x`, basic]) {
        expect(words(await cloud.call('GET', '/users/me', undefined, { authorization }))).toBe('401 unauthorized');
      }
    });

    test('refuses tokens that are forged: no signature, another key, another user, another algorithm', async () => {
      const [header = '', payload = '', signature = ''] = token.split('.');
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
      const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
      const signed = (head: object, body: object, key: string) => {
        const text = `${encode(head)}.${encode(body)}`;
        return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
      };
      const someone = encode({ ...claims, sub: '2' });
      for (const forged of [
        `${header}.${payload}.`,
        `${header}.${payload}`,
        `${encode({ alg: 'none', typ: 'JWT' })}.${payload}.`,
        `${encode({ alg: 'NONE' })}.${payload}.${signature}`,
        `${header}.${someone}.${signature}`,
        `${header}.${payload}.${Buffer.alloc(32).toString('base64url')}`,
        signed({ alg: 'HS256', typ: 'JWT' }, claims, ''),
        signed({ alg: 'HS256', typ: 'JWT' }, claims, 'secret'),
        signed({ alg: 'HS256', typ: 'JWT', jwk: { kty: 'oct', k: 'c2VjcmV0' } }, claims, 'secret'),
        signed({ alg: 'HS256', typ: 'JWT', kid: '/dev/null' }, claims, ''),
        `${encode({ alg: 'HS384', typ: 'JWT' })}.${payload}.${signature}`,
        'x'.repeat(4096),
      ]) {
        const answer = await cloud.call('GET', '/users/me', undefined, { authorization: `Bearer ${forged}` });
        expect(words(answer)).toBe('401 unauthorized');
      }
    });

    test('takes X-API-Key and X-API-Secret for products and devices', async () => {
      const headers = { 'x-api-key': apiKey.apiKey, 'x-api-secret': apiKey.apiSecret };
      expect((await cloud.call('GET', '/users/me', undefined, headers)).body.data.userId).toBe(1);
      const made = { productKey: 'BY-KEY', name: 'n', category: 'c', controlMode: 'toggle' };
      expect((await cloud.call('POST', '/products', made, headers)).status).toBe(200);
      expect((await cloud.call('GET', '/devices', undefined, headers)).status).toBe(200);
      expect((await cloud.call('DELETE', '/products/BY-KEY', undefined, headers)).status).toBe(200);
      const { body, status } = curl(
        `${cloud.api}/api/v1/products`,
        ...['-H', `X-API-Key: ${apiKey.apiKey}`, '-H', `X-API-Secret: ${apiKey.apiSecret}`],
      );
      expect([status, (body as { code: number }).code]).toEqual([200, 200]);
    });

    test('refuses a key without its secret, and a secret that is not its own', async () => {
      const other = (await cloud.as('POST', '/users/api-keys', { description: 'other' })).body.data;
      for (const headers of [
        { 'x-api-key': apiKey.apiKey },
        { 'x-api-secret': apiKey.apiSecret },
        { 'x-api-key': apiKey.apiKey, 'x-api-secret': '' },
        { 'x-api-key': apiKey.apiKey, 'x-api-secret': apiKey.apiKey },
        { 'x-api-key': apiKey.apiKey, 'x-api-secret': other.apiSecret },
        { 'x-api-key': apiKey.apiKey, 'x-api-secret': `${apiKey.apiSecret}0` },
        { 'x-api-key': apiKey.keyId, 'x-api-secret': apiKey.apiSecret },
        { 'x-api-key': "' OR '1'='1", 'x-api-secret': "' OR '1'='1" },
        { authorization: `Bearer ${apiKey.apiKey}` },
      ] as Record<string, string>[]) {
        expect(words(await cloud.call('GET', '/users/me', undefined, headers))).toBe('401 unauthorized');
      }
    });

    test('takes no credentials from the query or a cookie', async () => {
      expect((await cloud.call('GET', `/users/me?token=${token}&access_token=${token}`)).status).toBe(401);
      expect((await cloud.call('GET', '/users/me', undefined, { cookie: `token=${token}` })).status).toBe(401);
    });
  });
}
