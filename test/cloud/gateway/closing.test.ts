import { describe, expect, test, vi } from 'vitest';
import { CertificateService } from '../../../host-sim/cloud/domain/certificates.js';
import { AccountClosing } from '../../../host-sim/cloud/domain/people/closing.js';
import { Revocations } from '../../../host-sim/cloud/domain/revocations.js';
import { CertificateStore } from '../../../host-sim/cloud/store/certificate-store.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { personalColumns } from '../../../host-sim/cloud/store/personal-rows.js';
import { RevocationStore } from '../../../host-sim/cloud/store/revocation-store.js';
import { UserStore } from '../../../host-sim/cloud/store/user-store.js';
import { connectBoard } from '../support/board.js';
import { openDomain } from '../support/domain.js';
import { onCleanup, startCloud, type TestCloud, temporaryDirectory, USER } from '../support/fixture.js';
import { type Asked, askGateway, wordOf } from '../support/gateway.js';
import { signUp, withApiKey, words } from '../support/people.js';
import { caOf, startTlsCloud, unpack } from '../support/tls.js';
import { openWebSocket } from '../support/web-socket.js';

const CLOSING = '/api/bluuc/uc/v1/basic/closing';
const PASSWORD = 'password123';

async function tokenOf(t: TestCloud, name: string, password = PASSWORD): Promise<string> {
  return (await t.login({ name, password })).body.data.token;
}

async function close(t: TestCloud, token: string, password = PASSWORD): Promise<Asked> {
  return askGateway(t, 'POST', CLOSING, { password }, { authorization: `Bearer ${token}` });
}

describe('an account that its user closes', () => {
  test('ends all his logins and API keys at once, and stays closed over a restart', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const ada = await signUp(t, 'ada');
    const { call: byKey } = await withApiKey(t, ada);
    const other = (await t.login({ name: 'ada', password: PASSWORD })).body.data;
    expect((await byKey('GET', '/users/me')).status).toBe(200);
    expect((await close(t, await tokenOf(t, 'ada'))).body.data).toBeNull();
    const refused = async (cloud: TestCloud) => {
      const bearer = { authorization: `Bearer ${other.token}` };
      expect(words(await cloud.call('GET', '/users/me', undefined, bearer))).toBe('401 unauthorized');
      const { refreshToken } = other;
      expect(words(await cloud.call('POST', '/users/refresh-token', { refreshToken }))).toBe('401 unauthorized');
      expect(words(await cloud.login({ name: 'ada', password: PASSWORD }))).toBe('401 invalid_password');
      expect(words(await cloud.login({ name: 'closed-2', password: PASSWORD }))).toBe('401 invalid_password');
    };
    expect(words(await ada('GET', '/users/me'))).toBe('401 unauthorized');
    expect(words(await byKey('GET', '/users/me'))).toBe('401 unauthorized');
    await refused(t);
    await t.cloud.close();
    await refused(await startCloud({ dataDir }));
  });

  test('frees his names for whoever registers next, who finds nothing of him', async () => {
    const t = await startCloud();
    const register = () =>
      t.call('POST', '/users/register', { username: 'ada', email: 'ada@example.com', password: PASSWORD });
    const first = (await register()).body.data.userId;
    const ask = async (method: string, path: string, body?: unknown) =>
      askGateway(t, method, `/api${path}`, body, { authorization: `Bearer ${await tokenOf(t, 'ada@example.com')}` });
    await ask('POST', `/bluuc/uc/v1/basic/update/${first}`, { nickname: 'Countess', country: 'GB' });
    const address = { name: 'Ada', phone: '12345', country: 'GB', city: 'London', street: 'St James’s Square' };
    await ask('POST', '/bluuc/uc/v1/address/add', address);
    await ask('POST', '/bluuc/push/v1/devices', { clientId: 'phone', platform: 'ios' });
    await t.online(await t.activate());
    expect((await ask('GET', '/midpnc/notify/push/v1/user/unreadTotal')).body.data.total).toBe(1);
    expect((await close(t, await tokenOf(t, 'ada'))).status).toBe(200);
    const second = (await register()).body.data.userId;
    expect(second).toBeGreaterThan(first);
    const none = { nickname: null, country: null };
    expect((await ask('GET', '/bluuc/uc/v1/basic/get')).body.data).toMatchObject({ userId: second, ...none });
    expect((await ask('GET', '/bluuc/uc/v1/address/list/paged')).body.data.total).toBe(0);
    expect((await ask('GET', '/midpnc/notify/push/v1/message/userNotify')).body.data.total).toBe(0);
    const topics = (await ask('GET', '/bluuc/push/v1/topic/list')).body.data.list;
    expect(topics.filter((topic: { subscribed: boolean }) => topic.subscribed)).toEqual([]);
  });

  test('ends the certificates of his apps, and drops what they opened; those of boards stay', async () => {
    const t = await startTlsCloud();
    const ada = await signUp(t, 'ada');
    const activation = await t.activate();
    const { deviceId } = activation;
    const issue = async (body: object) => (await ada('POST', '/certificates', body)).body.data;
    const app = await issue({});
    const board = await issue({ deviceId });
    const shown = async ({ pfx, password }: { pfx: string; password: string }) => ({
      tls: { ca: caOf(t), ...(await unpack(pfx, password)) },
    });
    const opened = await connectBoard(t.cloud.tls.mtlsUrl, activation, await shown(app));
    const closed = opened.closed();
    expect((await close(t, await tokenOf(t, 'ada'))).status).toBe(200);
    await closed;
    await expect(connectBoard(t.cloud.tls.mtlsUrl, activation, await shown(app))).rejects.toThrow();
    await (await connectBoard(t.cloud.tls.mtlsUrl, activation, await shown(board))).end();
  });

  test('takes his empty spaces with it, and him out of those of others', async () => {
    const t = await startCloud();
    const ada = await signUp(t, 'ada');
    const bob = await signUp(t, 'bob');
    const own = (await ada('POST', '/projects', { projectName: 'Empty' })).body.data.projectId;
    const shared = (await bob('POST', '/projects', { projectName: 'Shared' })).body.data.projectId;
    await ada('POST', `/projects/${own}/members`, { username: 'bob' });
    await bob('POST', `/projects/${shared}/members`, { username: 'ada' });
    expect((await close(t, await tokenOf(t, 'ada'))).status).toBe(200);
    expect(words(await bob('GET', `/projects/${own}`))).toBe('404 project_not_found');
    const { list } = (await bob('GET', `/projects/${shared}/members`)).body.data;
    expect(list.map((member: { username: string }) => member.username)).toEqual(['bob']);
  });

  test('leaves no row behind that is his own, and is told no more', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir, wsPort: 0 });
    const ada = await signUp(t, 'ada');
    const token = await tokenOf(t, 'ada');
    const { userId } = (await ada('GET', '/users/me')).body.data;
    const ask = (path: string, body: object) =>
      askGateway(t, 'POST', `/api/bluuc${path}`, body, { authorization: `Bearer ${token}` });
    await ask('/push/v1/devices', { clientId: 'phone', platform: 'ios' });
    await ask('/uc/v1/basic/updateExtendInfo', { extendInfo: { theme: 'dark' } });
    await ask('/uc/v1/merchant/apply/applyMerchant', { companyName: 'Engines', contact: 'Ada' });
    const watcher = await openWebSocket(t.cloud.wsUrl!);
    await watcher.ask({ action: 'auth', token });
    await watcher.subscribe('/sys/+/+/status');
    const activation = await t.activate();
    await (await t.online(activation)).end();
    expect((await watcher.next()).payload.status).toBe('online');
    expect((await close(t, token)).status).toBe(200);
    await t.online(activation);
    expect(await watcher.closed).toBe(1008);
    expect(watcher.received.every((frame) => frame.payload?.status !== 'online')).toBe(true);
    await t.cloud.close();
    const database = await openDatabase(`${dataDir}/cloud.sqlite`);
    onCleanup(() => {
      database.close();
    });
    for (const { table, column } of personalColumns(database)) {
      const rows = database.prepare(`SELECT * FROM ${table} WHERE ${column} = ?`).all(userId);
      expect([table, rows]).toEqual([table, []]);
    }
    const { username, email, phone, name } = new UserStore(database).byId(userId)!;
    expect({ username, email, phone, name }).toEqual({
      username: `closed-${userId}`,
      email: null,
      phone: null,
      name: null,
    });
  });
});

test('an account is closed whole or not at all', async () => {
  const { services } = await openDomain();
  const { database, users, apiKeys, people, environment, access } = services;
  const revocations = new Revocations({ store: new RevocationStore(database), now: environment.now });
  const certificates = new CertificateService({
    store: new CertificateStore(database),
    revocations,
    access,
    environment,
    operatorId: 0,
  });
  const closing = new AccountClosing({ services, certificates, operatorId: 0 });
  const ada = await users.register({ username: 'ada', password: PASSWORD });
  const { apiKey, apiSecret } = apiKeys.create(ada, '');
  people.push.register(ada, { clientId: 'phone', platform: 'ios' });
  const failing = vi.spyOn(users, 'close').mockImplementation(() => {
    throw new Error('the disk is full');
  });
  await expect(closing.close(ada, PASSWORD, '127.0.0.1')).rejects.toThrow('the disk is full');
  expect(apiKeys.authenticate(apiKey, apiSecret)).toEqual(ada);
  expect(people.push.subscribersOf('device.online').has(ada.userId)).toBe(true);
  failing.mockRestore();
  await closing.close(ada, PASSWORD, '127.0.0.1');
  expect(() => apiKeys.authenticate(apiKey, apiSecret)).toThrow('unauthorized');
  expect(people.push.subscribersOf('device.online').has(ada.userId)).toBe(false);
  // Of a request that was on its way meanwhile.
  const late = apiKeys.create(ada, '');
  expect(() => apiKeys.authenticate(late.apiKey, late.apiSecret)).toThrow('unauthorized');
  await expect(closing.close(ada, PASSWORD, '127.0.0.1')).rejects.toThrow('invalid_password');
});

describe('an account stays, with all of its rights, where', () => {
  test('the password is wrong, which counts as a failed login', async () => {
    const t = await startCloud();
    await signUp(t, 'ada');
    const token = await tokenOf(t, 'ada');
    for (let count = 0; count < 10; count += 1) {
      expect(wordOf(await close(t, token, 'wrong'))).toBe('401 invalid_password');
    }
    expect(wordOf(await close(t, token))).toBe('429 too_many_requests');
    expect(words(await t.login({ name: 'ada', password: PASSWORD }))).toBe('429 too_many_requests');
  });

  test('he owns a space with a device, until that is moved', async () => {
    const t = await startCloud();
    const ada = await signUp(t, 'ada');
    const { projectId } = (await ada('POST', '/projects', { projectName: 'Home' })).body.data;
    const { deviceId } = await t.activate();
    await ada('PUT', `/devices/${deviceId}`, { projectId });
    const token = await tokenOf(t, 'ada');
    expect(wordOf(await close(t, token))).toBe('400 project_in_use');
    expect((await ada('GET', `/devices/${deviceId}`)).status).toBe(200);
    await ada('PUT', `/devices/${deviceId}`, { projectId: 'proj_default' });
    expect((await close(t, token)).status).toBe(200);
    expect((await t.as('GET', `/devices/${deviceId}`)).body.data.projectId).toBe('proj_default');
  });

  test('it runs the cloud', async () => {
    const t = await startCloud();
    expect(wordOf(await close(t, await tokenOf(t, USER.name, USER.password), USER.password))).toBe('403 forbidden');
    expect((await t.login()).status).toBe(200);
  });

  test('an API key asks, or nobody', async () => {
    const t = await startCloud();
    const bob = await signUp(t, 'bob');
    const { apiKey, apiSecret } = (await bob('POST', '/users/api-keys', {})).body.data;
    const byKey = { 'x-api-key': apiKey, 'x-api-secret': apiSecret };
    expect(wordOf(await askGateway(t, 'POST', CLOSING, { password: PASSWORD }, byKey))).toBe('403 forbidden');
    expect(wordOf(await askGateway(t, 'POST', CLOSING, { password: PASSWORD }))).toBe('401 unauthorized');
    expect((await t.login({ name: 'bob', password: PASSWORD })).status).toBe(200);
  });
});
