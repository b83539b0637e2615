import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import { startCloud, USER } from '../support/fixture.js';
import { bearer, gateway, wordOf } from '../support/gateway.js';

const ACCESS_TOKEN = 'POST /accessToken';
const LOGOUT = 'POST /api/logout';
const ACCOUNT = 'GET /api/midpauthc/user/account/v1';
const CREDENTIALS = { username: USER.name, password: USER.password };

describe('/accessToken', () => {
  test('gives the tokens of SmartLink’s login, which hold on every API', async () => {
    const t = await startCloud();
    const { data } = (await gateway(t, ACCESS_TOKEN, CREDENTIALS)).body;
    expect(data).toEqual({
      user: { userId: 1, username: USER.name, email: null },
      token: expect.any(String),
      refreshToken: expect.stringMatching(/^rt_/),
      expiresIn: 86_400,
    });
    expect((await t.call('GET', '/users/me', undefined, bearer(data.token))).status).toBe(200);
    expect(wordOf(await gateway(t, ACCOUNT, undefined, bearer(data.token)))).toBe('200 success');
    const next = await t.call('POST', '/users/refresh-token', { refreshToken: data.refreshToken });
    expect(next.status).toBe(200);
  });

  test('takes a refresh token instead, once', async () => {
    const t = await startCloud();
    const { refreshToken } = (await t.login()).body.data;
    const { data } = (await gateway(t, ACCESS_TOKEN, { refreshToken })).body;
    expect(Object.keys(data)).toEqual(['token', 'refreshToken', 'expiresIn']);
    expect(wordOf(await gateway(t, ACCESS_TOKEN, { refreshToken }))).toBe('401 unauthorized');
    // A second use ends what came of the first.
    expect(wordOf(await gateway(t, ACCOUNT, undefined, bearer(data.token)))).toBe('401 unauthorized');
  });

  test.each([
    [{}, /^invalid_parameter: username is required/],
    [{ username: 'x' }, /^invalid_parameter: password is required/],
    [{ password: 'x' }, /^invalid_parameter: username is required/],
    [{ refreshToken: 'x' }, /^unauthorized: /],
    [{ username: 'nobody', password: 'x' }, /^invalid_password: /],
    [{ username: USER.name, password: 'x' }, /^invalid_password: /],
    [{ username: USER.name, password: '' }, /^invalid_password: /],
  ])('answers %j in its envelope', async (body, sentence) => {
    const t = await startCloud();
    expect((await gateway(t, ACCESS_TOKEN, body)).body.msg).toMatch(sentence);
  });

  test('counts failures with those of the other logins: ten lock the account for all of them', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    for (let count = 0; count < 5; count += 1) {
      expect(wordOf(await gateway(t, ACCESS_TOKEN, { ...CREDENTIALS, password: 'wrong' }))).toBe(
        '401 invalid_password',
      );
      expect((await t.login({ ...USER, password: 'wrong' })).status).toBe(401);
    }
    const refused = await gateway(t, ACCESS_TOKEN, CREDENTIALS);
    expect(wordOf(refused)).toBe('429 too_many_requests');
    expect(refused.headers.get('retry-after')).toBe('300');
    expect((await t.login()).status).toBe(429);
    clock.advance(300_000);
    expect(wordOf(await gateway(t, ACCESS_TOKEN, CREDENTIALS))).toBe('200 success');
  });

  test('is asked at most 60 times a minute by one address, with those of the other logins', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    for (let count = 0; count < 30; count += 1) {
      await gateway(t, ACCESS_TOKEN, {});
      await t.call('POST', '/users/login', {});
    }
    expect(wordOf(await gateway(t, ACCESS_TOKEN, CREDENTIALS))).toBe('429 too_many_requests');
    clock.advance(60_000);
    expect(wordOf(await gateway(t, ACCESS_TOKEN, CREDENTIALS))).toBe('200 success');
  });
});

describe('/api/logout', () => {
  test('ends the login of its token and no other', async () => {
    const t = await startCloud();
    const [first, second] = [(await t.login()).body.data, (await t.login()).body.data];
    const refreshed = (await gateway(t, ACCESS_TOKEN, { refreshToken: first.refreshToken })).body.data;
    expect((await gateway(t, LOGOUT, undefined, bearer(first.token))).body.data).toBeNull();
    for (const token of [first.token, refreshed.token]) {
      expect(wordOf(await gateway(t, ACCOUNT, undefined, bearer(token)))).toBe('401 unauthorized');
      expect(wordOf(await gateway(t, LOGOUT, undefined, bearer(token)))).toBe('401 unauthorized');
    }
    expect(wordOf(await gateway(t, ACCESS_TOKEN, { refreshToken: refreshed.refreshToken }))).toBe('401 unauthorized');
    expect(wordOf(await gateway(t, ACCOUNT, undefined, bearer(second.token)))).toBe('200 success');
  });

  test('is nothing for an API key', async () => {
    const t = await startCloud();
    const { apiKey, apiSecret } = (await t.as('POST', '/users/api-keys', {})).body.data;
    const key = { 'x-api-key': apiKey as string, 'x-api-secret': apiSecret as string };
    expect(wordOf(await gateway(t, LOGOUT, undefined, key))).toBe('403 forbidden');
    expect((await t.call('GET', '/users/me', undefined, key)).status).toBe(200);
  });
});
