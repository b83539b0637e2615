import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { TestClock } from '../support/clock.js';
import {
  AGREEMENTS,
  ask,
  codeFor,
  codeQuery,
  DOMAIN,
  encrypt,
  LOGIN,
  logIn,
  loginQuery,
  PASSWORD,
  PHONE,
  REGISTER,
  registration,
  SEND,
  signUpByPhone,
  startEndUserCloud,
} from '../support/end-user.js';
import { type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { words } from '../support/people.js';

const WRONG_CODE = { code: 5037, msg: 'SMS verification failed', data: null };
const register = (t: TestCloud, body: unknown) => ask(t, 'POST', REGISTER, { body });
const login = (t: TestCloud, query: Record<string, string>) => ask(t, 'POST', LOGIN, { query });
const asSmartLink = (t: TestCloud, name = `+86${PHONE}`, password = PASSWORD) => t.login({ name, password });

/** Another code than this one. */
const otherThan = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

describe('a registration', () => {
  test('is answered as the vendor’s example shows; its account is one of SmartLink’s', async () => {
    const t = await startEndUserCloud();
    const code = await codeFor(t);
    const { userId } = (await t.as('GET', '/users/me')).body.data;
    const told = await register(t, registration(code));
    expect(told).toMatchObject({ code: 200, msg: '', data: { uid: `C${userId + 1}` } });
    expect((await asSmartLink(t)).body.data.user).toMatchObject({ userId: userId + 1, email: null });
  });

  test('takes the vendor’s body as it is, but for the code', async () => {
    const t = await startEndUserCloud();
    const body = `{"agreementList":[{"privacyVersion":"1.0.0","protocolType":1},{"privacyVersion":"1.0.0","protocolType":2}],"internationalCode":"86","phone":"17132136550","pwd":"KbbO5AsWloh9gulLei6NhQ==","random":"abcdef","smsCode":"606754","userDomain":"C.DM.10271.5"}`;
    expect((await register(t, body.replace('606754', await codeFor(t)))).code).toBe(200);
    const query = {
      internationalCode: '86',
      phone: '17132136550',
      pwd: 'KbbO5AsWloh9gulLei6NhQ==',
      random: 'abcdef',
      signature: '1fd91ebf096be51dae1c6055bc930bd8e24b1f477d2a47ae87eedb0f73057bf0',
      userDomain: 'C.DM.10271.5',
    };
    expect((await login(t, query)).code).toBe(200);
  });

  test('is of mainland China without an international code, and has a key of nothing without random', async () => {
    const t = await startEndUserCloud();
    const {
      internationalCode: _,
      random: __,
      ...body
    } = registration(await codeFor(t), { pwd: encrypt(PASSWORD, '') });
    expect((await register(t, body)).code).toBe(200);
    expect((await asSmartLink(t)).status).toBe(200);
  });

  test('keeps the digits of a number as they are given', async () => {
    const t = await startEndUserCloud();
    const sent = t.next('codeSent');
    await ask(t, 'POST', SEND, { query: codeQuery(Date.now(), { internationalCode: '49', phone: '0151234567' }) });
    const { code, address } = await sent;
    expect(address).toBe('+490151234567');
    const body = registration(code, { internationalCode: '49', phone: '0151234567' });
    expect((await register(t, body)).code).toBe(200);
    expect((await asSmartLink(t, '+490151234567')).status).toBe(200);
  });

  test('is refused with a wrong code, with none, with one for something else, and with one that was used', async () => {
    const t = await startEndUserCloud();
    expect(await register(t, registration('606754'))).toMatchObject(WRONG_CODE);
    const sent = t.next('codeSent');
    await ask(t, 'POST', SEND, { query: codeQuery(Date.now(), { codeType: 2 }) });
    expect(await register(t, registration((await sent).code))).toMatchObject(WRONG_CODE);
    const code = await codeFor(t);
    expect(await register(t, registration(otherThan(code)))).toMatchObject(WRONG_CODE);
    expect((await asSmartLink(t)).status).toBe(401);
    expect((await register(t, registration(code))).code).toBe(200);
    expect(await register(t, registration(code, { phone: PHONE }))).toMatchObject(WRONG_CODE);
  });

  test('has five tries: then the right code is refused, too', async () => {
    const t = await startEndUserCloud();
    const code = await codeFor(t);
    for (let tries = 0; tries < 5; tries += 1) {
      expect(await register(t, registration(otherThan(code)))).toMatchObject(WRONG_CODE);
    }
    expect(await register(t, registration(code))).toMatchObject(WRONG_CODE);
    expect((await asSmartLink(t)).status).toBe(401);
  });

  test('may be tried for whatever numbers no more often than at the gateway: then counts would be pushed out', async () => {
    const t = await startEndUserCloud({ environment: new TestClock().environment });
    const told = new Map<number, number>();
    for (let count = 0; count < 125; count += 1) {
      const { code } = await register(t, registration('000000', { phone: String(13_800_000_000 + count) }));
      told.set(code, (told.get(code) ?? 0) + 1);
    }
    expect([...told]).toEqual([
      [5037, 120],
      [5429, 5],
    ]);
    const send = `${t.cloud.apiUrl}/api/midpnc/captcha/send/v1`;
    const body = JSON.stringify({ account: 'anna@example.com', scene: 'register' });
    expect((await fetch(send, { method: 'POST', body, headers: { connection: 'close' } })).status).toBe(429);
    expect((await ask(t, 'POST', SEND, { query: codeQuery(0) })).code).toBe(5429);
  });

  test('has five minutes', async () => {
    const clock = new TestClock();
    const t = await startEndUserCloud({ environment: clock.environment });
    const code = await codeFor(t, PHONE, clock.now);
    clock.advance(300_000);
    expect(await register(t, registration(code))).toMatchObject(WRONG_CODE);
    expect((await asSmartLink(t)).status).toBe(401);
  });

  test('says that a number has an account only to who has its code', async () => {
    const clock = new TestClock();
    const t = await startEndUserCloud({ environment: clock.environment });
    await signUpByPhone(t, PHONE, clock.now);
    expect(await register(t, registration('000000'))).toMatchObject(WRONG_CODE);
    clock.advance(61_000);
    const code = await codeFor(t, PHONE, clock.now);
    expect((await register(t, registration(code, { pwd: encrypt('another1', 'abcdef') }))).code).toBe(5409);
    expect((await asSmartLink(t)).status).toBe(200);
  });

  test('has one answer to a password that does not open, and to one that is too short or long; the code can be used again', async () => {
    const t = await startEndUserCloud();
    const code = await codeFor(t);
    const sent = encrypt(PASSWORD, 'abcdef');
    const wrong = [
      'x',
      `${sent.slice(0, 5)}A${sent.slice(6)}`,
      encrypt('five5', 'abcdef'),
      encrypt('x'.repeat(129), 'abcdef'),
      encrypt(Buffer.from([0xff]), 'abcdef'),
    ];
    const told = new Set<string>();
    for (const pwd of wrong) {
      expect(await register(t, registration(otherThan(code), { pwd, phone: '13800000000' }))).toMatchObject(WRONG_CODE);
      const { code: number, msg } = await register(t, registration(code, { pwd }));
      told.add(`${number} ${msg}`);
    }
    expect([...told]).toEqual([expect.stringMatching(/^5400 invalid_parameter: pwd is not a password of 6 to 128/)]);
    expect((await register(t, registration(code, { pwd: encrypt('密'.repeat(128), 'abcdef') }))).code).toBe(200);
  });

  test('needs terms that were agreed to, each once', async () => {
    const t = await startEndUserCloud();
    const code = await codeFor(t);
    const [privacy] = AGREEMENTS;
    for (const agreementList of [
      undefined,
      null,
      [],
      'x',
      [privacy, privacy],
      [{ ...privacy, protocolType: 3 }],
      [{ protocolType: 1 }],
      [{ ...privacy, privacyVersion: '' }],
      [{ ...privacy, privacyVersion: 1 }],
    ]) {
      expect(await register(t, registration(code, { agreementList }))).toMatchObject({
        code: 5400,
        msg: expect.stringMatching(/agreementList|privacyVersion/),
      });
    }
    expect((await register(t, registration(code, { agreementList: [privacy] }))).code).toBe(200);
  });

  test('keeps which version of which terms was agreed to, and when', async () => {
    const clock = new TestClock();
    const dataDir = temporaryDirectory();
    const t = await startEndUserCloud({ environment: clock.environment, dataDir });
    const agreementList = [
      { protocolType: 2, privacyVersion: '2.1' },
      { protocolType: 1, privacyVersion: '1.0.0' },
    ];
    const told = await register(t, registration(await codeFor(t, PHONE, clock.now), { agreementList }));
    await t.cloud.close();
    const database = await openDatabase(join(dataDir, 'cloud.sqlite'));
    const rows = database.prepare('SELECT * FROM user_agreements ORDER BY protocol_type').all();
    database.close();
    const user_id = Number(told.data.uid.slice(1));
    expect(rows).toEqual([
      { user_id, protocol_type: 1, version: '1.0.0', agreed_at: clock.now },
      { user_id, protocol_type: 2, version: '2.1', agreed_at: clock.now },
    ]);
  });

  test('is for the user domain of this cloud', async () => {
    const t = await startEndUserCloud();
    const code = await codeFor(t);
    expect((await register(t, registration(code, { userDomain: 'C.DM.1.1' }))).code).toBe(5410);
    expect((await register(t, registration(code))).code).toBe(200);
  });
});

describe('a login', () => {
  test('gives two tokens, in seconds two hours and 30 days long', async () => {
    const clock = new TestClock();
    const t = await startEndUserCloud({ environment: clock.environment });
    const nowS = Math.floor(clock.now / 1_000);
    const tokens = await signUpByPhone(t, PHONE, clock.now);
    const token = expect.stringMatching(/^Bearer eyJ[\w-]+\.[\w-]+\.[\w-]{342}$/);
    expect(tokens).toEqual({
      accessToken: { token, expirationTime: nowS + 7_200 },
      refreshToken: { token, expirationTime: nowS + 30 * 86_400 },
    });
  });

  test('works again with the same random: clients have one for all', async () => {
    const t = await startEndUserCloud();
    const first = await signUpByPhone(t);
    const second = await logIn(t);
    expect(second.accessToken.token).not.toBe(first.accessToken.token);
  });

  test('signs what it leaves out as nothing', async () => {
    const t = await startEndUserCloud();
    await signUpByPhone(t);
    const { internationalCode: _, ...domestic } = loginQuery({ internationalCode: '' });
    expect((await login(t, domestic)).code).toBe(200);
    const { random: __, ...keyless } = loginQuery({ random: '' });
    expect((await login(t, keyless)).code).toBe(200);
  });

  test('is one of any account that has a phone number, with its password', async () => {
    const t = await startEndUserCloud();
    await t.call('POST', '/users/register', { username: '+8613900000000', password: PASSWORD });
    expect(await login(t, loginQuery({ phone: '13900000000' }))).toMatchObject({ code: 5401 });
  });

  test('is refused with a wrong signature, and does not count as a guess', async () => {
    const t = await startEndUserCloud();
    await signUpByPhone(t);
    const good = loginQuery();
    const changes = [
      { signature: 'x' },
      { signature: `0${good['signature']!.slice(1)}` },
      { phone: '17132136551' },
      { random: 'abcdeg' },
      { pwd: encrypt('other123', 'abcdef') },
      { internationalCode: '8' },
    ];
    for (let round = 0; round < 3; round += 1) {
      for (const change of changes) {
        expect(await login(t, { ...good, ...change })).toMatchObject({
          code: 5420,
          msg: 'Signature verification failed',
        });
      }
    }
    expect((await login(t, good)).code).toBe(200);
  });

  test('tells an unknown number from a wrong password by nothing', async () => {
    const t = await startEndUserCloud();
    await signUpByPhone(t);
    const told = [
      await login(t, loginQuery({ pwd: encrypt('wrong-password', 'abcdef') })),
      await login(t, loginQuery({ pwd: 'AAAA' })),
      await login(t, loginQuery({ phone: '13800138000' })),
    ].map(({ code, msg }) => `${code} ${msg}`);
    expect(new Set(told)).toEqual(new Set(['5401 Phone number or password is wrong']));
  });

  test('is locked after ten failures, for SmartLink’s API too, and opens again after five minutes', async () => {
    const clock = new TestClock();
    const t = await startEndUserCloud({ environment: clock.environment });
    await signUpByPhone(t, PHONE, clock.now);
    const wrong = loginQuery({ pwd: encrypt('wrong-password', 'abcdef') });
    for (let count = 0; count < 10; count += 1) expect((await login(t, wrong)).code).toBe(5401);
    const told = await login(t, loginQuery());
    expect(told.code).toBe(5429);
    expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(words(await asSmartLink(t))).toBe('429 too_many_requests');
    clock.advance(300_000);
    expect((await login(t, loginQuery())).code).toBe(200);
  });

  test('is for the user domain of this cloud', async () => {
    const t = await startEndUserCloud();
    await signUpByPhone(t);
    expect((await login(t, loginQuery({ userDomain: DOMAIN.domain.toLowerCase() }))).code).toBe(5410);
  });
});
