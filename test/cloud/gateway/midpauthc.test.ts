import { describe, expect, test } from 'vitest';
import {
  ACCESS_TOKEN,
  ACCOUNT,
  COUNTRY,
  COUNTRY_RESET,
  MAIL,
  MAIL_CHANGE,
  MAIL_VERIFY,
  MINUTE,
  NUMBER,
  OTHER_NUMBER,
  PASSWORD,
  PHONE,
  PHONE_CHANGE,
  PHONE_VERIFY,
  REGISTER,
  STEP1,
  STEP2,
  type Stage,
  stage,
  withAnna,
  wrong,
} from '../support/accounts.js';
import { TestClock } from '../support/clock.js';
import { temporaryDirectory } from '../support/fixture.js';
import { bearer, gateway, wordOf } from '../support/gateway.js';

describe('an account of the gateway', () => {
  test('is the same one that SmartLink knows', async () => {
    const { t, ask } = await stage();
    const made = await ask(REGISTER, { email: MAIL, password: 'secret-1', name: 'Anna' });
    expect(made.body.data).toEqual({
      userId: 2,
      username: MAIL,
      email: MAIL,
      phone: null,
      name: 'Anna',
      country: null,
      createdAt: '2026-01-10T15:30:00.000Z',
      hasPassword: true,
    });
    const { token, user } = (await t.login({ name: MAIL, password: 'secret-1' })).body.data;
    expect(user).toEqual({ userId: 2, username: MAIL, email: MAIL, name: 'Anna' });
    expect((await ask(ACCOUNT, undefined, token)).body.data).toEqual(made.body.data);
  });

  test('is made with a phone number by who has the code that was sent to it, and logs in by it', async () => {
    const { t, ask, codes } = await stage();
    const code = await codes.ask(NUMBER, 'register');
    const request = { phone: NUMBER, password: 'secret-1' };
    expect((await ask(REGISTER, request)).body.msg).toMatch(/^invalid_parameter: code is required/);
    expect(wordOf(await ask(REGISTER, { ...request, code: wrong(code) }))).toBe('400 invalid_code');
    const made = await ask(REGISTER, { ...request, code });
    expect(made.body.data).toMatchObject({ username: NUMBER, phone: NUMBER, email: null });
    expect((await t.login({ name: NUMBER, password: 'secret-1' })).status).toBe(200);
    expect(wordOf(await ask(REGISTER, { ...request, code, username: 'another' }))).toBe('400 invalid_code');
  });

  test('is not made with the code of another address or purpose', async () => {
    const { ask, codes } = await stage();
    const others = [
      await codes.ask(NUMBER, 'contact'),
      await codes.ask(OTHER_NUMBER, 'register'),
      await codes.ask(MAIL, 'register'),
    ];
    await codes.ask(NUMBER, 'register');
    const right = codes.last.code;
    for (const code of others.filter((other) => other !== right)) {
      expect(wordOf(await ask(REGISTER, { phone: NUMBER, password: 'secret-1', code }))).toBe('400 invalid_code');
    }
  });

  test('is made once by requests that come together with one code', async () => {
    const { ask, codes } = await stage();
    const code = await codes.ask(NUMBER, 'register');
    const requests = ['a', 'b'].map((username) =>
      ask(REGISTER, { username, phone: NUMBER, password: 'secret-1', code }),
    );
    // The other one finds the number taken, or the code used, as they come.
    expect((await Promise.all(requests)).map(({ status }) => status).sort()).toEqual([200, 400]);
  });

  test('with an e-mail address needs no code, but looks at one that is given', async () => {
    const { ask, codes } = await stage();
    const code = await codes.ask(MAIL, 'register');
    const request = { email: MAIL, password: 'secret-1' };
    expect(wordOf(await ask(REGISTER, { ...request, code: wrong(code) }))).toBe('400 invalid_code');
    expect(wordOf(await ask(REGISTER, { ...request, code }))).toBe('200 success');
    expect(wordOf(await ask(REGISTER, { email: 'bob@example.com', password: 'secret-1' }))).toBe('200 success');
  });

  test.each([
    ['nobody', { password: 'secret-1' }, /^invalid_parameter: username, email or phone is required/],
    ['a code without an address', { username: 'x', password: 'secret-1', code: '123456' }, /^invalid_parameter: code /],
    [
      'a phone number as user name',
      { username: NUMBER, password: 'secret-1' },
      /^invalid_parameter: username must not/,
    ],
    ['a number without country', { phone: '015112345678', password: 'secret-1' }, /^invalid_parameter: phone must/],
    ['an address without @', { email: 'x', password: 'secret-1' }, /^invalid_parameter: email must/],
    ['a short password', { username: 'x', password: '12345' }, /^invalid_parameter: password must/],
    ['a name of somebody', { username: 'user@example.com', password: 'secret-1' }, /^user_exists: /],
    ['the name of a closed account', { username: 'Closed-7', password: 'secret-1' }, /^user_exists: /],
  ])('is not made of %s', async (_what, body, sentence) => {
    const { ask } = await stage();
    expect((await ask(REGISTER, body)).body.msg).toMatch(sentence);
  });

  test('has the country that its owner says, by ISO 3166-1', async () => {
    const { ask, token } = await withAnna();
    expect((await ask(COUNTRY, { country: 'de' }, token)).body.data.country).toBe('DE');
    const profile = await ask('GET /api/bluuc/uc/v1/basic/get', undefined, token);
    expect(profile.body.data.country).toBe('DE');
    for (const country of ['DEU', 'XX', 'UK', '__']) {
      expect(wordOf(await ask(COUNTRY, { country }, token))).toBe('400 invalid_parameter');
    }
    expect((await ask(ACCOUNT, undefined, token)).body.data.country).toBe('DE');
    expect((await ask(COUNTRY_RESET, undefined, token)).body.data.country).toBeNull();
  });

  test('is shown and changed by its owner alone, and by an API key only shown', async () => {
    const { t, ask, token } = await withAnna();
    expect(wordOf(await ask(ACCOUNT))).toBe('401 unauthorized');
    const anna = (method: string, path: string, body?: unknown) => t.call(method, path, body, bearer(token));
    const { apiKey, apiSecret } = (await anna('POST', '/users/api-keys', {})).body.data;
    const key = { 'x-api-key': apiKey as string, 'x-api-secret': apiSecret as string };
    expect(wordOf(await gateway(t, ACCOUNT, undefined, key))).toBe('200 success');
    for (const [route, body] of [
      [PASSWORD, { oldPassword: 'secret-1', newPassword: 'secret-2' }],
      [MAIL_VERIFY, {}],
      [MAIL_CHANGE, { email: MAIL, code: '123456' }],
      [PHONE, { phone: NUMBER, code: '123456' }],
      [PHONE_CHANGE, { phone: NUMBER, code: '123456' }],
      ['POST /api/logout', {}],
    ] as const) {
      expect(wordOf(await gateway(t, route, body, key))).toBe('403 forbidden');
    }
  });
});

describe('a password', () => {
  test('is changed by who knows it, and every login ends, this one too', async () => {
    const { ask, token, logIn } = await withAnna();
    const other = await logIn(MAIL);
    const change = { oldPassword: 'secret-1', newPassword: 'secret-2' };
    expect(wordOf(await ask(PASSWORD, change, token))).toBe('200 success');
    for (const ended of [token, other]) expect(wordOf(await ask(ACCOUNT, undefined, ended))).toBe('401 unauthorized');
    await logIn('anna', 'secret-2');
  });

  test('that is wrong counts as a failed login', async () => {
    const { t, ask, token } = await withAnna();
    const change = { oldPassword: 'wrong', newPassword: 'secret-2' };
    for (let count = 0; count < 10; count += 1) {
      expect(wordOf(await ask(PASSWORD, change, token))).toBe('401 invalid_password');
    }
    const right = { ...change, oldPassword: 'secret-1' };
    expect(wordOf(await ask(PASSWORD, right, token))).toBe('429 too_many_requests');
    expect((await t.login({ name: 'anna', password: 'secret-1' })).status).toBe(429);
    expect(wordOf(await ask(ACCOUNT, undefined, token))).toBe('200 success');
  });
});

describe('an e-mail address', () => {
  /** A ticket of who shows that the present address is his. */
  const ticketOf = async ({ ask, codes }: Stage, token: string, route = MAIL_VERIFY): Promise<string> => {
    expect((await ask(route, undefined, token)).body.data).toEqual({ ticket: null, expiresIn: 300 });
    const { data } = (await ask(route, { code: codes.last.code }, token)).body;
    expect(data.expiresIn).toBe(600);
    return data.ticket as string;
  };

  test('is changed by who has the codes of both, and logs in from then on', async () => {
    const s = await withAnna();
    const { ask, codes, token, logIn } = s;
    const ticket = await ticketOf(s, token);
    expect(codes.last).toMatchObject({ address: MAIL, purpose: 'contact' });
    const email = 'anna@example.org';
    const code = await codes.ask(email, 'contact');
    const changed = await ask(MAIL_CHANGE, { email, code, ticket }, token);
    expect(changed.body.data).toMatchObject({ email, username: 'anna' });
    await logIn(email);
    expect(wordOf(await ask(ACCESS_TOKEN, { username: MAIL, password: 'secret-1' }))).toBe('401 invalid_password');
    // The ticket was for the address before.
    const third = { email: MAIL, code: await codes.ask(MAIL, 'contact'), ticket };
    expect(wordOf(await ask(MAIL_CHANGE, third, token))).toBe('400 invalid_code');
  });

  test('that is the user name, too, is so after the change', async () => {
    const s = await stage();
    await s.ask(REGISTER, { email: MAIL, password: 'secret-1' });
    const token = await s.logIn(MAIL);
    const ticket = await ticketOf(s, token);
    const email = 'anna@example.org';
    const change = { email, code: await s.codes.ask(email, 'contact'), ticket };
    expect((await s.ask(MAIL_CHANGE, change, token)).body.data).toMatchObject({ email, username: email });
    expect(wordOf(await s.ask(REGISTER, { email: MAIL, password: 'secret-1' }))).toBe('200 success');
  });

  test('is not changed without a ticket, nor with one that is old, made up or somebody else’s', async () => {
    const s = await withAnna();
    const { ask, codes, token, clock } = s;
    await ask(REGISTER, { username: 'mallory', email: 'mallory@example.com', password: 'secret-1' });
    const mallory = await s.logIn('mallory');
    const foreign = await ticketOf(s, mallory);
    const old = await ticketOf(s, token);
    clock.advance(10 * MINUTE);
    const email = 'evil@example.com';
    const code = await codes.ask(email, 'contact');
    expect((await ask(MAIL_CHANGE, { email, code }, token)).body.msg).toMatch(/^invalid_parameter: ticket is required/);
    for (const ticket of [foreign, old, 'A', 'A'.repeat(80), `${old}A`]) {
      expect(wordOf(await ask(MAIL_CHANGE, { email, code, ticket }, token))).toBe('400 invalid_code');
    }
    expect((await ask(ACCOUNT, undefined, token)).body.data.email).toBe(MAIL);
    // Nothing of that used the code up.
    const ticket = await ticketOf(s, token);
    expect(wordOf(await ask(MAIL_CHANGE, { email, code, ticket }, token))).toBe('200 success');
  });

  test('of somebody else is taken, which is told to who reads its mail alone', async () => {
    const s = await withAnna();
    const { ask, codes } = s;
    await ask(REGISTER, { username: 'bob', password: 'secret-1' });
    const bob = await s.logIn('bob');
    const change = { email: 'ANNA@example.com', code: '000000' };
    expect(wordOf(await ask(MAIL_CHANGE, change, bob))).toBe('400 invalid_code');
    expect(wordOf(await ask(MAIL_CHANGE, { ...change, email: 'nobody@example.com' }, bob))).toBe('400 invalid_code');
    const code = await codes.ask(MAIL, 'contact');
    expect(wordOf(await ask(MAIL_CHANGE, { ...change, code }, bob))).toBe('400 user_exists');
  });

  test('is not guessed for one address after another', async () => {
    const { ask, token } = await withAnna();
    const told = new Set<string>();
    for (let count = 0; count < 125; count += 1) {
      const phone = `+49151${10_000_000 + count}`;
      told.add(wordOf(await ask(PHONE, { phone, code: '000000' }, token)));
    }
    expect([...told]).toEqual(['400 invalid_code', '429 too_many_requests']);
    expect(wordOf(await ask(MAIL_VERIFY, {}, token))).toBe('429 too_many_requests');
  });

  test('that there is not cannot be verified, but set', async () => {
    const { ask, codes, logIn } = await stage();
    await ask(REGISTER, { username: 'bob', password: 'secret-1' });
    const bob = await logIn('bob');
    expect(wordOf(await ask(MAIL_VERIFY, {}, bob))).toBe('404 not_found');
    expect(wordOf(await ask(MAIL_VERIFY, { code: '123456' }, bob))).toBe('404 not_found');
    const email = 'bob@example.com';
    const set = await ask(MAIL_CHANGE, { email, code: await codes.ask(email, 'contact') }, bob);
    expect(set.body.data.email).toBe(email);
  });

  test('is verified by its own user in spite of others who ask and guess', async () => {
    const s = await withAnna();
    const { ask, codes, token } = s;
    await codes.ask(MAIL, 'contact');
    const told = codes.count;
    for (let count = 0; count < 6; count += 1) {
      await ask('POST /api/midpnc/captcha/validate/v1', { account: MAIL, scene: 'contact', code: 'wrong' });
    }
    expect((await ask(MAIL_VERIFY, {}, token)).body.data).toEqual({ ticket: null, expiresIn: 300 });
    expect(codes.count).toBe(told);
    expect((await ask(MAIL_VERIFY, { code: codes.last.code }, token)).body.data.ticket).toEqual(expect.any(String));
  });
});

describe('a phone number', () => {
  test('is set, and changed with a ticket alone', async () => {
    const s = await withAnna();
    const { ask, codes, token, logIn, clock } = s;
    expect((await ask(PHONE, { phone: NUMBER, code: await codes.ask(NUMBER, 'contact') }, token)).body.data.phone).toBe(
      NUMBER,
    );
    await logIn(NUMBER);
    const other = { phone: OTHER_NUMBER, code: await codes.ask(OTHER_NUMBER, 'contact') };
    for (const route of [PHONE, PHONE_CHANGE]) {
      expect((await ask(route, other, token)).body.msg).toMatch(/^invalid_parameter: ticket is required/);
    }
    clock.advance(MINUTE);
    await ask(PHONE_VERIFY, {}, token);
    expect(codes.last).toMatchObject({ address: NUMBER, purpose: 'contact' });
    const { ticket } = (await ask(PHONE_VERIFY, { code: codes.last.code }, token)).body.data;
    expect((await ask(PHONE_CHANGE, { ...other, ticket }, token)).body.data.phone).toBe(OTHER_NUMBER);
    expect(wordOf(await ask(ACCESS_TOKEN, { username: NUMBER, password: 'secret-1' }))).toBe('401 invalid_password');
  });
});

describe('what was answered', () => {
  test('holds after the cloud has started anew', async () => {
    const dataDir = temporaryDirectory();
    const clock = new TestClock();
    const first = await stage(dataDir, clock);
    await first.ask(REGISTER, { username: 'anna', email: MAIL, password: 'secret-1' });
    const token = await first.logIn('anna');
    const ended = await first.logIn('anna');
    await first.ask('POST /api/logout', undefined, ended);
    await first.ask(COUNTRY, { country: 'FR' }, token);
    await first.t.cloud.close();
    const second = await stage(dataDir, clock);
    expect((await second.ask(ACCOUNT, undefined, token)).body.data).toMatchObject({ username: 'anna', country: 'FR' });
    expect(wordOf(await second.ask(ACCOUNT, undefined, ended))).toBe('401 unauthorized');
  });

  test('is nowhere in the log, where it is a secret', async () => {
    const s = await withAnna();
    await s.ask(STEP1, { account: 'anna' });
    const { code } = s.codes.last;
    await s.ask(STEP2, { account: 'anna', code, password: 'secret-2' });
    const log = JSON.stringify(s.t.logged);
    for (const secret of [code, 'secret-1', 'secret-2', s.token]) expect(log).not.toContain(secret);
  });
});
