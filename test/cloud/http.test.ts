import { createConnection } from 'node:net';
import { describe, expect, test } from 'vitest';
import { TestClock } from './support/clock.js';
import { startCloud, type TestCloud, USER } from './support/fixture.js';

const ACTIVATE = '/devices/activate';
const BODY = { productKey: 'SW-SERVO-001', deviceSN: 'A' };

describe('the envelope', () => {
  test.each([
    ['malformed JSON', '{"productKey":'],
    ['an array', '[]'],
    ['a number', '1'],
    ['null', 'null'],
    ['a text', '"x"'],
    ['nothing', ''],
    ['a body that reaches for the prototype', '{"__proto__":{"productKey":"SW-SERVO-001"},"deviceSN":"A"}'],
  ])('answers %s with 400 invalid_parameter', async (_name, body) => {
    const t = await startCloud();
    const answer = await t.call('POST', ACTIVATE, body);
    expect(answer.body).toMatchObject({ code: 400, message: 'invalid_parameter', detail: expect.any(String) });
  });

  test('answers more than 64 KiB with 413', async () => {
    const t = await startCloud();
    const answer = await t.call('POST', ACTIVATE, { ...BODY, x: 'x'.repeat(65_536) });
    expect(answer.body).toMatchObject({ code: 413, message: 'invalid_parameter' });
  });

  test('takes JSON under any content type', async () => {
    const t = await startCloud();
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json; charset=utf-8']) {
      expect((await t.call('POST', ACTIVATE, BODY, { 'content-type': type })).status).toBe(200);
    }
  });

  test.each([
    ['GET', '/nothing'],
    ['POST', '/health'],
    ['PATCH', '/devices/activate'],
    ['GET', '/devices/dev_1/nothing'],
  ])('answers %s %s with 404 not_found', async (method, path) => {
    const t = await startCloud();
    expect((await t.call(method, path)).body).toMatchObject({ code: 404, message: 'not_found', data: null });
  });

  test('answers what is not HTTP at all, and goes on', async () => {
    const t = await startCloud();
    expect(await raw(t, 'rubbish\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [\s\S]*"message":"invalid_parameter"/);
    expect(await raw(t, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*"code":431/,
    );
    expect(await raw(t, 'GET /api/v1/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*"invalid_parameter"/,
    );
    expect(await raw(t, 'GET /api/v1/devices/../../x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toMatch(
      /^HTTP\/1\.1 404 /,
    );
    expect((await fetch(`${t.cloud.apiUrl}/healthz`)).status).toBe(200);
  });

  test('answers an expectation that it does not know, and a request without Host', async () => {
    const t = await startCloud();
    const ask = async (head: string, body = '') => {
      const answer = await raw(t, `POST /api/v1/users/login HTTP/1.1\r\nConnection: close\r\n${head}\r\n\r\n${body}`);
      const [headers = '', json = ''] = answer.split('\r\n\r\n');
      return { headers, body: JSON.parse(json) };
    };
    const unknown = await ask('Host: x\r\nExpect: foo');
    expect(unknown.headers).toMatch(/^HTTP\/1\.1 417 [\s\S]*access-control-allow-origin: \*/);
    expect(unknown.body).toMatchObject({ code: 417, message: 'invalid_parameter', data: null });
    const nameless = await ask('X: y');
    expect(nameless.headers).toMatch(/^HTTP\/1\.1 400 /);
    expect(nameless.body).toMatchObject({ code: 400, message: 'invalid_parameter', data: null });
    expect(nameless.body.detail).toContain('Host');
    const body = JSON.stringify({ username: USER.name, password: USER.password });
    const known = await raw(
      t,
      `POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: 100-Continue\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(known).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(await raw(t, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test('answers an unknown path with 404, whatever is sent there', async () => {
    const t = await startCloud();
    for (const body of ['{', '[]', 'x'.repeat(100_000)]) {
      expect((await t.call('POST', '/nothing', body)).body).toMatchObject({ code: 404, message: 'not_found' });
    }
  });

  test.each([
    ['/devices', 'device_not_found'],
    ['/products', 'product_not_found'],
    ['/projects', 'project_not_found'],
  ])('finds nothing in %s under a name of any length', async (path, word) => {
    const t = await startCloud();
    for (const length of [129, 600, 15_000]) {
      expect((await t.call('GET', `${path}/${'x'.repeat(length)}`)).body.code).toBe(401);
      expect((await t.as('GET', `${path}/${'x'.repeat(length)}`)).body).toMatchObject({ code: 404, message: word });
    }
  });

  test('never shows a stack or HTML', async () => {
    const t = await startCloud();
    for (const path of ['/<script>', '/users/me?x=%00', '/devices/%00']) {
      const response = await fetch(`${t.cloud.apiUrl}/api/v1${path}`);
      expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(await response.text()).not.toMatch(/node_modules|\.ts:|<html/);
    }
  });
});

describe('around the API', () => {
  test.each(['/health', '/healthz'])('%s says that the cloud is up, without envelope', async (path) => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const response = await fetch(t.cloud.apiUrl + path);
    expect(await response.json()).toEqual({
      status: 'ok',
      service: 'smartlink-cloud',
      time: '2026-01-10T15:30:00.000Z',
    });
    expect(response.headers.get('date')).toBe('Sat, 10 Jan 2026 15:30:00 GMT');
  });

  test('browsers may call it from anywhere', async () => {
    const t = await startCloud();
    const preflight = await fetch(`${t.cloud.apiUrl}/api/v1/devices`, {
      method: 'OPTIONS',
      headers: { origin: 'http://app.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization.*X-API-Key.*X-API-Secret/);
    const refused = await fetch(`${t.cloud.apiUrl}/api/v1/devices`, { headers: { origin: 'http://app.example' } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('activation is limited to 300 at once for one address, then the given rate', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment, activationRate: 2 });
    const attempt = () => t.call('POST', ACTIVATE, BODY);
    for (let round = 0; round < 6; round += 1) await Promise.all(Array.from({ length: 50 }, attempt));
    const refused = await attempt();
    expect(refused.body).toMatchObject({ code: 429, message: 'too_many_requests' });
    expect(refused.headers.get('retry-after')).toBe('1');
    clock.advance(1_000);
    expect((await attempt()).status).toBe(200);
    expect((await attempt()).status).toBe(200);
    expect((await attempt()).status).toBe(429);
  });

  test('an activation rate of 0 switches the limit off', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment, activationRate: 0 });
    for (let round = 0; round < 7; round += 1) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => t.call('POST', ACTIVATE, BODY)));
      expect(answers.every((answer) => answer.status === 200)).toBe(true);
    }
  });
});

function raw(t: TestCloud, request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(t.cloud.apiPort, '127.0.0.1', () => socket.write(request));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? resolve(answer) : reject(error),
    );
  });
}
