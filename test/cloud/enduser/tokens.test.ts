import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { connectBoard } from '../support/board.js';
import { TestClock } from '../support/clock.js';
import {
  ask,
  DOMAIN,
  JWKS,
  LIST,
  LOGOUT,
  logIn,
  REFRESH,
  signUpByPhone,
  startEndUserCloud,
  type Tokens,
} from '../support/end-user.js';
import { type Activation, ONE_REQUEST, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { words } from '../support/people.js';
import { caOf, shownBy, startTlsCloud } from '../support/tls.js';
import { openWebSocket } from '../support/web-socket.js';

const REFUSED = { code: 5032, msg: 'token verification failed', data: null };
const bare = (token: string) => token.replace('Bearer ', '');

async function start(options: Parameters<typeof startEndUserCloud>[0] = {}) {
  const clock = new TestClock();
  const t = await startEndUserCloud({ environment: clock.environment, ...options });
  const tokens = await signUpByPhone(t, undefined, clock.now);
  return { clock, t, tokens };
}

const list = (t: TestCloud, authorization: string) => ask(t, 'GET', LIST, { authorization });
const refresh = (t: TestCloud, refreshToken: string) => ask(t, 'PUT', REFRESH, { body: { refreshToken } });
const me = (t: TestCloud, token: string) =>
  t.call('GET', '/users/me', undefined, { authorization: `Bearer ${bare(token)}` });
const jwks = async (t: TestCloud): Promise<JSONWebKeySet> =>
  (await fetch(t.cloud.apiUrl + JWKS, { headers: ONE_REQUEST })).json() as Promise<JSONWebKeySet>;

/** A token as ours, but for what is given, signed by another key. */
function forge(
  tokens: Tokens,
  key: Parameters<SignJWT['sign']>[0],
  header: { alg: string; kid?: string },
  claims: object = {},
) {
  return new SignJWT({ ...decodeJwt(bare(tokens.accessToken.token)), ...claims }).setProtectedHeader(header).sign(key);
}

describe('a token', () => {
  test('says what the vendor’s say, and of which login it is', async () => {
    const { clock, tokens } = await start();
    const nowS = Math.floor(clock.now / 1_000);
    for (const [type, { token, expirationTime }] of [
      ['AccessToken', tokens.accessToken],
      ['RefreshToken', tokens.refreshToken],
    ] as const) {
      expect(decodeProtectedHeader(bare(token))).toEqual({ alg: 'RS256', kid: expect.any(String) });
      expect(decodeJwt(bare(token))).toMatchObject({
        iss: 'enduser',
        aud: 'Audience',
        exp: expirationTime,
        jti: expect.stringMatching(/^[\w-]{22}$/),
        iat: nowS,
        nbf: nowS - 120,
        sub: 'subject',
        uid: expect.stringMatching(/^C\d+$/),
        type,
        sid: expect.stringMatching(/^fam_/),
      });
    }
  });

  test('is checked by the public key that the cloud tells, which is no private one', async () => {
    const { t, tokens, clock } = await start();
    const keys = await jwks(t);
    expect(Object.keys(keys.keys[0]!).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const { payload } = await jwtVerify(bare(tokens.accessToken.token), createLocalJWKSet(keys), {
      algorithms: ['RS256'],
      issuer: 'enduser',
      audience: 'Audience',
      currentDate: new Date(clock.now),
    });
    expect(payload['type']).toBe('AccessToken');
  });

  test('holds over a restart: its key is kept, for its owner’s eyes only', async () => {
    const dataDir = temporaryDirectory();
    const { t, tokens, clock } = await start({ dataDir });
    const before = await jwks(t);
    await t.cloud.close();
    const file = join(dataDir, 'end-user.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(createPublicKey(readFileSync(file)).asymmetricKeyDetails?.modulusLength).toBe(2_048);
    const again = await startEndUserCloud({ dataDir, environment: clock.environment });
    expect((await list(again, tokens.accessToken.token)).code).toBe(200);
    expect(await jwks(again)).toEqual(before);
  });

  test('costs no key before somebody logs in', async () => {
    const dataDir = temporaryDirectory();
    const t = await startEndUserCloud({ dataDir });
    expect((await list(t, 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.AA')).code).toBe(5032);
    expect(existsSync(join(dataDir, 'end-user.key'))).toBe(false);
    await Promise.all([jwks(t), jwks(t)]);
    expect(existsSync(join(dataDir, 'end-user.key'))).toBe(true);
  });
});

describe('an access token', () => {
  test('is taken as the login gives it, behind another Bearer, and bare', async () => {
    const { t, tokens } = await start();
    const { token } = tokens.accessToken;
    for (const authorization of [token, `Bearer ${token}`, `bearer  ${token}`]) {
      expect((await list(t, authorization)).code).toBe(200);
      expect((await t.call('GET', '/users/me', undefined, { authorization })).status).toBe(200);
    }
    for (const authorization of ['', bare(token), `Bearer Bearer ${token}`, 'Bearer', `Basic ${token}`, `${token} x`]) {
      expect(await list(t, authorization)).toMatchObject(REFUSED);
    }
    expect(await ask(t, 'GET', LIST)).toMatchObject(REFUSED);
  });

  test('may be one of SmartLink’s login, but no API key', async () => {
    const { t } = await start();
    const { token } = (await t.login()).body.data;
    expect((await list(t, `Bearer ${token}`)).code).toBe(200);
    const { apiKey, apiSecret } = (await t.as('POST', '/users/api-keys', {})).body.data;
    const response = await fetch(t.cloud.apiUrl + LIST, {
      headers: { ...ONE_REQUEST, 'x-api-key': apiKey, 'x-api-secret': apiSecret },
    });
    expect(await response.json()).toMatchObject(REFUSED);
  });

  test('opens SmartLink’s API and the gateway', async () => {
    const { t, tokens } = await start();
    expect((await me(t, tokens.accessToken.token)).body.data.username).toBe('+8617132136550');
    const gateway = await fetch(`${t.cloud.apiUrl}/api/midppkic/cert/app/revoke`, {
      method: 'POST',
      headers: { ...ONE_REQUEST, authorization: tokens.accessToken.token },
      body: '{"serialNumber":"A1"}',
    });
    expect(gateway.status).toBe(404);
  });

  test('opens the WebSocket, and MQTT behind a client certificate, until its login ends', async () => {
    const t = await startTlsCloud({ wsPort: 0, userDomain: DOMAIN });
    const { accessToken } = await signUpByPhone(t);
    const token = bare(accessToken.token);
    const client = await openWebSocket(t.cloud.wsUrl!);
    expect(await client.ask({ action: 'auth', token })).toMatchObject({ action: 'auth', code: 200 });
    const { userId } = (await me(t, token)).body.data;
    const { cert, key } = shownBy(await t.cloud.tls.certifyClient({ kind: 'app', name: 'phone' }));
    const nobody = { mqtt: { username: '', password: '', clientId: 'app' } } as Activation;
    const login = () =>
      connectBoard(t.cloud.tls.mtlsUrl, nobody, {
        username: String(userId),
        password: token,
        tls: { ca: caOf(t), cert, key, rejectUnauthorized: false },
      });
    await (await login()).end();
    await ask(t, 'POST', LOGOUT, { authorization: accessToken.token });
    await expect(login()).rejects.toThrow();
    const late = await openWebSocket(t.cloud.wsUrl!);
    expect(await late.ask({ action: 'auth', token })).toMatchObject({ action: 'auth', code: 401 });
  });

  test('ends after two hours, everywhere', async () => {
    const { t, tokens, clock } = await start();
    clock.advance(7_199_000);
    expect((await list(t, tokens.accessToken.token)).code).toBe(200);
    clock.advance(1_000);
    expect(await list(t, tokens.accessToken.token)).toMatchObject(REFUSED);
    expect(words(await me(t, tokens.accessToken.token))).toBe('401 unauthorized');
  });

  test('ends with the password of its user', async () => {
    const dataDir = temporaryDirectory();
    const { t, clock } = await start({ dataDir, user: { name: 'dev', password: 'password123' } });
    const { token, user } = (await t.login({ name: 'dev', password: 'password123' })).body.data;
    await jwks(t);
    // As if this login had been one of an end user.
    const key = createPrivateKey(readFileSync(join(dataDir, 'end-user.key')));
    const ours = await forge(
      await logIn(t),
      key,
      { alg: 'RS256' },
      { uid: `C${user.userId}`, sid: decodeJwt(token)['sid'] },
    );
    expect((await me(t, ours)).body.data.username).toBe('dev');
    await t.cloud.close();
    const changed = { dataDir, environment: clock.environment, user: { name: 'dev', password: 'password456' } };
    expect(await list(await startEndUserCloud(changed), `Bearer ${ours}`)).toMatchObject(REFUSED);
  });

  test('is no refresh token, and a refresh token is none', async () => {
    const { t, tokens } = await start();
    expect(await refresh(t, tokens.accessToken.token)).toMatchObject(REFUSED);
    expect(await list(t, tokens.refreshToken.token)).toMatchObject(REFUSED);
    expect(words(await me(t, tokens.refreshToken.token))).toBe('401 unauthorized');
  });
});

describe('a forged token', () => {
  test('of another key, of none, or signed with the public key as a secret, is refused everywhere', async () => {
    const { t, tokens } = await start();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const [jwk] = (await jwks(t)).keys;
    const pem = createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
    const kid = jwk!.kid!;
    const [, payload] = bare(tokens.accessToken.token).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const forged = [
      await forge(tokens, privateKey, { alg: 'RS256', kid }),
      await forge(tokens, privateKey, { alg: 'PS256', kid }),
      await forge(tokens, Buffer.from(pem), { alg: 'HS256', kid }),
      await forge(tokens, Buffer.from(jwk!.n!), { alg: 'HS256' }),
      `${none}.${payload}.`,
      `${none}.${payload}.AA`,
      bare(tokens.accessToken.token)
        .replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))
        .replace(/\.[\w-]{10}/, '.AAAAAAAAAA'),
      'x',
      '..',
      'eyJhbGciOiJSUzI1NiJ9..',
    ];
    for (const token of forged) {
      expect(await list(t, `Bearer ${token}`)).toMatchObject(REFUSED);
      expect(words(await me(t, token))).toBe('401 unauthorized');
      expect(await refresh(t, token)).toMatchObject(REFUSED);
    }
  });

  test('of the cloud’s own key is refused where its claims are others', async () => {
    const dataDir = temporaryDirectory();
    const { t, tokens, clock } = await start({ dataDir });
    const key = createPrivateKey(readFileSync(join(dataDir, 'end-user.key')));
    const header = { alg: 'RS256' };
    expect((await list(t, `Bearer ${await forge(tokens, key, header)}`)).code).toBe(200);
    const nowS = clock.now / 1_000;
    for (const claims of [
      { iss: 'other' },
      { aud: 'other' },
      { type: 'IdToken' },
      { type: undefined },
      { uid: 'C1' },
      { uid: '2' },
      { uid: `C2' OR 1=1` },
      { sid: 'fam_000000000000000000000000' },
      { sid: undefined },
      { exp: undefined },
      { exp: nowS },
      { nbf: undefined },
      { nbf: nowS + 1 },
    ]) {
      expect(await list(t, `Bearer ${await forge(tokens, key, header, claims)}`)).toMatchObject(REFUSED);
    }
  });
});

describe('a refresh token', () => {
  test('gives new tokens once, with or without Bearer; the old access token stays until it expires', async () => {
    const { t, tokens } = await start();
    const { data } = await refresh(t, tokens.refreshToken.token);
    expect((await list(t, data.accessToken.token)).code).toBe(200);
    expect((await list(t, tokens.accessToken.token)).code).toBe(200);
    expect((await refresh(t, bare(data.refreshToken.token))).code).toBe(200);
  });

  test('that is used again ends all that came from its login, and no other login', async () => {
    const { t, tokens } = await start();
    const other = await logIn(t);
    const { data } = await refresh(t, tokens.refreshToken.token);
    expect(await refresh(t, tokens.refreshToken.token)).toMatchObject(REFUSED);
    for (const token of [data.accessToken.token, tokens.accessToken.token]) {
      expect(await list(t, token)).toMatchObject(REFUSED);
    }
    expect(await refresh(t, data.refreshToken.token)).toMatchObject(REFUSED);
    expect((await list(t, other.accessToken.token)).code).toBe(200);
  });

  test('ends after 30 days', async () => {
    const { t, tokens, clock } = await start();
    clock.advance(30 * 86_400_000);
    expect(await refresh(t, tokens.refreshToken.token)).toMatchObject(REFUSED);
  });
});

describe('a logout', () => {
  test('ends the login, with all its tokens, and no other login', async () => {
    const { t, tokens } = await start();
    const other = await logIn(t);
    expect((await ask(t, 'POST', LOGOUT, { authorization: tokens.accessToken.token })).code).toBe(200);
    expect(await list(t, tokens.accessToken.token)).toMatchObject(REFUSED);
    expect(words(await me(t, tokens.accessToken.token))).toBe('401 unauthorized');
    expect(await refresh(t, tokens.refreshToken.token)).toMatchObject(REFUSED);
    expect(await ask(t, 'POST', LOGOUT, { authorization: tokens.accessToken.token })).toMatchObject(REFUSED);
    expect((await list(t, other.accessToken.token)).code).toBe(200);
  });

  test('ends one of SmartLink’s, too', async () => {
    const { t } = await start();
    const { token } = (await t.login()).body.data;
    expect((await ask(t, 'POST', LOGOUT, { authorization: `Bearer ${token}` })).code).toBe(200);
    expect(words(await me(t, token))).toBe('401 unauthorized');
  });
});
