import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { ONE_REQUEST, startCloud, type TestCloud } from './fixture.js';

/** The user domain of the examples in the vendor's reference. */
export const DOMAIN = { domain: 'C.DM.10271.5', secret: '57Fk69oYgbs2aWWN362NtZwYB2RqKNqQ7yZESnF5VM22' };
export const PHONE = '17132136550';
export const PASSWORD = 'china1234';
export const AGREEMENTS = [
  { privacyVersion: '1.0.0', protocolType: 1 },
  { privacyVersion: '1.0.0', protocolType: 2 },
];

export const SEND = '/v2/sms/enduserapi/v2/sendPhoneSmsCode';
export const REGISTER = '/v2/enduser/enduserapi/v2/phonePwdRegister';
export const LOGIN = '/v2/enduser/enduserapi/phonePwdLogin';
export const REFRESH = '/v2/enduser/enduserapi/refreshToken';
export const LOGOUT = '/v2/enduser/enduserapi/logout';
export const JWKS = '/v2/enduser/enduserapi/jwks';
export const LIST = '/v2/binding/enduserapi/userDeviceList';
export const ATTRIBUTES = '/v2/binding/enduserapi/getDeviceBusinessAttributes';
export const COMMAND = '/v2/binding/enduserapi/sendDeviceCommand';
export const BIND = '/v2/binding/enduserapi/bindDevice';
export const UNBIND = '/v2/binding/enduserapi/unbindDevice';
export const UPGRADE = '/v2/binding/enduserapi/upgradeDevice';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A password as an app encrypts it. */
export function encrypt(password: string | Buffer, random: string): string {
  const key = createHash('md5').update(random).digest('hex').toUpperCase().slice(8, 24);
  const cipher = createCipheriv('aes-128-cbc', key, key.slice(8) + key.slice(0, 8));
  return Buffer.concat([cipher.update(password), cipher.final()]).toString('base64');
}

export interface Told {
  readonly code: number;
  readonly msg: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  readonly data: any;
  readonly headers: Headers;
}

export interface Asked {
  readonly query?: Record<string, string | number>;
  readonly body?: unknown;
  /** As it stands in `Authorization`. */
  readonly authorization?: string;
}

/** A request to the end-user OpenAPI; checks that its answer has the HTTP status 200 and the envelope. */
export async function ask(t: TestCloud, method: string, path: string, asked: Asked = {}): Promise<Told> {
  const { query = {}, body, authorization } = asked;
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const response = await fetch(`${t.cloud.apiUrl}${path}${search.size > 0 ? `?${search}` : ''}`, {
    method,
    headers: { ...ONE_REQUEST, ...(authorization !== undefined && { authorization }) },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  expect(response.status).toBe(200);
  const envelope = (await response.json()) as Told;
  expect(Object.keys(envelope)).toEqual(['code', 'msg', 'data', 'extMsg']);
  expect(envelope).toMatchObject({ extMsg: null, ...(envelope.code === 200 ? { msg: '' } : { data: null }) });
  return { ...envelope, headers: response.headers };
}

/** A cloud with the user domain of the examples. */
export function startEndUserCloud(options: Parameters<typeof startCloud>[0] = {}): Promise<TestCloud> {
  return startCloud({ userDomain: DOMAIN, ...options });
}

export const newRandom = (): string => randomBytes(8).toString('hex');

/** The query of a request for a code, signed; what is given goes before. */
export function codeQuery(ts: number, given: Partial<Record<string, string | number>> = {}): Record<string, string> {
  const { phone = PHONE, codeType = 3, random = newRandom() } = given;
  const signature = sha256(`${phone}${codeType}${random}${given['ts'] ?? ts}${DOMAIN.secret}`);
  const query = {
    codeType,
    internationalCode: '86',
    phone,
    random,
    ts,
    userDomain: DOMAIN.domain,
    signature,
    ...given,
  };
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}

/** The code that the cloud tells for a number. */
export async function codeFor(t: TestCloud, phone = PHONE, now = Date.now()): Promise<string> {
  const sent = t.next('codeSent', ({ address }) => address.endsWith(phone));
  expect(await ask(t, 'POST', SEND, { query: codeQuery(now, { phone }) })).toMatchObject({ code: 200, data: null });
  return (await sent).code;
}

/** The body of a registration. */
export const registration = (smsCode: string, given: object = {}) => ({
  agreementList: AGREEMENTS,
  internationalCode: '86',
  phone: PHONE,
  pwd: encrypt(PASSWORD, 'abcdef'),
  random: 'abcdef',
  smsCode,
  userDomain: DOMAIN.domain,
  ...given,
});

/** The query of a login, signed; what is given goes before. */
export function loginQuery(given: Partial<Record<string, string>> = {}): Record<string, string> {
  const { internationalCode = '86', phone = PHONE, random = 'abcdef' } = given;
  const pwd = given['pwd'] ?? encrypt(PASSWORD, random);
  const signature = sha256(`${internationalCode}${phone}${pwd}${random}${DOMAIN.secret}`);
  return { internationalCode, phone, pwd, random, signature, userDomain: DOMAIN.domain, ...given };
}

export interface Tokens {
  readonly accessToken: { token: string; expirationTime: number };
  readonly refreshToken: { token: string; expirationTime: number };
}

/** Makes an account and logs it in. */
export async function signUpByPhone(t: TestCloud, phone = PHONE, now = Date.now()): Promise<Tokens> {
  const code = await codeFor(t, phone, now);
  expect((await ask(t, 'POST', REGISTER, { body: registration(code, { phone }) })).code).toBe(200);
  return logIn(t, phone);
}

export async function logIn(t: TestCloud, phone = PHONE): Promise<Tokens> {
  const told = await ask(t, 'POST', LOGIN, { query: loginQuery({ phone }) });
  expect(told.code).toBe(200);
  return told.data as Tokens;
}
