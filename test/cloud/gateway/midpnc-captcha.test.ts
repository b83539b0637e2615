import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import { ToldCodes } from '../support/codes.js';
import { startCloud } from '../support/fixture.js';
import { gateway, wordOf } from '../support/gateway.js';

const SEND = 'POST /api/midpnc/captcha/send/v1';
const VALIDATE = 'POST /api/midpnc/captcha/validate/v1';
const PHONE = '+4915112345678';
const MAIL = 'anna@example.com';
const MINUTE = 60_000;

async function stage() {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment });
  return { t, clock, codes: new ToldCodes(t) };
}

describe('a code of the gateway', () => {
  test.each([
    [PHONE, 'sms'],
    [MAIL, 'mail'],
  ])('for %s goes by %s, and into no answer', async (account, channel) => {
    const { t, codes } = await stage();
    const sent = await gateway(t, SEND, { account, scene: 'register' });
    expect(sent.body.data).toEqual({ expiresIn: 300, channel });
    expect(codes.last).toMatchObject({ address: account, purpose: 'register' });
    expect(JSON.stringify(sent.body)).not.toContain(codes.last.code);
  });

  test('is looked at without being used up', async () => {
    const { t, codes } = await stage();
    const code = await codes.ask(MAIL, 'register');
    for (let count = 0; count < 3; count += 1) {
      const looked = await gateway(t, VALIDATE, { account: MAIL, scene: 'register', code });
      expect(looked.body.data).toEqual({ valid: true });
    }
  });

  test('that is wrong counts: five end it', async () => {
    const { t, codes } = await stage();
    const code = await codes.ask(MAIL, 'register');
    const look = async (tried: string) =>
      wordOf(await gateway(t, VALIDATE, { account: MAIL, scene: 'register', code: tried }));
    for (let count = 0; count < 5; count += 1) expect(await look('wrong')).toBe('400 invalid_code');
    expect(await look(code)).toBe('400 invalid_code');
  });

  test('is asked for once a minute, whoever has the address', async () => {
    const { t, clock } = await stage();
    await t.call('POST', '/users/register', { username: 'anna', email: MAIL, password: 'secret-1' });
    for (const account of [MAIL, 'nobody@example.com']) {
      expect(wordOf(await gateway(t, SEND, { account, scene: 'login' }))).toBe('200 success');
      const again = await gateway(t, SEND, { account, scene: 'login' });
      expect(wordOf(again)).toBe('429 too_many_requests');
      expect(again.headers.get('retry-after')).toBe('60');
    }
    clock.advance(MINUTE);
    expect(wordOf(await gateway(t, SEND, { account: MAIL, scene: 'login' }))).toBe('200 success');
  });

  test.each([
    [{ account: 'anna', scene: 'login' }, /^invalid_parameter: account must be an e-mail address, or a phone number/],
    [{ account: '015112345678', scene: 'login' }, /^invalid_parameter: account must be/],
    [{ account: '+0123456789', scene: 'login' }, /^invalid_parameter: account must be/],
    [{ account: MAIL, scene: 'payment' }, /^invalid_parameter: scene must be/],
    [{ account: MAIL }, /^invalid_parameter: scene is required/],
    [{ scene: 'login' }, /^invalid_parameter: account is required/],
    [{ account: `${'a'.repeat(250)}@b.example`, scene: 'login' }, /^invalid_parameter: account must/],
  ])('is not sent for %j', async (body, sentence) => {
    const { t, codes } = await stage();
    expect((await gateway(t, SEND, body)).body.msg).toMatch(sentence);
    expect(codes.count).toBe(0);
  });

  test('is asked for and tried 120 times at once from one address, then one in five seconds', async () => {
    const { t, clock } = await stage();
    const look = async () => wordOf(await gateway(t, VALIDATE, { account: MAIL, scene: 'login', code: 'x' }));
    const send = async () => wordOf(await gateway(t, SEND, { account: MAIL, scene: 'login' }));
    const answers = [];
    for (let count = 0; count < 120; count += 1) answers.push(await look());
    expect(new Set(answers)).toEqual(new Set(['400 invalid_code']));
    for (const ask of [look, send]) expect(await ask()).toBe('429 too_many_requests');
    clock.advance(5_000);
    expect(await send()).toBe('200 success');
    expect(await look()).toBe('429 too_many_requests');
  });
});
