import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EXAMPLES } from '../../host-sim/cloud/api/examples.js';
import { OPERATIONS, schemasOf } from '../../host-sim/cloud/api/operations.js';
import { takesNull } from '../../host-sim/cloud/api/schema-parts.js';
import { BODY_TIMEOUT_MS, HEADERS_TIMEOUT_MS, IDLE_TIMEOUT_MS } from '../../host-sim/cloud/api/slow-request-guard.js';
import { TestClock } from './support/clock.js';
import { type Answer, ONE_REQUEST, startCloud, type TestCloud, temporaryDirectory } from './support/fixture.js';
import { words } from './support/people.js';

const HOOK_SECRET = 'the-secret-of-the-hooks';
const TRICKS = ["' OR 1=1 --", '"; DROP TABLE users; --', '../../etc/passwd', '%00', '__proto__', '{{7*7}}', '\ud800'];

interface Field {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly allowEmptyValue?: boolean;
}

/** Every operation with its schemas and the request of its example. */
const ANSWERED = Object.entries(OPERATIONS)
  // The end-user OpenAPI has another way to refuse, and tests of its own.
  // What cannot be read by the hooks is denied; they have tests of their own, too.
  .filter(([, { unserved, dialect, deniesUnreadable }]) => !unserved && !deniesUnreadable && dialect !== 'enduser');
const ROUTES = ANSWERED.map(([route, operation]) => {
  const { id, bare } = operation;
  const [method = '', path = ''] = route.split(' ');
  const schemas = schemasOf(operation);
  const example = EXAMPLES[id]!;
  const place = path.replace(/:(\w+)/g, (_all, name: string) => example.params?.[name] ?? name);
  const fields = (schema: object | undefined) =>
    Object.entries((schema as { properties?: Record<string, Field> } | undefined)?.properties ?? {});
  return {
    id,
    method,
    path: place,
    template: path,
    example,
    bare,
    body: fields(schemas.body),
    query: fields(schemas.querystring),
    hasBody: schemas.body !== undefined,
    needsBody: schemas.body !== undefined && !takesNull(schemas.body),
  };
});

/** An error as SmartLink tells it, also from an envelope that has word and sentence in one `msg`. */
function errorOf({ msg, ...body }: Answer['body']): Answer['body'] {
  const [, message, detail] = /^(\w+): (.*)$/s.exec(msg ?? '') ?? [];
  return msg === undefined ? body : { ...body, message, detail };
}

describe('a wrong type in any field', () => {
  test.each(ROUTES.filter((route) => route.body.length > 0))(
    'of the body of $id is a 400 that names it',
    async (route) => {
      const { t, headers } = await cloudWithUser();
      for (const [name, field] of route.body) {
        for (const value of wrongValues(field)) {
          const answer = await send(t, route.method, route.path, headers, {
            ...(route.example.body as object),
            [name]: value,
          });
          const { detail, ...told } = errorOf(answer.body);
          expect({ value, ...told }).toEqual({ value, code: 400, message: 'invalid_parameter', data: null });
          expect(detail).toContain(name);
        }
      }
    },
  );

  test.each(ROUTES.filter((route) => route.hasBody))(
    'and any other body than an object, of $id, is a 400',
    async (route) => {
      const { t, headers } = await cloudWithUser();
      const nothing = route.needsBody ? ['', 'null'] : [];
      for (const body of [
        ...nothing,
        '[]',
        '1',
        '"x"',
        '{',
        '{"a":1',
        '\u0000',
        '{"__proto__":1}',
        '['.repeat(2_000),
      ]) {
        const answer = await send(t, route.method, route.path, headers, body);
        expect({ body, ...errorOf(answer.body) }).toMatchObject({ body, code: 400, message: 'invalid_parameter' });
      }
    },
  );

  test.each(ROUTES.filter((route) => route.query.length > 0))(
    'of the query of $id is a 400 that names it',
    async (route) => {
      const { t, headers } = await cloudWithUser();
      for (const [name, field] of route.query) {
        const wrong = field.type === 'integer' ? ['x', '1.5', '1e99', '-1', '9'.repeat(40)] : ['x'.repeat(300)];
        for (const value of field.allowEmptyValue ? wrong : ['', ...wrong]) {
          const query = new URLSearchParams({ ...(route.example.query as Record<string, string>), [name]: value });
          const answer = await send(t, route.method, `${route.path}?${query}`, headers, route.example.body);
          const { detail, ...told } = errorOf(answer.body);
          expect({ value, ...told }).toMatchObject({ value, code: 400, message: 'invalid_parameter' });
          expect(detail).toContain(name);
        }
      }
    },
  );
});

describe('tricks', () => {
  test.each(ROUTES)('in path, query and body of $id change nothing and show nothing', async (route) => {
    const { t, headers } = await cloudWithUser();
    for (const trick of TRICKS) {
      const inPath = route.template.replace(/:\w+/g, encodeURIComponent(trick.replace('\ud800', '')) || 'x');
      const query = route.query
        .map(([name]) => `${name}=${encodeURIComponent(trick.replace('\ud800', 'x'))}`)
        .join('&');
      const body = route.hasBody ? Object.fromEntries(route.body.map(([name]) => [name, trick])) : undefined;
      const answer = await send(t, route.method, query ? `${inPath}?${query}` : inPath, headers, body);
      expect(answer.status).toBeLessThan(500);
      expect(JSON.stringify(answer.body)).not.toMatch(/SQLITE|node_modules|\.ts:|at Object|no such (table|column)/i);
    }
    expect((await t.as('GET', '/products')).body.data.total).toBeGreaterThan(3);
    expect(words(await t.login())).toBe('200 success');
  });
});

describe('secrets', () => {
  test('are in no log line, no answer to somebody else and no file', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const { token, refreshToken } = (await t.login()).body.data;
    const { apiSecret, apiKey } = (await t.as('POST', '/users/api-keys', {})).body.data;
    const { deviceSecret, mqtt, deviceId } = await t.activate();
    const { productSecret } = (await t.as('PUT', '/products/SW-SERVO-001', { activationMode: 'signed' })).body.data;
    await t.call('GET', '/users/me', undefined, { 'x-api-key': apiKey, 'x-api-secret': 'wrong' });
    await t.call('GET', '/users/me', undefined, { authorization: `Bearer ${token}x` });
    await t.call('POST', '/users/refresh-token', { refreshToken: `${refreshToken}x` });
    const seen = JSON.stringify([
      t.logged,
      (await t.as('GET', `/devices/${deviceId}`)).body,
      (await t.as('GET', '/devices')).body,
      (await t.as('GET', '/products')).body,
      (await t.as('GET', '/users/api-keys')).body,
    ]);
    const { projectId } = (await t.as('POST', '/projects', { projectName: 'Home' })).body.data;
    const { bindToken } = (await t.as('POST', `/projects/${projectId}/bind-tokens`)).body.data;
    const files = readdirSync(dataDir, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
      .join('\n');
    expect(files).toContain(deviceId);
    const secrets = [token, refreshToken, apiSecret, apiKey, deviceSecret, mqtt.password, productSecret, bindToken];
    for (const secret of [...secrets, 'password123']) {
      expect(seen).not.toContain(secret);
      expect(files).not.toContain(secret);
    }
  });
});

describe('too much', () => {
  test('of a body, announced or not, is a 413, and the cloud goes on', async () => {
    const t = await startCloud();
    const announced = await open(t);
    announced.socket.write(
      `POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760\r\n\r\n${'x'.repeat(70_000)}`,
    );
    await announced.answered;
    expect(announced.text()).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":413,"message":"invalid_parameter"/);
    const chunked = await open(t);
    chunked.socket.write('POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `${(65_536).toString(16)}\r\n${'x'.repeat(65_536)}\r\n`;
    for (let count = 0; count < 160; count += 1) chunked.socket.write(chunk);
    await chunked.answered;
    expect(chunked.text()).toMatch(/^HTTP\/1\.1 413 /);
    expect(words(await t.login())).toBe('200 success');
  });

  test('of a body for a command, which has 2 KiB, is a 413', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    const answer = await t.as('POST', `/devices/${deviceId}/control`, { action: 'trigger', x: 'x'.repeat(2_048) });
    expect(words(answer)).toBe('413 invalid_parameter');
  });
});

describe('too slow', () => {
  test('a body that does not arrive ends with 408', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const slow = await open(t);
    slow.socket.write('POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"user');
    await untilRequested(t);
    clock.advance(BODY_TIMEOUT_MS - 1);
    slow.socket.write('n');
    await t.login();
    expect(slow.text()).toBe('');
    clock.advance(1);
    await slow.closed;
    expect(slow.text()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":408,"message":"invalid_parameter"/);
  });

  test('ends when it should, wherever the clock is set in the meantime', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const body = await open(t);
    body.socket.write('POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"user');
    await untilRequested(t);
    const headers = await open(t);
    headers.socket.write('POST /api/v1/users/login HTTP/1.1\r\nX-Slow: ');
    await t.login();
    clock.set(-2 * 86_400_000);
    clock.advance(HEADERS_TIMEOUT_MS);
    await headers.closed;
    expect(headers.text()).toMatch(/^HTTP\/1\.1 408 /);
    clock.set(4 * 86_400_000);
    clock.advance(BODY_TIMEOUT_MS - HEADERS_TIMEOUT_MS - 1);
    await t.login();
    expect(body.text()).toBe('');
    clock.advance(1);
    await body.closed;
    expect(body.text()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('a connection that is kept alive may be idle, but not for ever', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const idle = await open(t);
    const ask = async () => {
      idle.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
      await once(idle.socket, 'data');
    };
    await ask();
    clock.advance(IDLE_TIMEOUT_MS - 1);
    await ask();
    clock.advance(IDLE_TIMEOUT_MS - 1);
    await ask();
    const said = idle.text();
    clock.advance(IDLE_TIMEOUT_MS);
    await idle.closed;
    // Its peer may just be sending the next request, and would take anything for the answer.
    expect(idle.text()).toBe(said);
  });

  test('a body that goes on after its request was refused is not waited for', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const slow = await open(t);
    slow.socket.write('POST /api/v1/products HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"user');
    await slow.answered;
    expect(slow.text()).toMatch(/^HTTP\/1\.1 401 /);
    slow.socket.write('x'.repeat(94));
    await untilRequested(t);
    clock.advance(IDLE_TIMEOUT_MS);
    await slow.closed;
  });

  test('a peer that does not read its answers is cut off', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const deaf = await open(t);
    deaf.socket.pause();
    deaf.socket.write('GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(200));
    await untilRequested(t);
    clock.advance(2 * IDLE_TIMEOUT_MS);
    deaf.socket.resume();
    await deaf.closed;
    expect(deaf.text().split('HTTP/1.1 200').length - 1).toBeLessThan(200);
    expect(words(await t.login())).toBe('200 success');
  });

  test('a caller who waits for his board is not cut off', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const { deviceId } = await t.activate();
    await t.login();
    const timer = clock.untilTimer(60_000);
    const answer = t.as('POST', `/devices/${deviceId}/control?wait=60000`, { action: 'trigger' });
    await timer;
    clock.advance(59_000);
    clock.advance(1_000);
    expect(words(await answer)).toBe('504 device_timeout');
  });

  test('1,000 half-open sockets disturb nobody, and are ended', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const sockets: OpenSocket[] = [];
    // Not more at once than wait to be accepted.
    while (sockets.length < 1_000) sockets.push(...(await Promise.all(Array.from({ length: 250 }, () => open(t)))));
    for (const { socket } of sockets) socket.write('POST /api/v1/users/login HTTP/1.1\r\nHost: x\r\nX-Slow: ');
    const activation = await t.activate();
    await t.online(activation);
    expect(words(await t.login())).toBe('200 success');
    clock.advance(HEADERS_TIMEOUT_MS);
    await Promise.all(sockets.map(({ closed }) => closed));
    expect(words(await t.login())).toBe('200 success');
  });
});

/** Values of every type that a field does not take. */
function wrongValues(field: Field): unknown[] {
  const named = [field.type ?? []].flat() as string[];
  const types = named.includes('number') ? [...named, 'integer'] : named;
  const all: [string, unknown][] = [
    ['string', 'x'],
    ['integer', 7],
    ['number', 1.5],
    ['boolean', true],
    ['null', null],
    ['array', []],
    ['array', ['x']],
    ['object', {}],
    ['object', { $gt: '' }],
  ];
  const fits = (type: string, value: unknown) => (field.enum ? field.enum.includes(value) : types.includes(type));
  return all.filter(([type, value]) => !fits(type, value)).map(([, value]) => value);
}

async function cloudWithUser(): Promise<{ t: TestCloud; headers: Record<string, string> }> {
  const t = await startCloud({ activationRate: 0, mqttHooks: { addresses: ['127.0.0.1'], secret: HOOK_SECRET } });
  const { token } = (await t.login()).body.data;
  return { t, headers: { authorization: `Bearer ${token}`, 'x-hook-secret': HOOK_SECRET } };
}

async function send(t: TestCloud, method: string, path: string, headers: Record<string, string>, body?: unknown) {
  const response = await fetch(t.cloud.apiUrl + path, {
    method,
    headers: { ...ONE_REQUEST, ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  return { status: response.status, body: (await response.json()) as any };
}

interface OpenSocket {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  /** Something has come. */
  readonly answered: Promise<void>;
  text(): string;
}

async function open(t: TestCloud): Promise<OpenSocket> {
  const socket = connect(t.cloud.apiPort, '127.0.0.1');
  let text = '';
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      text += chunk.toString();
      resolve();
    });
  });
  // The cloud may end a connection that is still being written to.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  return { socket, closed, answered, text: () => text };
}

/** Requests of other connections that came before have been seen when this one is answered. */
async function untilRequested(t: TestCloud): Promise<void> {
  await t.login();
  await t.login();
}
