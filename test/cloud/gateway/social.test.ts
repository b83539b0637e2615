import fc from 'fast-check';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { SocialLogins } from '../../../host-sim/cloud/domain/accounts/social-logins.js';
import {
  parseSocialProvider,
  readIdToken,
  SocialProviderError,
} from '../../../host-sim/cloud/domain/accounts/social-providers.js';
import { SocialStore } from '../../../host-sim/cloud/store/social-store.js';
import { TestClock } from '../support/clock.js';
import { openDomain } from '../support/domain.js';
import { startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { bearer, gateway, wordOf } from '../support/gateway.js';
import { FakeProvider, type IdClaims } from '../support/identity-provider.js';

const BIND = 'POST /api/midpauthc/account/social/v1/bind';
const LIST = 'GET /api/midpauthc/account/social/v1/list';
const UNBIND = 'POST /api/midpauthc/account/social/v1/unbind';
const LOGIN = 'POST /social/login';
const ACCOUNT = 'GET /api/midpauthc/user/account/v1';

interface Stage {
  readonly t: TestCloud;
  readonly clock: TestClock;
  readonly example: FakeProvider;
  readonly idToken: (claims?: IdClaims) => Promise<string>;
  readonly signUp: (username: string) => Promise<string>;
}

/** A cloud that believes two providers. */
async function stage(): Promise<Stage> {
  const clock = new TestClock();
  const [example, other] = [await FakeProvider.create(), await FakeProvider.create('other', 'RS256')];
  const t = await startCloud({
    environment: clock.environment,
    socialProviders: [example.provider, other.provider],
  });
  return {
    t,
    clock,
    example,
    idToken: (claims) => example.idToken(clock.now, claims),
    signUp: async (username) => {
      await t.call('POST', '/users/register', { username, password: 'secret-1' });
      return (await t.login({ name: username, password: 'secret-1' })).body.data.token as string;
    },
  };
}

describe('an identity of another provider', () => {
  test('logs in whom it is bound to, until it is unbound', async () => {
    const { t, idToken, signUp } = await stage();
    const token = await signUp('anna');
    const body = { provider: 'example', idToken: await idToken() };
    expect(wordOf(await gateway(t, LOGIN, body))).toBe('401 unauthorized');
    const bound = (await gateway(t, BIND, body, bearer(token))).body.data;
    expect(bound).toEqual({ provider: 'example', subject: 'anna', boundAt: '2026-01-10T15:30:00.000Z' });
    expect((await gateway(t, LIST, undefined, bearer(token))).body.data).toEqual({
      total: 1,
      pageNum: 1,
      pageSize: 20,
      list: [bound],
    });
    const login = (await gateway(t, LOGIN, body)).body.data;
    expect(login.user.username).toBe('anna');
    expect(wordOf(await gateway(t, ACCOUNT, undefined, bearer(login.token)))).toBe('200 success');
    expect(wordOf(await gateway(t, UNBIND, { provider: 'example' }, bearer(token)))).toBe('200 success');
    expect(wordOf(await gateway(t, LOGIN, body))).toBe('401 unauthorized');
    expect(wordOf(await gateway(t, UNBIND, { provider: 'example' }, bearer(token)))).toBe('404 not_found');
  });

  test('is one person’s, and he has one for each provider', async () => {
    const { t, idToken, signUp } = await stage();
    const [anna, bob] = [await signUp('anna'), await signUp('bob')];
    const bind = async (token: string, subject: string) =>
      (await gateway(t, BIND, { provider: 'example', idToken: await idToken({ subject }) }, bearer(token))).body.msg;
    expect(await bind(anna, 'a')).toBe('success');
    expect(await bind(anna, 'a')).toBe('success');
    expect(await bind(bob, 'a')).toMatch(/^user_exists: this identity is bound to another account/);
    expect(await bind(anna, 'b')).toMatch(/^user_exists: this account has another identity there/);
    expect((await gateway(t, LIST, undefined, bearer(bob))).body.data.list).toEqual([]);
    const login = await gateway(t, LOGIN, { provider: 'example', idToken: await idToken({ subject: 'a' }) });
    expect(login.body.data.user.username).toBe('anna');
  });

  test('is another one where its provider has another issuer now: that binds nothing before the old one is unbound', async () => {
    const dataDir = temporaryDirectory();
    const clock = new TestClock();
    const example = await FakeProvider.create();
    const start = (provider = example.provider) =>
      startCloud({ environment: clock.environment, dataDir, socialProviders: [provider] });
    const first = await start();
    await first.call('POST', '/users/register', { username: 'anna', password: 'secret-1' });
    const { token } = (await first.login({ name: 'anna', password: 'secret-1' })).body.data;
    const old = { provider: 'example', idToken: await example.idToken(clock.now) };
    expect(wordOf(await gateway(first, BIND, old, bearer(token)))).toBe('200 success');
    await first.cloud.close();

    const issuer = 'https://moved.example';
    const again = await start({ ...example.provider, issuer });
    const body = { provider: 'example', idToken: await example.idToken(clock.now, { issuer }) };
    expect(wordOf(await gateway(again, LOGIN, body))).toBe('401 unauthorized');
    expect(wordOf(await gateway(again, BIND, body, bearer(token)))).toBe('400 user_exists');
    await gateway(again, UNBIND, { provider: 'example' }, bearer(token));
    expect(wordOf(await gateway(again, BIND, body, bearer(token)))).toBe('200 success');
    expect((await gateway(again, LOGIN, body)).body.data.user.username).toBe('anna');
  });

  test('is bound to nobody who closes his account meanwhile', async () => {
    const { services, clock } = await openDomain();
    const { users, stores, database, environment } = services;
    const example = await FakeProvider.create();
    const store = new SocialStore(database);
    const social = new SocialLogins({
      providers: [example.provider],
      store,
      userStore: stores.users,
      users,
      environment,
    });
    const { userId } = await users.register({ username: 'anna', password: 'secret-1' });
    const bound = social.bind(userId, 'example', await example.idToken(clock.now));
    users.close(userId);
    await expect(bound).rejects.toThrow(/^unauthorized/);
    const next = await users.register({ username: 'anna', password: 'secret-1' });
    expect(await social.bind(next.userId, 'example', await example.idToken(clock.now))).toMatchObject({
      subject: 'anna',
    });
  });

  test('of an unknown provider is refused by naming those that there are', async () => {
    const { t, idToken, signUp } = await stage();
    const token = await signUp('anna');
    const body = { provider: 'unheard-of', idToken: await idToken() };
    const plain = await startCloud();
    for (const route of [BIND, UNBIND, LOGIN]) {
      const told = (await gateway(t, route, body, bearer(token))).body.msg;
      expect(told).toMatch(/^invalid_parameter: provider must be one .*: example, other$/);
    }
    expect((await gateway(plain, LOGIN, body)).body.msg).toMatch(/^invalid_parameter: provider must be one .*: none$/);
  });
});

describe('an ID token', () => {
  const HOUR = 3_600;

  test.each<[string, (now: number) => IdClaims]>([
    ['of another issuer', () => ({ issuer: 'https://evil.example' })],
    ['for another app', () => ({ audience: 'another-app' })],
    ['for several apps, of which another asked', () => ({ audience: ['smartlink-app', 'x'], azp: 'x' })],
    ['that has expired', (now) => ({ expires: now / 1_000 - 1 })],
    ['that never expires', () => ({ expires: null })],
    ['that is not valid yet', (now) => ({ nbf: now / 1_000 + HOUR })],
    ['of nobody', () => ({ subject: '' })],
    ['of too long a subject', () => ({ subject: 'x'.repeat(256) })],
  ])('%s is none', async (_what, claims) => {
    const { example, clock } = await stage();
    const idToken = await example.idToken(clock.now, claims(clock.now));
    expect(await readIdToken(example.provider, idToken, clock.now)).toBeUndefined();
  });

  test('holds for as long as it says', async () => {
    const { example, clock } = await stage();
    const idToken = await example.idToken(clock.now);
    expect(await readIdToken(example.provider, idToken, clock.now + 299_000)).toBe('anna');
    expect(await readIdToken(example.provider, idToken, clock.now + 301_000)).toBeUndefined();
  });

  test('signed with another key, with none, or with the public key as a secret is none', async () => {
    const example = await FakeProvider.create('example', 'RS256');
    const { issuer, audience, jwks } = example.provider;
    const now = Date.UTC(2026, 0, 10);
    const good = await example.idToken(now);
    const [header, payload, signature] = good.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const stranger = await generateKeyPair('RS256');
    const claims = () =>
      new SignJWT()
        .setSubject('anna')
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime(now / 1_000 + 300);
    const pem = await exportSPKI((await importJWK(jwks.keys[0]!, 'RS256')) as never);
    const forged = [
      `${header}.${payload}.`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      `${header}.${Buffer.from('{"sub":"bob"}').toString('base64url')}.${signature}`,
      await claims().setProtectedHeader({ alg: 'RS256', kid: 'example-1' }).sign(stranger.privateKey),
      await claims().setProtectedHeader({ alg: 'HS256', kid: 'example-1' }).sign(Buffer.from(pem)),
      await claims()
        .setProtectedHeader({ alg: 'RS256', jwk: await exportJWK(stranger.publicKey) })
        .sign(stranger.privateKey),
    ];
    for (const token of forged) expect(await readIdToken(example.provider, token, now)).toBeUndefined();
    expect(await readIdToken(example.provider, good, now)).toBe('anna');
  });

  test('is none, whatever the text', async () => {
    const { provider } = await FakeProvider.create();
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await readIdToken(provider, text, 0)).toBeUndefined();
      }),
    );
  });
});

const PROVIDER = (await FakeProvider.create()).provider;

describe('the description of a provider', () => {
  const good = PROVIDER;

  test('is taken as it is', () => {
    expect(parseSocialProvider(JSON.parse(JSON.stringify(good)))).toEqual(good);
  });

  test.each<[string, unknown, RegExp]>([
    ['no object', [], /no JSON object/],
    ['no name', { ...good, name: undefined }, /^name must/],
    ['a name with spaces', { ...good, name: 'a b' }, /^name must/],
    ['no issuer', { ...good, issuer: '' }, /^issuer must/],
    ['a list as audience', { ...good, audience: ['a'] }, /^audience must/],
    ['no keys', { ...good, jwks: { keys: [] } }, /^jwks must be a JWK set/],
    ['a secret', { ...good, jwks: { keys: [{ kty: 'oct', k: 'AA' }] } }, /^jwks must hold keys of type RSA or EC/],
    [
      'a private key',
      { ...good, jwks: { keys: [{ ...good.jwks.keys[0], d: 'AA' }] } },
      /^jwks must hold public keys alone/,
    ],
  ])('with %s is refused', (_what, value, sentence) => {
    expect(() => parseSocialProvider(value)).toThrow(sentence);
  });

  test('is refused in one sentence, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(() => parseSocialProvider(value)).toThrow(SocialProviderError);
      }),
    );
  });
});
