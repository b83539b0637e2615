import { beforeAll, describe, expect, test } from 'vitest';
import { formOf, REFERENCE, TIME } from '../../support/api-reference.js';
import { type CloudProcess, words } from '../support/cloud-process.js';

/** Chapter 2 of the API reference. */
export function users(cloud: CloudProcess): void {
  const ACCOUNT = { username: 'user@example.com', password: 'password123', email: 'user@example.com' };
  const { email: _, ...LOGIN } = ACCOUNT;

  let userId: number;
  let me: { authorization: string };

  beforeAll(async () => {
    userId = (await cloud.call('POST', '/users/register', ACCOUNT)).body.data.userId;
    me = { authorization: `Bearer ${(await cloud.call('POST', '/users/login', LOGIN)).body.data.token}` };
  });

  const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

  describe('2.1 register', () => {
    test('answers as in the reference', async () => {
      const account = { username: 'second@example.com', password: 'password123', email: 'second@example.com' };
      const answer = await cloud.call('POST', '/users/register', account);
      expect(answer.body).toEqual({
        code: 200,
        message: 'success',
        data: { userId: userId + 1, username: 'second@example.com', email: 'second@example.com' },
      });
      expect(formOf(answer.body)).toEqual(formOf(REFERENCE['2.1']));
    });

    test('refuses a name or an address that is taken, in any letter case', async () => {
      for (const account of [
        ACCOUNT,
        { ...ACCOUNT, username: 'someone', email: 'USER@Example.com' },
        { ...ACCOUNT, username: 'User@example.com', email: 'new@example.com' },
      ]) {
        expect(words(await cloud.call('POST', '/users/register', account))).toBe('400 user_exists');
      }
    });

    test('registers a name once, however many ask at the same time', async () => {
      const account = { username: 'race', password: 'password123', email: 'race@example.com' };
      const answers = await Promise.all(
        Array.from({ length: 4 }, () => cloud.call('POST', '/users/register', account)),
      );
      expect(answers.map(words).sort()).toEqual(['200 success', ...Array(3).fill('400 user_exists')]);
    });

    test.each([
      ['username', { password: 'password123' }],
      ['password', { username: 'x', email: 'x@example.com' }],
      ['password', { username: 'x', password: 'short', email: 'x@example.com' }],
      ['password', { username: 'x', password: 12345678 }],
      ['email', { username: 'x', password: 'password123', email: 'no address' }],
      ['username', { username: '', password: 'password123' }],
      ['username', { username: ['x'], password: 'password123' }],
      ['username', { username: 'a\u0000b', password: 'password123' }],
    ])('names the field %s of %j', async (field, account) => {
      const answer = await cloud.call('POST', '/users/register', account);
      expect(words(answer)).toBe('400 invalid_parameter');
      expect(answer.body.detail).toContain(field);
    });
  });

  describe('2.2 login', () => {
    test('answers as in the reference: user, token, refreshToken, expiresIn', async () => {
      const answer = await cloud.call('POST', '/users/login', LOGIN);
      expect(formOf(answer.body)).toEqual(formOf(REFERENCE['2.2']));
      const { user, token, expiresIn } = answer.body.data;
      expect(user).toEqual({ userId, username: 'user@example.com', email: 'user@example.com' });
      expect(expiresIn).toBe(86400);
      const { iat, exp } = claimsOf(token);
      expect(exp - iat).toBe(86400);
      expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(60);
      expect(JSON.stringify(claimsOf(token))).not.toContain('password');
    });

    test('with a wrong password is 401 invalid_password, and for an unknown user just the same', async () => {
      const wrong = await cloud.call('POST', '/users/login', { ...LOGIN, password: 'password124' });
      const unknown = await cloud.call('POST', '/users/login', {
        username: 'nobody@example.com',
        password: 'password123',
      });
      expect(words(wrong)).toBe('401 invalid_password');
      expect(unknown.text).toBe(wrong.text);
      for (const password of ['', ' password123', 'PASSWORD123', `password123${' '.repeat(8)}`]) {
        expect(words(await cloud.call('POST', '/users/login', { username: 'second@example.com', password }))).toBe(
          '401 invalid_password',
        );
      }
    });

    test.each([
      [{}],
      [{ username: 'user@example.com' }],
      [{ password: 'password123' }],
      [{ ...LOGIN, password: null }],
    ])('of %j is 400', async (body) => {
      expect(words(await cloud.call('POST', '/users/login', body))).toBe('400 invalid_parameter');
    });
  });

  describe('2.3 refresh of a token', () => {
    const refresh = (refreshToken: unknown) => cloud.call('POST', '/users/refresh-token', { refreshToken });
    const login = async () => (await cloud.call('POST', '/users/login', LOGIN)).body.data;
    const whoIs = (token: string) => cloud.call('GET', '/users/me', undefined, { authorization: `Bearer ${token}` });

    test('needs no other credentials and gives the token fields of the login, all of them new', async () => {
      const first = await login();
      const answer = await refresh(first.refreshToken);
      const { user: _user, ...fields } = REFERENCE['2.2'].data;
      expect(formOf(answer.body.data)).toEqual(formOf(fields));
      expect(answer.body.data.expiresIn).toBe(86400);
      expect(answer.body.data.refreshToken).not.toBe(first.refreshToken);
      expect((await whoIs(answer.body.data.token)).body.data.userId).toBe(userId);
      expect((await refresh(answer.body.data.refreshToken)).status).toBe(200);
    });

    test('works once: a second use ends the login, access tokens included, and no other login', async () => {
      const stolen = await login();
      const mine = await login();
      const next = (await refresh(stolen.refreshToken)).body.data;
      expect(words(await refresh(stolen.refreshToken))).toBe('401 unauthorized');
      expect(words(await refresh(next.refreshToken))).toBe('401 unauthorized');
      expect(words(await whoIs(next.token))).toBe('401 unauthorized');
      expect(words(await whoIs(stolen.token))).toBe('401 unauthorized');
      expect((await whoIs(mine.token)).status).toBe(200);
      expect((await refresh(mine.refreshToken)).status).toBe(200);
    });

    test('two uses at the same time give one new pair at most', async () => {
      const { refreshToken } = await login();
      const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken)]);
      expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    });

    test('refuses an access token, rubbish and nothing', async () => {
      const { token, refreshToken } = await login();
      expect(words(await refresh(token))).toMatch(/^40[01] /);
      expect(words(await refresh('eyJhbGci...'))).toBe('401 unauthorized');
      expect(words(await refresh('x'))).toBe('401 unauthorized');
      for (const value of [undefined, null, 1, '', [refreshToken]]) {
        expect(words(await refresh(value))).toBe('400 invalid_parameter');
      }
      // And the other way round.
      expect(words(await whoIs(refreshToken))).toBe('401 unauthorized');
    });
  });

  describe('2.4 the calling user', () => {
    test('has the form of the register answer', async () => {
      const answer = await cloud.call('GET', '/users/me', undefined, me);
      expect(answer.body).toEqual({
        code: 200,
        message: 'success',
        data: { userId, username: 'user@example.com', email: 'user@example.com' },
      });
    });
  });

  describe('2.5 to 2.7 API keys', () => {
    const create = (body: unknown, headers: Record<string, string> = me) =>
      cloud.call('POST', '/users/api-keys', body, headers);

    test('are made as in the reference, with the secret that goes with the key', async () => {
      const answer = await create({ description: '用于设备集成' });
      const { apiSecret, ...reference } = answer.body.data;
      expect(formOf({ ...answer.body, data: reference })).toEqual(formOf(REFERENCE['2.5']));
      expect(reference).toEqual({
        keyId: expect.stringMatching(/^ak_[0-9a-z]+$/),
        apiKey: expect.stringMatching(/^sk_[0-9a-z]{16,}$/),
        description: '用于设备集成',
      });
      expect(apiSecret).toMatch(/^[0-9a-z]{32,}$/);
    });

    test('take a description of text, or none', async () => {
      expect((await create({})).body.data.description).toBe('');
      for (const description of [1, null, ['x'], 'x'.repeat(257)]) {
        expect(words(await create({ description }))).toBe('400 invalid_parameter');
      }
    });

    test('are listed in pages, without anything that opens anything', async () => {
      const made = (await create({ description: 'to be listed' })).body.data;
      const answer = await cloud.call('GET', '/users/api-keys?page=1&size=100', undefined, me);
      expect(Object.keys(answer.body.data).sort()).toEqual(['list', 'page', 'size', 'total']);
      expect(answer.body.data.total).toBe(answer.body.data.list.length);
      expect(answer.body.data.list).toContainEqual({
        keyId: made.keyId,
        description: 'to be listed',
        createdAt: expect.stringMatching(TIME),
      });
      expect(answer.text).not.toMatch(/sk_|apiSecret|apiKey"/);
      expect(answer.text).not.toContain(made.apiSecret);
    });

    test('end when they are deleted, once', async () => {
      const { keyId, apiKey, apiSecret } = (await create({ description: 'short-lived' })).body.data;
      const headers = { 'x-api-key': apiKey, 'x-api-secret': apiSecret };
      expect((await cloud.call('GET', '/users/me', undefined, headers)).body.data.userId).toBe(userId);
      expect((await cloud.call('DELETE', `/users/api-keys/${keyId}`, undefined, me)).body).toEqual({
        code: 200,
        message: 'success',
        data: null,
      });
      expect(words(await cloud.call('GET', '/users/me', undefined, headers))).toBe('401 unauthorized');
      expect(words(await cloud.call('DELETE', `/users/api-keys/${keyId}`, undefined, me))).toBe('404 not_found');
    });

    test("are their owner's: another user neither sees nor deletes them", async () => {
      const { keyId } = (await create({ description: 'mine' })).body.data;
      expect((await cloud.as('GET', '/users/api-keys')).text).not.toContain(keyId);
      expect(words(await cloud.as('DELETE', `/users/api-keys/${keyId}`))).toBe('404 not_found');
      expect((await cloud.call('GET', '/users/api-keys?size=100', undefined, me)).text).toContain(keyId);
    });

    test('do not make or delete keys: that takes the token of a login, as the reference shows it', async () => {
      const { keyId, apiKey, apiSecret } = (await create({ description: 'stolen' })).body.data;
      const headers = { 'x-api-key': apiKey, 'x-api-secret': apiSecret };
      expect(words(await create({ description: 'more' }, headers))).toBe('403 forbidden');
      expect(words(await cloud.call('DELETE', `/users/api-keys/${keyId}`, undefined, headers))).toBe('403 forbidden');
    });
  });
}
