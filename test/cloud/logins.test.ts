import { describe, expect, test } from 'vitest';
import { openDomain } from './support/domain.js';

const PHONE = '+8613800138000';
const HERE = '192.0.2.1';

describe('a login that is opened without tokens', () => {
  test('is that of a phone number and its password, until it is ended', async () => {
    const { services } = await openDomain();
    const { users } = services;
    const { userId } = await users.registerByPhone({ phone: PHONE, password: 'secret-1' });
    const user = await users.checkCredentials({ username: PHONE, password: 'secret-1' }, HERE);
    expect(user).toMatchObject({ user_id: userId, username: PHONE, phone: PHONE });
    const { familyId } = users.openLogin(userId);
    expect(users.userOfLogin(familyId, userId)).toEqual({ userId, username: PHONE, email: null });
    expect(users.userOfLogin(familyId, userId + 1)).toBeUndefined();
    users.logout(familyId);
    expect(users.userOfLogin(familyId, userId)).toBeUndefined();
  });

  test('gives no token after it was ended', async () => {
    const { services } = await openDomain();
    const { users } = services;
    await users.registerByPhone({ phone: PHONE, password: 'secret-1' });
    const { token, refreshToken } = await users.login({ username: PHONE, password: 'secret-1' }, HERE);
    const { familyId } = await users.openSession(token);
    users.logout(familyId);
    await expect(users.openSession(token)).rejects.toThrow(/^unauthorized/);
    await expect(users.refresh(refreshToken)).rejects.toThrow(/^unauthorized/);
  });

  test('is not opened by a password that is changed while it is checked', async () => {
    const { services } = await openDomain();
    const { users, stores, passwords } = services;
    const { userId } = await users.registerByPhone({ phone: PHONE, password: 'secret-1' });
    const hash = await passwords.hash('secret-2');
    const checked = users.checkCredentials({ username: PHONE, password: 'secret-1' }, HERE);
    stores.users.setPassword(userId, hash, services.environment.now());
    await expect(checked).rejects.toThrow(/^invalid_password/);
  });

  test('has its password changed by one of two who know it: the other one has been shut out meanwhile', async () => {
    const { services } = await openDomain();
    const { users } = services;
    const { userId } = await users.registerByPhone({ phone: PHONE, password: 'secret-1' });
    const [first, second] = await Promise.allSettled(
      ['of the owner', 'of the thief'].map((password) => users.changePassword(userId, 'secret-1', password, HERE)),
    );
    expect(first).toMatchObject({ status: 'fulfilled' });
    expect(second).toMatchObject({ status: 'rejected', reason: { word: 'invalid_password' } });
    const login = (password: string) => users.login({ username: PHONE, password }, HERE);
    await expect(login('of the thief')).rejects.toThrow(/^invalid_password/);
    expect((await login('of the owner')).user.userId).toBe(userId);
  });

  test('counts failures with every other login of the account', async () => {
    const { services, clock } = await openDomain();
    const { users } = services;
    await users.registerByPhone({ phone: PHONE, password: 'secret-1' });
    const fail = { username: PHONE, password: 'wrong' };
    for (let count = 0; count < 5; count += 1) {
      await expect(users.checkCredentials(fail, HERE)).rejects.toThrow(/^invalid_password/);
      await expect(users.login(fail, HERE)).rejects.toThrow(/^invalid_password/);
    }
    const right = { username: PHONE, password: 'secret-1' };
    await expect(users.checkCredentials(right, HERE)).rejects.toThrow(/^too_many_requests/);
    expect(await users.checkCredentials(right, '192.0.2.2')).toMatchObject({ phone: PHONE });
    clock.advance(5 * 60_000);
    expect(await users.checkCredentials(right, HERE)).toMatchObject({ phone: PHONE });
  });
});

describe('a phone number', () => {
  test('that names someone already makes no second account', async () => {
    const { services } = await openDomain();
    const { users } = services;
    const register = () => users.registerByPhone({ phone: PHONE, password: 'secret-1' });
    const [first, second] = await Promise.allSettled([register(), register()]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { word: 'user_exists' } });
  });
});

describe('an account that was closed', () => {
  /** An account with every kind of way in. */
  async function opened() {
    const { services } = await openDomain();
    const { users, apiKeys } = services;
    const names = { username: 'anna', email: 'anna@example.com', phone: PHONE, name: 'Anna' };
    const user = await users.create(names, 'secret-1');
    const tokens = await users.login({ username: 'anna', password: 'secret-1' }, HERE);
    const { apiKey, apiSecret } = apiKeys.create(user, '');
    return { services, users, apiKeys, names, user, tokens, apiKey, apiSecret };
  }

  test('has no way in: no name, no token, no key', async () => {
    const { users, apiKeys, names, user, tokens, apiKey, apiSecret } = await opened();
    users.close(user.userId);
    for (const username of [names.username, names.email, names.phone, `closed-${user.userId}`]) {
      for (const password of ['secret-1', '', 'none']) {
        await expect(users.login({ username, password }, HERE)).rejects.toThrow(/^invalid_password/);
      }
    }
    await expect(users.openSession(tokens.token)).rejects.toThrow(/^unauthorized/);
    await expect(users.refresh(tokens.refreshToken)).rejects.toThrow(/^unauthorized/);
    expect(() => apiKeys.authenticate(apiKey, apiSecret)).toThrow(/^unauthorized/);
    const { familyId } = users.openLogin(user.userId);
    expect(users.userOfLogin(familyId, user.userId)).toBeUndefined();
  });

  test('leaves its names to others, and its row without them', async () => {
    const { services, users, names, user } = await opened();
    users.close(user.userId);
    expect(services.stores.users.byId(user.userId)).toMatchObject({
      username: `closed-${user.userId}`,
      email: null,
      phone: null,
      name: null,
    });
    expect((await users.create(names, 'secret-2')).userId).not.toBe(user.userId);
    await expect(users.register({ username: `CLOSED-${user.userId}`, password: 'secret-2' })).rejects.toThrow(
      /^user_exists/,
    );
  });

  test('stays closed when its password is checked or replaced meanwhile', async () => {
    const { users, user } = await opened();
    const checked = users.checkCredentials({ username: 'anna', password: 'secret-1' }, HERE);
    const replaced = users.setPassword(user.userId, 'secret-2');
    users.close(user.userId);
    await expect(checked).rejects.toThrow(/^invalid_password/);
    await replaced;
    for (const username of ['anna', `closed-${user.userId}`]) {
      await expect(users.login({ username, password: 'secret-2' }, HERE)).rejects.toThrow(/^invalid_password/);
    }
  });
});
