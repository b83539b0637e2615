import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Answer, type CloudProcess, words } from '../support/cloud-process.js';

/** Chapter 6 of the API reference. */
export function errors(cloud: CloudProcess): void {
  const trigger = (deviceId: string) => cloud.as('POST', `/devices/${deviceId}/control`, { action: 'trigger' });
  const activate = (productKey: string, deviceSN = cloud.serial()) =>
    cloud.call('POST', '/devices/activate', { productKey, deviceSN });

  /** Sends bytes as they are; resolves with all that comes back, when the cloud has closed. */
  function raw(bytes: string | Buffer): Promise<string> {
    const socket = connect(Number(new URL(cloud.api).port), '127.0.0.1').on('error', () => {});
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.write(bytes);
    return new Promise((resolve) => socket.once('close', () => resolve(answer)));
  }

  describe('6.1 the error answer', () => {
    test('has code, message and data: null; a sentence for people may stand beside them in detail', async () => {
      expect((await activate('NOPE')).text).toBe('{"code":400,"message":"invalid_product_key","data":null}');
      expect((await cloud.as('GET', '/devices/dev_00000000')).text).toBe(
        '{"code":404,"message":"device_not_found","data":null}',
      );
      expect((await cloud.as('POST', '/products', {})).body).toEqual({
        code: 400,
        message: 'invalid_parameter',
        data: null,
        detail: expect.any(String),
      });
    });
  });

  describe('6.2 codes', () => {
    test.each([
      [200, 'success', () => cloud.as('GET', '/users/me')],
      [400, 'invalid_parameter', () => cloud.call('POST', '/users/login', {})],
      [401, 'unauthorized', () => cloud.call('GET', '/users/me')],
      [403, 'forbidden', () => cloud.as('DELETE', '/projects/proj_default')],
      [404, 'not_found', () => cloud.as('GET', '/nothing')],
    ] as const)('%i, which is the HTTP status too: %s', async (code, word, ask) => {
      const answer: Answer = await ask();
      expect([answer.status, answer.body.code, answer.body.message]).toEqual([code, code, word]);
    });

    test.each([
      ['PATCH', '/devices'],
      ['PUT', '/devices'],
      ['DELETE', '/products'],
      ['GET', '/users/login'],
      ['GET', '/users/register'],
      ['GET', '/devices/activate/x'],
      ['POST', '/devices/x/y'],
      ['GET', ''],
      ['GET', '/'],
      ['GET', '/users'],
      ['TRACE_', '/devices'],
    ])('404 for %s %s, which nobody serves', async (method, path) => {
      if (method === 'TRACE_') {
        expect(await raw(`TRACE /api/v1${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)).toMatch(
          /^HTTP\/1\.1 40[045] /,
        );
      } else expect(words(await cloud.as(method, path))).toBe('404 not_found');
    });
  });

  describe('6.3 words', () => {
    test('invalid_product_key: an activation or a registration for a product that is not there', async () => {
      expect(words(await activate('NOPE'))).toBe('400 invalid_product_key');
      const register = await cloud.as('POST', '/devices', { productKey: 'NOPE', deviceSN: 'A1' });
      expect(words(register)).toBe('400 invalid_product_key');
    });

    test('product_disabled: activating, commanding and connecting for a product with status 0', async () => {
      await cloud.product('RESTING', 'toggle');
      const activation = await cloud.activate({ productKey: 'RESTING' });
      await cloud.as('PUT', '/products/RESTING', { status: 0 });
      expect(words(await activate('RESTING'))).toBe('403 product_disabled');
      expect(words(await trigger(activation.deviceId))).toBe('403 product_disabled');
      await expect(cloud.connect(activation)).rejects.toMatchObject({ code: 5 });
      await cloud.logged('product_disabled', activation.mqtt.username);
    });

    test('device_not_found', async () => {
      expect(words(await trigger('dev_00000000'))).toBe('404 device_not_found');
    });

    test('device_not_activated: registered by a user, and its board never came', async () => {
      const { deviceId } = (await cloud.as('POST', '/devices', { productKey: 'SW-SERVO-001', deviceSN: 'A1' })).body
        .data;
      expect(words(await trigger(deviceId))).toBe('400 device_not_activated');
    });

    test('device_disabled: activating, commanding and connecting', async () => {
      const activation = await cloud.activate();
      await cloud.as('PUT', `/devices/${activation.deviceId}`, { status: 3 });
      expect(words(await activate('SW-SERVO-001', activation.deviceSN))).toBe('403 device_disabled');
      expect(words(await trigger(activation.deviceId))).toBe('403 device_disabled');
      await expect(cloud.connect(activation)).rejects.toMatchObject({ code: 5 });
      await cloud.logged('device_disabled', activation.mqtt.username);
    });

    test('invalid_password: logging in, and connecting', async () => {
      const login = await cloud.call('POST', '/users/login', { username: 'x', password: 'y' });
      expect(words(login)).toBe('401 invalid_password');
      const activation = await cloud.activate();
      await expect(cloud.connect(activation, { password: 'x' })).rejects.toMatchObject({ code: 4 });
      await cloud.logged('invalid_password', activation.mqtt.username);
    });

    test('invalid_client_id: connecting as somebody else', async () => {
      const activation = await cloud.activate();
      await expect(cloud.connect(activation, { clientId: 'x' })).rejects.toMatchObject({ code: 5 });
      await cloud.logged('invalid_client_id', activation.mqtt.username);
    });

    test('no_control_params', async () => {
      const { deviceId } = await cloud.activate();
      expect(words(await cloud.as('POST', `/devices/${deviceId}/control`, {}))).toBe('400 no_control_params');
    });
  });

  describe('a request that is none', () => {
    test.each([
      ['broken JSON', '{"username":'],
      ['an empty body', ''],
      ['a list', '[]'],
      ['a string', '"x"'],
      ['null', 'null'],
      ['a form', 'username=user%40example.com&password=password123'],
      ['XML', '<?xml version="1.0"?><login/>'],
      ['a duplicate that ends in rubbish', '{}{}'],
      ['depth', '['.repeat(20_000)],
      ['bytes that are no UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ])('is 400: %s', async (_name, body) => {
      expect(words(await cloud.call('POST', '/users/login', body))).toBe('400 invalid_parameter');
    });

    test('takes 64 KiB at most, announced or not', async () => {
      const body = (size: number) => `{"username":"x","password":"y","z":"${'z'.repeat(size - 38)}"}`;
      expect(Buffer.byteLength(body(65_536))).toBe(65_536);
      expect(words(await cloud.call('POST', '/users/login', body(65_536)))).toBe('401 invalid_password');
      expect(words(await cloud.call('POST', '/users/login', body(65_537)))).toBe('413 invalid_parameter');
      const chunk = 'x'.repeat(65_537);
      const head = 'POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nConnection: close\r\n';
      const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.length.toString(16)}\r\n${chunk}\r\n0\r\n\r\n`;
      expect(await raw(chunked)).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":413,"message":"invalid_parameter","data":null/);
    });

    test.each([
      ['413 invalid_parameter', '/products', {}],
      ['413 invalid_parameter', '/products', { connection: 'close' }],
      ['404 not_found', '/nothing', {}],
      ['401 unauthorized', '/products', { authorization: 'Bearer x' }],
    ])('of 10 MB gets its answer, always: %s for %s %j', async (expected, path, headers: Record<string, string>) => {
      const announced = 'x'.repeat(10_000_000);
      for (let count = 0; count < 30; count += 1) {
        expect(words(await cloud.as('POST', path, announced, headers))).toBe(expected);
      }
      const authorization = `Bearer ${await cloud.token()}`;
      const chunk = new Uint8Array(50_000).fill(32);
      for (let count = 0; count < 30; count += 1) {
        const body = new ReadableStream({
          start: (controller) => {
            for (let sent = 0; sent < 200; sent += 1) controller.enqueue(chunk);
            controller.close();
          },
        });
        const request = { method: 'POST', headers: { authorization, ...headers }, body, duplex: 'half' };
        const response = await fetch(`${cloud.api}/api/v1${path}`, request as RequestInit);
        const { code, message } = (await response.json()) as { code: number; message: string };
        expect(words({ code, message })).toBe(expected);
      }
    });

    test.each([
      ['is not HTTP', 'hello\r\n\r\n', 400],
      [
        'has a path that cannot be decoded',
        'GET /api/v1/devices/%E0%A4%A HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
        400,
      ],
      ['has headers without end', `GET / HTTP/1.1\r\nX: ${'x'.repeat(32_768)}\r\n\r\n`, 431],
      ['names no host', 'GET /api/v1/devices HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
      [
        'expects what is unknown',
        'GET /api/v1/devices HTTP/1.1\r\nHost: x\r\nConnection: close\r\nExpect: foo\r\n\r\n',
        417,
      ],
      [
        'has two lengths',
        'POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
        400,
      ],
      [
        'has length and chunks',
        'POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
      ],
    ])('that %s is answered in the same envelope', async (_name, bytes, code) => {
      const answer = await raw(bytes);
      const [head = '', body = ''] = answer.split('\r\n\r\n');
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${code} `));
      expect(head.toLowerCase()).toContain('content-type: application/json; charset=utf-8');
      expect(JSON.parse(body)).toEqual({ code, message: 'invalid_parameter', data: null, detail: expect.any(String) });
    });

    test('leaves the service as it was', async () => {
      expect((await cloud.as('GET', '/devices')).status).toBe(200);
    });
  });
}
