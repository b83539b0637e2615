import { describe, expect, test } from 'vitest';
import {
  ACCESS_TOKEN,
  ACCOUNT,
  MAIL,
  MAIL_CHANGE,
  MAIL_VERIFY,
  MINUTE,
  NUMBER,
  OTHER_NUMBER,
  PHONE,
  REGISTER,
  STEP1,
  STEP2,
  stage,
  withAnna,
  wrong,
} from '../support/accounts.js';
import { bearer, wordOf } from '../support/gateway.js';

describe('a forgotten password', () => {
  test('is replaced by who has the code, and every login ends', async () => {
    const { t, ask, codes, token, logIn } = await withAnna();
    const { refreshToken } = (await t.login({ name: 'anna', password: 'secret-1' })).body.data;
    expect((await ask(STEP1, { account: 'anna' })).body.data).toEqual({ expiresIn: 300 });
    expect(codes.last).toMatchObject({ address: MAIL, purpose: 'reset' });
    const { code } = codes.last;
    const request = { account: 'ANNA@example.com', code, password: 'secret-2' };
    expect(wordOf(await ask(STEP2, request))).toBe('200 success');
    expect(wordOf(await ask(ACCOUNT, undefined, token))).toBe('401 unauthorized');
    expect(wordOf(await ask(ACCESS_TOKEN, { refreshToken }))).toBe('401 unauthorized');
    expect(wordOf(await ask(ACCESS_TOKEN, { username: 'anna', password: 'secret-1' }))).toBe('401 invalid_password');
    await logIn('anna', 'secret-2');
    expect(wordOf(await ask(STEP2, request))).toBe('400 invalid_code');
  });

  test('that who only claimed an address had set leaves him no way in, once it is replaced by whose it is', async () => {
    const { t, ask, codes, token, logIn } = await withAnna();
    const key = (await t.call('POST', '/users/api-keys', {}, bearer(token))).body.data;
    const phone = { phone: NUMBER, code: await codes.ask(NUMBER, 'contact') };
    expect(wordOf(await ask(PHONE, phone, token))).toBe('200 success');

    await ask(STEP1, { account: MAIL });
    const { code, address } = codes.last;
    expect(address).toBe(MAIL);
    expect(wordOf(await ask(STEP2, { account: MAIL, code, password: 'secret-2' }))).toBe('200 success');
    const asKey = { 'x-api-key': key.apiKey, 'x-api-secret': key.apiSecret };
    expect((await t.call('GET', '/users/me', undefined, asKey)).status).toBe(401);
    const own = await logIn(MAIL, 'secret-2');
    expect((await ask(ACCOUNT, undefined, own)).body.data).toMatchObject({ email: MAIL, phone: null });
    const told = codes.count;
    await ask(STEP1, { account: NUMBER });
    expect(codes.count).toBe(told);
  });

  test.each(['by its registration', 'by being verified', 'by being set'])(
    'takes nothing away where the address was shown to be his: %s',
    async (how) => {
      const { t, ask, codes, clock, logIn } = await stage();
      const account = { username: 'anna', password: 'secret-1' };
      const isRegistration = how === 'by its registration';
      const code = isRegistration ? await codes.ask(MAIL, 'register') : undefined;
      await ask(REGISTER, { ...account, ...(how !== 'by being set' && { email: MAIL }), code: code ?? null });
      const token = await logIn('anna');
      if (how === 'by being verified') {
        await ask(MAIL_VERIFY, {}, token);
        expect(wordOf(await ask(MAIL_VERIFY, { code: codes.last.code }, token))).toBe('200 success');
      }
      if (how === 'by being set') {
        const change = { email: MAIL, code: await codes.ask(MAIL, 'contact') };
        expect(wordOf(await ask(MAIL_CHANGE, change, token))).toBe('200 success');
      }
      await ask(PHONE, { phone: NUMBER, code: await codes.ask(NUMBER, 'contact') }, token);
      const key = (await t.call('POST', '/users/api-keys', {}, bearer(token))).body.data;
      clock.advance(MINUTE);
      await ask(STEP1, { account: MAIL });
      await ask(STEP2, { account: MAIL, code: codes.last.code, password: 'secret-2' });
      expect((await ask(ACCOUNT, undefined, await logIn('anna', 'secret-2'))).body.data.phone).toBe(NUMBER);
      const asKey = { 'x-api-key': key.apiKey, 'x-api-secret': key.apiSecret };
      expect((await t.call('GET', '/users/me', undefined, asKey)).status).toBe(200);
    },
  );

  test('is replaced once by requests that come together with one code', async () => {
    const { ask, codes, logIn } = await withAnna();
    await ask(STEP1, { account: MAIL });
    const { code } = codes.last;
    const passwords = ['secret-2', 'secret-3'];
    const answers = await Promise.all(passwords.map((password) => ask(STEP2, { account: 'anna', code, password })));
    expect(answers.map(wordOf).sort()).toEqual(['200 success', '400 invalid_code']);
    await logIn('anna', passwords[answers.findIndex(({ status }) => status === 200)]);
  });

  test('is not replaced after five wrong codes, nor by an expired one', async () => {
    const { ask, codes, clock, logIn } = await withAnna();
    await ask(STEP1, { account: 'anna' });
    const { code } = codes.last;
    const replace = async (tried: string) =>
      wordOf(await ask(STEP2, { account: 'anna', code: tried, password: 'secret-2' }));
    for (let count = 0; count < 5; count += 1) expect(await replace(wrong(code))).toBe('400 invalid_code');
    expect(await replace(code)).toBe('400 invalid_code');
    clock.advance(MINUTE);
    await ask(STEP1, { account: 'anna' });
    clock.advance(5 * MINUTE);
    expect(await replace(codes.last.code)).toBe('400 invalid_code');
    await logIn('anna');
  });

  test('tells nobody which accounts there are', async () => {
    const { ask, codes } = await withAnna();
    await ask(REGISTER, { username: 'nowhere', password: 'secret-1' });
    const before = codes.count;
    const accounts = ['nobody', 'nobody@example.com', OTHER_NUMBER, 'nowhere', 'anna'];
    const heard = async (route: string, body: object) =>
      new Set(
        await Promise.all(
          accounts.map(async (account) => JSON.stringify((await ask(route, { account, ...body })).body)),
        ),
      );
    expect((await heard(STEP1, {})).size).toBe(1);
    // Asked again at once: 429 for all of them, with the same sentence.
    expect((await heard(STEP1, {})).size).toBe(1);
    for (let count = 0; count < 6; count += 1) {
      expect((await heard(STEP2, { code: 'wrong', password: 'secret-2' })).size).toBe(1);
    }
    expect(codes.count).toBe(before + 1);
  });

  test('asked for under a user name says nothing about the address behind it', async () => {
    const { ask, codes } = await withAnna();
    await ask(STEP1, { account: 'anna' });
    for (const address of [MAIL, 'nobody@example.com']) {
      const asked = await ask('POST /api/midpnc/captcha/send/v1', { account: address, scene: 'reset' });
      expect(wordOf(asked)).toBe('200 success');
    }
    expect(codes.count).toBe(2);
  });
});
