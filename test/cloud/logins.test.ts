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
    await expect(users.authenticate(token)).rejects.toThrow(/^unauthorized/);
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
