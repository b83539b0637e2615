import { describe, expect, test } from 'vitest';
import { USER, useReferenceCloud, words } from './reference-cloud.js';

const cloud = useReferenceCloud();

describe('2.1 register', () => {
  test('answers the new user', async () => {
    const body = { username: 'new@example.com', password: 'password123', email: 'new@example.com' };
    const data = await cloud().data(cloud().call('POST', '/users/register', body));
    expect(data).toMatchObject({ userId: 2, username: 'new@example.com', email: 'new@example.com' });
    expect(JSON.stringify(data)).not.toContain('password');
  });

  test('refuses a name that is taken, and a request without a password', async () => {
    expect(words(await cloud().call('POST', '/users/register', USER))).toBe('400 user_exists');
    expect(words(await cloud().call('POST', '/users/register', { username: 'x' }))).toBe('400 invalid_parameter');
  });
});

describe('2.2 login', () => {
  test('answers the user, both tokens and 86400', async () => {
    const data = await cloud().data(cloud().call('POST', '/users/login', USER));
    expect(data).toEqual({
      user: expect.objectContaining({ userId: 1, username: USER.username }),
      token: expect.stringMatching(/^eyJ[\w-]+\.[\w-]+\.[\w-]+$/),
      refreshToken: expect.any(String),
      expiresIn: 86_400,
    });
  });

  test('refuses a wrong password', async () => {
    const answer = await cloud().call('POST', '/users/login', { ...USER, password: 'wrong' });
    expect(words(answer)).toBe('401 invalid_password');
    expect(answer.body.data).toBeNull();
  });
});

describe('2.3 refresh', () => {
  test('answers a new pair; the old refresh token is spent, and using it again ends the login', async () => {
    const login = await cloud().data(cloud().call('POST', '/users/login', USER));
    const refresh = (refreshToken: string) => cloud().call('POST', '/users/refresh-token', { refreshToken });
    const next = await cloud().data(refresh(login.refreshToken));
    expect(Object.keys(next).sort()).toEqual(['expiresIn', 'refreshToken', 'token']);
    expect(words(await refresh(login.refreshToken))).toBe('401 unauthorized');
    expect(words(await refresh(next.refreshToken))).toBe('401 unauthorized');
    const headers = { Authorization: `Bearer ${next.token}` };
    expect(words(await cloud().call('GET', '/users/me', undefined, headers))).toBe('401 unauthorized');
  });
});

describe('2.4 me', () => {
  test('answers the shape of register', async () => {
    expect(await cloud().data(cloud().as('GET', '/users/me'))).toMatchObject({ userId: 1, username: USER.username });
  });

  test('needs a token', async () => {
    expect(words(await cloud().call('GET', '/users/me'))).toBe('401 unauthorized');
    const headers = { Authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.' };
    expect(words(await cloud().call('GET', '/users/me', undefined, headers))).toBe('401 unauthorized');
  });
});

describe('2.5 to 2.7 API keys', () => {
  test('are made, used instead of a token, listed without secrets, and end when they are deleted', async () => {
    const made = await cloud().data(cloud().as('POST', '/users/api-keys', { description: '用于设备集成' }));
    expect(made).toMatchObject({ keyId: expect.stringMatching(/^ak_/), apiKey: expect.stringMatching(/^sk_/) });
    expect(made.description).toBe('用于设备集成');
    const headers = { 'X-API-Key': made.apiKey, 'X-API-Secret': made.apiSecret };
    const byKey = () => cloud().call('GET', '/devices', undefined, headers);
    await cloud().data(byKey());
    const list = await cloud().data(cloud().as('GET', '/users/api-keys'));
    expect(list).toMatchObject({
      list: [{ keyId: made.keyId, description: '用于设备集成' }],
      total: 1,
      page: 1,
      size: 20,
    });
    expect(JSON.stringify(list)).not.toMatch(new RegExp(`${made.apiKey}|${made.apiSecret}`));
    expect(words(await cloud().call('GET', '/devices', undefined, { ...headers, 'X-API-Secret': 'wrong' }))).toBe(
      '401 unauthorized',
    );
    await cloud().data(cloud().as('DELETE', `/users/api-keys/${made.keyId}`));
    expect(words(await byKey())).toBe('401 unauthorized');
    expect(words(await cloud().as('DELETE', `/users/api-keys/${made.keyId}`))).toBe('404 not_found');
  });
});
