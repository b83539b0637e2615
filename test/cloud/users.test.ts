import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../host-sim/cloud/store/database.js';
import { TestClock } from './support/clock.js';
import { type Answer, matches, startCloud, type TestCloud, temporaryDirectory, USER } from './support/fixture.js';

const NEW_USER = { username: 'anna', email: 'anna@example.com', password: 'secret-1' };

const register = (t: TestCloud, body: unknown = NEW_USER) => t.call('POST', '/users/register', body);
const me = (t: TestCloud, token: string) => t.call('GET', '/users/me', undefined, { authorization: `Bearer ${token}` });
const refresh = (t: TestCloud, refreshToken: unknown) => t.call('POST', '/users/refresh-token', { refreshToken });
const words = (answer: Answer) => ({ code: answer.body.code, message: answer.body.message });

describe('register', () => {
  test('makes an account that can log in by name or address', async () => {
    const t = await startCloud();
    const answer = await register(t);
    expect(answer.status).toBe(200);
    matches('register', answer);
    expect(answer.body.data).toMatchObject({ userId: 2, username: 'anna', email: 'anna@example.com' });
    expect((await t.call('POST', '/users/login', { username: 'anna', password: 'secret-1' })).status).toBe(200);
    expect((await t.call('POST', '/users/login', { email: 'Anna@example.com', password: 'secret-1' })).status).toBe(
      200,
    );
  });

  test("takes the origin's names: email, password, name", async () => {
    const t = await startCloud();
    const answer = await register(t, { email: 'bob@example.com', password: 'secret-1', name: 'Bob' });
    expect(answer.body.data).toMatchObject({ username: 'bob@example.com', email: 'bob@example.com', name: 'Bob' });
  });

  test.each([
    [
      { username: 'bob', email: '' },
      { username: 'bob', email: null },
    ],
    [
      { username: 'bob', email: null },
      { username: 'bob', email: null },
    ],
    [
      { username: '', email: 'bob@example.com' },
      { username: 'bob@example.com', email: 'bob@example.com' },
    ],
    [
      { username: null, email: 'bob@example.com' },
      { username: 'bob@example.com', email: 'bob@example.com' },
    ],
    [{ username: ' ', email: ' bob@example.com', name: null }, undefined],
  ])('takes %j for a form that was not filled in', async (names, user) => {
    const t = await startCloud();
    const answer = await register(t, { ...names, password: 'secret-1' });
    if (user) expect(answer.body.data).toEqual({ userId: 2, ...user });
    else expect(words(answer)).toEqual({ code: 400, message: 'invalid_parameter' });
    const login = await t.call('POST', '/users/login', { ...names, password: 'secret-1' });
    expect(login.status).toBe(user ? 200 : 401);
  });

  test.each([
    ['the same name', { username: 'ANNA', password: 'secret-1' }],
    ['the same address', { username: 'other', email: 'ANNA@example.com', password: 'secret-1' }],
    ["a name that is another's address", { username: 'anna@example.com', password: 'secret-1' }],
    ["an address that is another's name", { username: 'x', email: USER.name, password: 'secret-1' }],
  ])('refuses %s', async (_name, body) => {
    const t = await startCloud();
    await register(t);
    expect(words(await register(t, body))).toEqual({ code: 400, message: 'user_exists' });
  });

  test.each([
    ['no password', { username: 'x' }, 'password'],
    ['a short password', { username: 'x', password: '12345' }, 'password'],
    ['a number as password', { username: 'x', password: 123456 }, 'password'],
    ['neither name nor address', { password: 'secret-1' }, 'username'],
    ['a blank name', { username: '  ', password: 'secret-1' }, 'username'],
    ['a name with a control character', { username: 'a\u0000b', password: 'secret-1' }, 'username'],
    ['an address without @', { email: 'x', password: 'secret-1' }, 'email'],
    ['an object as name', { username: {}, password: 'secret-1' }, 'username'],
  ])('refuses %s', async (_name, body, field) => {
    const t = await startCloud();
    const answer = await register(t, body);
    expect(answer.body).toMatchObject({ code: 400, message: 'invalid_parameter' });
    expect(answer.body.detail).toContain(field);
  });
});

describe('login', () => {
  test('answers user, token, refresh token and lifetime', async () => {
    const t = await startCloud();
    const answer = await t.login();
    expect(answer.body).toMatchObject({
      code: 200,
      message: 'success',
      data: { user: { username: USER.name }, expiresIn: 86_400 },
    });
    matches('login', answer);
    matches('me', await me(t, answer.body.data.token));
  });

  test('refuses a wrong password and an unknown user alike', async () => {
    const t = await startCloud();
    const wrong = await t.login({ ...USER, password: 'wrong' });
    const unknown = await t.login({ ...USER, name: 'nobody' });
    expect(words(wrong)).toEqual({ code: 401, message: 'invalid_password' });
    expect(unknown.body).toEqual(wrong.body);
  });
});

describe('tokens', () => {
  test('an access token ends after 24 hours', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const { token } = (await t.login()).body.data;
    clock.advance(86_399_000);
    expect((await me(t, token)).status).toBe(200);
    clock.advance(1_000);
    expect(words(await me(t, token))).toEqual({ code: 401, message: 'unauthorized' });
  });

  test('a refresh token works once, and gives a new pair', async () => {
    const t = await startCloud();
    const login = (await t.login()).body.data;
    const answer = await refresh(t, login.refreshToken);
    matches('refreshToken', answer);
    expect(answer.body.data.refreshToken).not.toBe(login.refreshToken);
    expect((await me(t, answer.body.data.token)).status).toBe(200);
    expect((await refresh(t, answer.body.data.refreshToken)).status).toBe(200);
  });

  test('reuse of a spent refresh token ends everything that came from that login, and no other login', async () => {
    const t = await startCloud();
    const stolen = (await t.login()).body.data;
    const other = (await t.login()).body.data;
    const rotated = (await refresh(t, stolen.refreshToken)).body.data;
    expect(words(await refresh(t, stolen.refreshToken))).toEqual({ code: 401, message: 'unauthorized' });
    expect((await refresh(t, rotated.refreshToken)).status).toBe(401);
    expect((await me(t, rotated.token)).status).toBe(401);
    expect((await me(t, other.token)).status).toBe(200);
    expect((await refresh(t, other.refreshToken)).status).toBe(200);
  });

  test('of all tokens of a login only the next one is stored, and any other is known again', async () => {
    const dataDir = temporaryDirectory();
    const before = await startCloud({ dataDir });
    const first = (await before.login()).body.data;
    let next = first;
    for (let count = 0; count < 20; count += 1) next = (await refresh(before, next.refreshToken)).body.data;
    await before.cloud.close();
    const database = await openDatabase(join(dataDir, 'cloud.sqlite'));
    expect(database.prepare('SELECT count(*) AS n FROM refresh_tokens').get()).toEqual({ n: 1 });
    database.close();
    const t = await startCloud({ dataDir });
    const flipped = first.refreshToken.at(-2) === 'A' ? 'B' : 'A';
    const forged = `${first.refreshToken.slice(0, -2)}${flipped}${first.refreshToken.at(-1)}`;
    expect(words(await refresh(t, forged))).toEqual({ code: 401, message: 'unauthorized' });
    expect((await me(t, next.token)).status).toBe(200);
    expect(words(await refresh(t, first.refreshToken))).toEqual({ code: 401, message: 'unauthorized' });
    expect((await me(t, next.token)).status).toBe(401);
    expect((await refresh(t, next.refreshToken)).status).toBe(401);
  });

  test('a refresh token that a former version spent still ends its login', async () => {
    const dataDir = temporaryDirectory();
    const before = await startCloud({ dataDir });
    const { token, refreshToken } = (await before.login()).body.data;
    await before.cloud.close();
    const database = await openDatabase(join(dataDir, 'cloud.sqlite'));
    database.exec('UPDATE refresh_tokens SET used_at = 1');
    database.close();
    const t = await startCloud({ dataDir });
    expect((await refresh(t, refreshToken)).status).toBe(401);
    expect((await me(t, token)).status).toBe(401);
  });

  test('a refresh token ends after 30 days', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const { refreshToken } = (await t.login()).body.data;
    clock.advance(30 * 86_400_000);
    expect((await refresh(t, refreshToken)).status).toBe(401);
  });

  test.each([['rt_unknown'], ["' OR 1=1 --"], ['x'.repeat(300)], ['x'.repeat(60_000)]])(
    'an unknown refresh token %s is unauthorized',
    async (token) => {
      const t = await startCloud();
      expect(words(await refresh(t, token))).toEqual({ code: 401, message: 'unauthorized' });
    },
  );

  test('forged tokens of every kind are refused', async () => {
    const t = await startCloud();
    const { token } = (await t.login()).body.data;
    const [header, payload, signature] = (token as string).split('.') as [string, string, string];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const hs256 = encode({ alg: 'HS256', typ: 'JWT' });
    const sign = (text: string, key: string) => `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
    const forged = [
      `${encode({ alg: 'none' })}.${payload}.`,
      `${encode({ alg: 'None' })}.${payload}.${signature}`,
      `${encode({ alg: 'HS512', typ: 'JWT' })}.${payload}.${signature}`,
      sign(`${hs256}.${payload}`, 'secret'),
      sign(`${hs256}.${payload}`, ''),
      `${header}.${encode({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: '2' })}.${signature}`,
      `${header}.${payload}`,
      'x',
      '..',
    ];
    for (const attempt of forged) expect(words(await me(t, attempt))).toEqual({ code: 401, message: 'unauthorized' });
    for (const authorization of ['', 'Bearer', 'Bearer ', `Basic ${token}`, token as string]) {
      expect((await t.call('GET', '/users/me', undefined, { authorization })).status).toBe(401);
    }
    expect((await t.call('GET', '/users/me', undefined, { authorization: `bearer ${token}` })).status).toBe(200);
  });

  test('another cloud does not take them', async () => {
    const { token } = (await (await startCloud()).login()).body.data;
    expect((await me(await startCloud(), token)).status).toBe(401);
  });
});
