import { expect } from 'vitest';
import { TestClock } from './clock.js';
import { ToldCodes } from './codes.js';
import { startCloud, type TestCloud } from './fixture.js';
import { type Asked, bearer, gateway, wordOf } from './gateway.js';

/** Accounts of people, over the gateway. */

const BASE = '/api/midpauthc';
export const REGISTER = `POST ${BASE}/user/mgt/register/v1`;
export const STEP1 = `POST ${BASE}/user/mgt/forgotpwd/step1/v1`;
export const STEP2 = `POST ${BASE}/user/mgt/forgotpwd/step2/v1`;
export const ACCOUNT = `GET ${BASE}/user/account/v1`;
export const PASSWORD = `POST ${BASE}/user/v1/update/password`;
export const MAIL_VERIFY = `POST ${BASE}/user/v1/update/mail/verify`;
export const MAIL_CHANGE = `POST ${BASE}/user/v1/update/mail/change`;
export const PHONE = `POST ${BASE}/user/v1/update/phone`;
export const PHONE_VERIFY = `POST ${BASE}/user/v1/update/phone/verify`;
export const PHONE_CHANGE = `POST ${BASE}/user/v1/update/phone/change`;
export const COUNTRY = `POST ${BASE}/user/v1/update/country`;
export const COUNTRY_RESET = `POST ${BASE}/user/v1/country/reset`;
export const ACCESS_TOKEN = 'POST /accessToken';

export const NUMBER = '+4915112345678';
export const OTHER_NUMBER = '+4915187654321';
export const MAIL = 'anna@example.com';
export const MINUTE = 60_000;

export interface Stage {
  readonly t: TestCloud;
  readonly clock: TestClock;
  readonly codes: ToldCodes;
  readonly ask: (route: string, body?: unknown, token?: string) => Promise<Asked>;
  /** The token of a new login. */
  readonly logIn: (username: string, password?: string) => Promise<string>;
}

export async function stage(dataDir = ':memory:', clock = new TestClock()): Promise<Stage> {
  const t = await startCloud({ environment: clock.environment, dataDir });
  const ask: Stage['ask'] = (route, body, token) => gateway(t, route, body, token === undefined ? {} : bearer(token));
  return {
    t,
    clock,
    codes: new ToldCodes(t),
    ask,
    logIn: async (username, password = 'secret-1') => {
      const answer = await ask(ACCESS_TOKEN, { username, password });
      expect(wordOf(answer)).toBe('200 success');
      return answer.body.data.token as string;
    },
  };
}

/** With an account of user name, e-mail address and token. */
export async function withAnna(): Promise<Stage & { readonly token: string }> {
  const s = await stage();
  await s.ask(REGISTER, { username: 'anna', email: MAIL, password: 'secret-1' });
  return { ...s, token: await s.logIn('anna') };
}

export const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');
