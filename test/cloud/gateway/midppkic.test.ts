import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectBoard } from '../support/board.js';
import { TestClock } from '../support/clock.js';
import { ONE_REQUEST, startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { signUp } from '../support/people.js';
import { caOf, run, startTlsCloud } from '../support/tls.js';

const PFX = '/cert/app/v1/pfx';
const REVOKE = '/cert/app/revoke';
const TIME = '/cert/app/v2/now/utc-time';

interface Asked {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  readonly body: any;
}

/** A request to the gateway's PKI, with a token of its own; checks that every answer keeps the gateway's envelope. */
async function ask(t: TestCloud, method: string, path: string, body?: unknown, token?: string): Promise<Asked> {
  const response = await fetch(`${t.cloud.apiUrl}/api/midppkic${path}`, {
    method,
    headers: { ...ONE_REQUEST, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answer: Asked = { status: response.status, body: await response.json() };
  expect(Object.keys(answer.body)).toEqual(['code', 'msg', 'data']);
  expect(answer.body.code).toBe(answer.status);
  if (answer.status === 200) expect(answer.body.msg).toBe('success');
  else expect(answer.body.data).toBeNull();
  return answer;
}

const tokenOf = async (t: TestCloud): Promise<string> => (await t.login()).body.data.token as string;

describe('the gateway’s certificates (midppkic)', () => {
  test('are PKCS #12 files that OpenSSL opens and the mutual TLS listener takes, until they are revoked', async () => {
    const t = await startTlsCloud();
    const token = await tokenOf(t);
    const { data } = (await ask(t, 'POST', PFX, { password: 'changeit' }, token)).body;
    expect(data).toEqual({
      pfx: expect.any(String),
      password: 'changeit',
      serialNumber: expect.stringMatching(/^[0-9A-F]{32}$/),
      notAfter: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
    });
    const file = join(temporaryDirectory(), 'app.p12');
    writeFileSync(file, Buffer.from(data.pfx, 'base64'));
    const { code, output: pem } = await run('openssl', 'pkcs12', '-in', file, '-passin', 'pass:changeit', '-noenc');
    expect(code).toBe(0);
    const activation = await t.activate();
    const tls = { ca: caOf(t), cert: pem, key: pem };
    const board = await connectBoard(t.cloud.tls.mtlsUrl, activation, { tls });
    const closed = board.closed();
    const { serialNumber } = data;
    expect((await ask(t, 'POST', REVOKE, { serialNumber }, token)).body.data).toBeNull();
    await closed;
    await expect(connectBoard(t.cloud.tls.mtlsUrl, activation, { tls })).rejects.toThrow();
    const listed = (await t.as('GET', '/certificates')).body.data.list[0];
    expect(listed).toMatchObject({ serialNumber, kind: 'app', status: 'revoked' });
  });

  test('have a password of the server’s where the request has none', async () => {
    const t = await startTlsCloud();
    const token = await tokenOf(t);
    const passwords = [];
    for (const body of [undefined, {}, { password: null }]) {
      passwords.push((await ask(t, 'POST', PFX, body, token)).body.data.password);
    }
    for (const password of passwords) expect(password).toMatch(/^[\w-]{16}$/);
    expect(new Set(passwords).size).toBe(3);
  });

  test('are revoked by their owner alone', async () => {
    const t = await startTlsCloud();
    const { serialNumber } = (await ask(t, 'POST', PFX, {}, await tokenOf(t))).body.data;
    await signUp(t, 'stranger');
    const stranger = (await t.login({ name: 'stranger', password: 'password123' })).body.data.token;
    expect((await ask(t, 'POST', REVOKE, { serialNumber }, stranger)).status).toBe(404);
    expect((await t.as('GET', '/certificates')).body.data.list[0].status).toBe('valid');
  });
});

describe('the gateway’s time', () => {
  test('is told to anybody, by the cloud’s clock', async () => {
    const clock = new TestClock(Date.UTC(2026, 0, 10, 10));
    const t = await startCloud({ environment: clock.environment });
    const { data } = (await ask(t, 'GET', TIME)).body;
    expect(data).toEqual({ utcTime: '2026-01-10T10:00:00.000Z', timestamp: clock.now });
  });
});

describe('the gateway’s envelope', () => {
  test('holds every error: a word, and behind a colon a sentence', async () => {
    const t = await startCloud();
    const token = await tokenOf(t);
    const told = async (...request: [string, string, unknown?, string?]) => (await ask(t, ...request)).body.msg;
    expect(await told('POST', PFX)).toMatch(/^unauthorized: /);
    expect(await told('POST', REVOKE, { serialNumber: 'A1' }, 'forged')).toMatch(/^unauthorized: /);
    expect(await told('POST', PFX, {}, token)).toBe('not_found: this cloud does not listen with TLS');
    expect(await told('POST', PFX, { password: 'x' }, token)).toMatch(/^invalid_parameter: password must/);
    expect(await told('POST', PFX, '{', token)).toBe('invalid_parameter: body is not valid JSON');
    expect(await told('POST', PFX, { password: 'x'.repeat(70_000) }, token)).toBe(
      'invalid_parameter: body is too large',
    );
    expect(await told('POST', REVOKE, {}, token)).toBe('invalid_parameter: serialNumber is required');
    expect(await told('POST', REVOKE, { serialNumber: "' OR 1=1" }, token)).toMatch(/^not_found: /);
    expect(await told('GET', '/cert/app/v9/pfx')).toBe('not_found: there is no GET /api/midppkic/cert/app/v9/pfx');
    expect(await told('GET', PFX, undefined, token)).toMatch(/^not_found: /);
    expect(await told('GET', '/cert/%zz')).toBe('invalid_parameter: the path is not valid');
  });
});
