import { describe, expect, test } from 'vitest';
import { HOOK_SECRET, useReferenceCloud, words } from './reference-cloud.js';

const cloud = useReferenceCloud();

describe('an app of the platform that the reference comes from', () => {
  test('registers and logs in with email, password and name', async () => {
    const account = { email: 'app@example.com', password: 'password123', name: 'App' };
    const user = await cloud().data(cloud().call('POST', '/users/register', account));
    expect(user).toMatchObject({ email: account.email, name: 'App' });
    const { email, password } = account;
    const login = await cloud().data(cloud().call('POST', '/users/login', { email, password }));
    expect(login.user.userId).toBe(user.userId);
  });

  test('reads the status as a word, and products under both keys', async () => {
    await cloud().activate('APP');
    const { list, total, page, size } = await cloud().data(cloud().as('GET', '/devices'));
    expect(list[0]).toMatchObject({ status: 'offline', statusText: '离线', lastOnlineAt: null });
    expect([total, page, size]).toEqual([1, 1, 20]);
    const products = await cloud().data(cloud().as('GET', '/products'));
    expect(products.products).toEqual(products.list);
    expect(products.list[0].uiTemplate).toBe('servo_switch');
  });

  test('makes API keys by name', async () => {
    const key = await cloud().data(cloud().as('POST', '/users/api-keys', { name: 'my key' }));
    expect(key).toMatchObject({ description: 'my key', keyId: expect.any(String), apiKey: expect.any(String) });
    expect(key.apiSecret).toEqual(expect.any(String));
  });

  test('may be a web page from anywhere', async () => {
    const preflight = await fetch(`${cloud().api}/api/v1/devices`, { method: 'OPTIONS' });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/X-API-Key, X-API-Secret/);
  });

  test('asks for the health of the server without envelope', async () => {
    expect(await (await fetch(`${cloud().api}/health`)).json()).toEqual({
      status: 'ok',
      service: expect.any(String),
      time: expect.any(String),
    });
  });

  test('keeps devices in projects', async () => {
    const project = await cloud().data(cloud().as('POST', '/projects', { projectName: 'Home', description: 'mine' }));
    const { deviceId } = await cloud().activate('AT-HOME');
    await cloud().data(cloud().as('PUT', `/devices/${deviceId}`, { projectId: project.projectId }));
    const list = await cloud().data(cloud().as('GET', '/projects'));
    expect(list.list).toMatchObject([{ projectId: 'proj_default' }, { projectName: 'Home', description: 'mine' }]);
    expect(words(await cloud().as('DELETE', `/projects/${project.projectId}`))).toBe('400 project_in_use');
    await cloud().data(cloud().as('DELETE', `/devices/${deviceId}`));
    await cloud().data(cloud().as('DELETE', `/projects/${project.projectId}`));
  });

  test('reads the last values and the events of a device', async () => {
    const activation = await cloud().activate('VALUES');
    const board = await cloud().online(activation);
    const post = { id: '1', params: { position: 'up' } };
    await board.publishAsync(activation.topics.propertyPost, JSON.stringify(post), { qos: 1 });
    const path = `/devices/${activation.deviceId}`;
    expect(await cloud().data(cloud().as('GET', `${path}/properties`))).toEqual({
      position: { value: 'up', reportedAt: expect.any(String) },
    });
    const history = await cloud().data(cloud().as('GET', `${path}/properties?key=position&size=10`));
    expect(history).toMatchObject({ list: [{ key: 'position', value: 'up' }], total: 1 });
    expect(await cloud().data(cloud().as('GET', `${path}/events`))).toMatchObject({ list: [], total: 0 });
  });
});

test('an external broker asks who may connect, from where and with the secret that were configured', async () => {
  const { mqtt, topics } = await cloud().activate('HOOKED');
  const ask = async (path: string, body: object, secret = HOOK_SECRET) => {
    const headers = { 'X-Hook-Secret': secret };
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    return (await fetch(`${cloud().api}/api/v1/mqtt/${path}`, init)).json();
  };
  const { username, password, clientId: clientid } = mqtt;
  expect(await ask('auth', { username, password, clientid })).toEqual({ result: 'allow' });
  expect(await ask('auth', { username, password: 'tk_wrong', clientid })).toEqual({ result: 'deny' });
  expect(await ask('acl', { username, clientid, topic: topics.status, action: 'publish' })).toEqual({
    result: 'allow',
  });
  expect(await ask('acl', { username, clientid, topic: '#', action: 'subscribe' })).toEqual({ result: 'deny' });
  expect(await ask('auth', { username, password, clientid }, 'wrong')).toMatchObject({
    code: 401,
    message: 'unauthorized',
  });
});
