import { describe, expect, test } from 'vitest';
import { createCloud } from '../../host-sim/cloud/cloud.js';
import { TestClock } from './support/clock.js';
import { ToldCodes } from './support/codes.js';
import { DOMAIN } from './support/end-user.js';
import { type Answer, matches, startCloud, type TestCloud, temporaryDirectory, USER } from './support/fixture.js';
import { bearer, gateway } from './support/gateway.js';
import { withApiKey, words } from './support/people.js';

const HOUR = 3_600_000;
const PHONE = '+4915112345678';

const codeOf = (link: string): string => new URL(link).hash.replace('#code=', '');
const logIn = (t: TestCloud, code: unknown): Promise<Answer> => t.call('POST', '/users/login-code', { code });
const me = (t: TestCloud, token: string): Promise<Answer> => t.call('GET', '/users/me', undefined, bearer(token));
const newPassword = async (t: TestCloud, token: string): Promise<void> => {
  const body = { oldPassword: USER.password, newPassword: 'another-password' };
  const changed = await gateway(t, 'POST /api/midpauthc/user/v1/update/password', body, bearer(token));
  expect(changed.status).toBe(200);
};

async function withClock() {
  const clock = new TestClock();
  return { clock, t: await startCloud({ environment: clock.environment }) };
}

describe('the link that signs in', () => {
  test('is the page of this cloud, with a code of 144 random bits behind it', async () => {
    const { cloud } = await startCloud();
    const link = cloud.signInLink();
    expect(link.startsWith(`${cloud.apiUrl}/#code=`)).toBe(true);
    expect(codeOf(link)).toMatch(/^[A-Za-z0-9_-]{24}$/);
    expect(cloud.signInLink()).not.toBe(link);
  });

  test('logs the development account in as its password does, once', async () => {
    const t = await startCloud();
    const code = codeOf(t.cloud.signInLink());
    const answer = await logIn(t, code);
    matches('loginByCode', answer);
    const { user, token, refreshToken, expiresIn } = answer.body.data;
    expect(user).toEqual({ userId: 1, username: USER.name, email: null });
    expect(expiresIn).toBe(86_400);
    expect((await me(t, token)).body.data).toEqual(user);
    expect((await t.call('POST', '/users/refresh-token', { refreshToken })).status).toBe(200);
    const again = await logIn(t, code);
    expect(words(again)).toBe('400 invalid_code');
    expect(again.body.detail).toBe(
      "the link was used, is over or is not of this start of the cloud: use the one printed last, or the account's password",
    );
  });

  test('is used by one of many who try it at the same time', async () => {
    const t = await startCloud();
    const code = codeOf(t.cloud.signInLink());
    const statuses = (await Promise.all(Array.from({ length: 8 }, () => logIn(t, code)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  });

  test('holds for an hour', async () => {
    const { clock, t } = await withClock();
    const [early, late] = [codeOf(t.cloud.signInLink()), codeOf(t.cloud.signInLink())];
    clock.advance(HOUR - 1);
    expect(words(await logIn(t, early))).toBe('200 success');
    clock.advance(1);
    expect(words(await logIn(t, late))).toBe('400 invalid_code');
  });

  test('is over with the start that printed it', async () => {
    const dataDir = temporaryDirectory();
    const before = await startCloud({ dataDir });
    const code = codeOf(before.cloud.signInLink());
    await before.cloud.close();
    expect(words(await logIn(await startCloud({ dataDir }), code))).toBe('400 invalid_code');
  });

  test('is over when the password changes, and one that is made then is good', async () => {
    const t = await startCloud();
    const before = codeOf(t.cloud.signInLink());
    await newPassword(t, (await t.login()).body.data.token);
    expect(words(await logIn(t, before))).toBe('400 invalid_code');
    expect(words(await logIn(t, codeOf(t.cloud.signInLink())))).toBe('200 success');
  });

  test('is one of sixteen at most: the oldest gives way', async () => {
    const t = await startCloud();
    const codes = Array.from({ length: 17 }, () => codeOf(t.cloud.signInLink()));
    expect(words(await logIn(t, codes[0]))).toBe('400 invalid_code');
    expect(words(await logIn(t, codes[1]))).toBe('200 success');
    expect(words(await logIn(t, codes[16]))).toBe('200 success');
  });

  test.each(['x', ' ', 'A'.repeat(24), 'A'.repeat(60_000), '../..', '\u0000', '__proto__'])(
    'has no such code as %.30j',
    async (code) => {
      const t = await startCloud();
      const good = codeOf(t.cloud.signInLink());
      expect(words(await logIn(t, code))).toBe('400 invalid_code');
      expect(words(await logIn(t, `${good}x`))).toBe('400 invalid_code');
      expect(words(await logIn(t, good))).toBe('200 success');
    },
  );

  test('is tried at most 60 times a minute by one address, with the logins', async () => {
    const { clock, t } = await withClock();
    const code = codeOf(t.cloud.signInLink());
    for (let count = 0; count < 59; count += 1) await logIn(t, 'guessed');
    await t.call('POST', '/users/login', {});
    const refused = await logIn(t, code);
    expect(words(refused)).toBe('429 too_many_requests');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    clock.advance(60_000);
    expect(words(await logIn(t, code))).toBe('200 success');
  });

  test('stands in no line of the log, be it right or wrong', async () => {
    const t = await startCloud();
    const code = codeOf(t.cloud.signInLink());
    await logIn(t, code);
    await logIn(t, code);
    expect(JSON.stringify(t.logged)).not.toContain(code);
  });

  test('is of a cloud that listens nowhere, too', async () => {
    const cloud = await createCloud({ dataDir: ':memory:', apiPort: 80, mqttPort: 1883, products: [], log: () => {} });
    expect(cloud.signInLink()).toMatch(/^http:\/\/localhost:80\/#code=[\w-]{24}$/);
    await cloud.close();
  });
});

describe('the operator', () => {
  test('is who shows an access token of the development account, and nobody else', async () => {
    const t = await startCloud();
    const { token, refreshToken } = (await t.login()).body.data;
    const { apiKey, apiSecret } = (await t.as('POST', '/users/api-keys', {})).body.data;
    const others = (await t.call('POST', '/users/login', await anna(t))).body.data.token;
    expect(await t.cloud.isOperator(token)).toBe(true);
    for (const wrong of [others, refreshToken, apiKey, apiSecret, '', 'x', '..', `${token}x`, `Bearer ${token}`]) {
      expect([wrong, await t.cloud.isOperator(wrong)]).toEqual([wrong, false]);
    }
    expect(await (await startCloud()).cloud.isOperator(token)).toBe(false);
  });

  test.each([
    ['logs out', (t: TestCloud, token: string) => t.call('POST', '/users/logout', undefined, bearer(token))],
    ['changes the password', newPassword],
  ])('is none any more when he %s', async (_what, end) => {
    const t = await startCloud();
    const { token } = (await t.login()).body.data;
    await end(t, token);
    expect(await t.cloud.isOperator(token)).toBe(false);
  });

  test('is none any more when the token has expired', async () => {
    const { clock, t } = await withClock();
    const { token } = (await t.login()).body.data;
    clock.advance(24 * HOUR);
    expect(await t.cloud.isOperator(token)).toBe(false);
  });
});

describe('logging out', () => {
  test('ends the login of its token and no other', async () => {
    const t = await startCloud();
    const [first, second] = [(await t.login()).body.data, (await t.login()).body.data];
    const answer = await t.call('POST', '/users/logout', undefined, bearer(first.token));
    expect(answer.body).toEqual({ code: 200, message: 'success', data: null });
    expect((await me(t, first.token)).status).toBe(401);
    expect((await t.call('POST', '/users/refresh-token', { refreshToken: first.refreshToken })).status).toBe(401);
    expect((await t.call('POST', '/users/logout', undefined, bearer(first.token))).status).toBe(401);
    expect((await me(t, second.token)).status).toBe(200);
  });

  test('is nothing for an API key', async () => {
    const t = await startCloud();
    const { call } = await withApiKey(t, t.as.bind(t));
    expect(words(await call('POST', '/users/logout'))).toBe('403 forbidden');
  });
});

describe('GET /operator/codes', () => {
  const ask = (t: TestCloud) => t.as('GET', '/operator/codes');
  const list = async (t: TestCloud) => (await ask(t)).body.data.list as { address: string; code: string }[];

  test('shows what would have been sent, the newest first, and is kept nowhere', async () => {
    const { clock, t } = await withClock();
    const codes = new ToldCodes(t);
    expect(await list(t)).toEqual([]);
    const first = await codes.ask(PHONE, 'register');
    clock.advance(1_000);
    const second = await codes.ask('anna@example.com', 'login');
    const answer = await ask(t);
    matches('operatorCodes', answer);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const time = (agoMs: number) => new Date(clock.now - agoMs).toISOString();
    expect(answer.body.data.list).toEqual([
      {
        ...{ channel: 'mail', address: 'anna@example.com', purpose: 'login', code: second },
        ...{ at: time(0), expiresAt: time(-300_000) },
      },
      {
        ...{ channel: 'sms', address: PHONE, purpose: 'register', code: first },
        ...{ at: time(1_000), expiresAt: time(-299_000) },
      },
    ]);
  });

  test('forgets a code that was used, and one that is over', async () => {
    const { clock, t } = await withClock();
    const codes = new ToldCodes(t);
    const code = await codes.ask(PHONE, 'register');
    await codes.ask('anna@example.com', 'login');
    const body = { username: PHONE, phone: PHONE, password: 'secret-1', code };
    const registered = await gateway(t, 'POST /api/midpauthc/user/mgt/register/v1', body);
    expect(registered.status).toBe(200);
    expect((await list(t)).map(({ address }) => address)).toEqual(['anna@example.com']);
    clock.advance(300_000);
    expect(await list(t)).toEqual([]);
  });

  test('shows fifty at most', async () => {
    const { t } = await withClock();
    const codes = new ToldCodes(t);
    for (let count = 0; count < 60; count += 1) await codes.ask(`${count}@example.com`, 'login');
    const addresses = (await list(t)).map(({ address }) => address);
    expect(addresses).toHaveLength(50);
    expect([addresses[0], addresses[49]]).toEqual(['59@example.com', '10@example.com']);
  });
});

describe('GET /operator/user-domain', () => {
  test('shows the user domain with its secret, to be kept nowhere', async () => {
    const t = await startCloud({ userDomain: DOMAIN });
    const answer = await t.as('GET', '/operator/user-domain');
    matches('operatorUserDomain', answer);
    expect(answer.body.data).toEqual(DOMAIN);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(JSON.stringify(t.logged)).not.toContain(DOMAIN.secret);
  });
});

describe.each(['/operator/codes', '/operator/user-domain'])('%s', (path) => {
  test('is for a token of the development account alone', async () => {
    const t = await startCloud({ userDomain: DOMAIN });
    const code = await new ToldCodes(t).ask(PHONE, 'login');
    const { token } = (await t.call('POST', '/users/login', await anna(t))).body.data;
    const { call } = await withApiKey(t, t.as.bind(t));
    const answers = [
      [await t.call('GET', path), '401 unauthorized'],
      [await t.call('GET', path, undefined, bearer('x')), '401 unauthorized'],
      [await t.call('GET', path, undefined, bearer(token)), '403 forbidden'],
      [await call('GET', path), '403 forbidden'],
    ] as const;
    for (const [answer, expected] of answers) {
      expect(words(answer)).toBe(expected);
      for (const secret of [code, DOMAIN.secret]) expect(JSON.stringify(answer.body)).not.toContain(secret);
    }
  });
});

/** Somebody else. */
async function anna(t: TestCloud) {
  const account = { username: 'anna', password: 'secret-1' };
  await t.call('POST', '/users/register', account);
  return account;
}
