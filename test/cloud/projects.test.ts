import { describe, expect, test } from 'vitest';
import { TestClock } from './support/clock.js';
import { matches, startCloud, type TestCloud } from './support/fixture.js';
import { type Call, signUp, words } from './support/people.js';
import { openWebSocket } from './support/web-socket.js';

const makeProject = async (call: Call, projectName = 'Home'): Promise<string> =>
  (await call('POST', '/projects', { projectName })).body.data.projectId;
const bindToken = async (call: Call, projectId: string): Promise<string> =>
  (await call('POST', `/projects/${projectId}/bind-tokens`)).body.data.bindToken;
const projectOf = async (call: Call, deviceId: string) => {
  const answer = await call('GET', `/devices/${deviceId}`);
  return answer.status === 200 ? answer.body.data.projectId : words(answer);
};
const activate = (t: TestCloud, body: object) =>
  t.call('POST', '/devices/activate', { productKey: 'SW-SERVO-001', deviceSN: 'A', ...body });

describe('projects', () => {
  test('start with the one that is everybody’s', async () => {
    const t = await startCloud();
    await t.activate();
    const anna = await signUp(t, 'anna');
    const list = await anna('GET', '/projects');
    matches('listProjects', list);
    expect(list.body.data).toEqual({
      list: [
        {
          projectId: 'proj_default',
          projectName: 'Default',
          description: '',
          role: 'member',
          deviceCount: 1,
          createdAt: expect.any(String),
        },
      ],
      total: 1,
      page: 1,
      size: 20,
    });
    for (const method of ['PUT', 'DELETE']) {
      expect(words(await anna(method, '/projects/proj_default', {}))).toBe('403 forbidden');
    }
    const share = { username: 'anna' };
    expect(words(await anna('POST', '/projects/proj_default/members', share))).toBe('403 forbidden');
    expect((await anna('GET', '/projects/proj_default/members')).body.data).toEqual({ list: [] });
  });

  test('are made, changed and deleted by their owner, and nobody else sees them', async () => {
    const t = await startCloud();
    const [anna, bob] = [await signUp(t, 'anna'), await signUp(t, 'bob')];
    const made = await anna('POST', '/projects', { projectName: 'Home', description: 'upstairs' });
    matches('createProject', made);
    expect(made.body.data).toMatchObject({ projectName: 'Home', description: 'upstairs', role: 'owner' });
    const path = `/projects/${made.body.data.projectId}`;
    const changed = await anna('PUT', path, { projectName: 'House' });
    matches('updateProject', changed);
    expect((await anna('GET', path)).body.data).toMatchObject({ projectName: 'House', description: 'upstairs' });
    expect((await anna('GET', '/projects?size=1&page=2')).body.data).toMatchObject({
      list: [{ projectName: 'House' }],
      total: 2,
    });
    for (const [method, below] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['GET', '/members'],
      ['POST', '/bind-tokens'],
    ] as const) {
      const body = method === 'GET' ? undefined : {};
      expect(words(await bob(method, path + below, body))).toBe('404 project_not_found');
    }
    expect((await bob('GET', '/projects')).body.data.total).toBe(1);
    matches('deleteProject', await anna('DELETE', path));
    expect(words(await anna('GET', path))).toBe('404 project_not_found');
  });

  test('with devices are not deleted', async () => {
    const t = await startCloud();
    const anna = await signUp(t, 'anna');
    const projectId = await makeProject(anna);
    const { deviceId } = await t.activate();
    await anna('PUT', `/devices/${deviceId}`, { projectId });
    expect(words(await anna('DELETE', `/projects/${projectId}`))).toBe('400 project_in_use');
    await anna('PUT', `/devices/${deviceId}`, { projectId: 'proj_default' });
    expect((await anna('DELETE', `/projects/${projectId}`)).status).toBe(200);
  });

  test('are shared by their owner, and left', async () => {
    const t = await startCloud();
    const [anna, bob] = [await signUp(t, 'anna'), await signUp(t, 'bob')];
    const path = `/projects/${await makeProject(anna)}`;
    const shared = await anna('POST', `${path}/members`, { username: 'bob' });
    matches('addMember', shared);
    expect(shared.body.data.list).toEqual([
      { userId: 2, username: 'anna', role: 'owner' },
      { userId: 3, username: 'bob', role: 'member' },
    ]);
    expect((await bob('GET', path)).body.data.role).toBe('member');
    expect((await bob('GET', `${path}/members`)).body.data).toEqual(shared.body.data);
    const carol = { username: 'carol' };
    await signUp(t, 'carol');
    expect(words(await bob('POST', `${path}/members`, carol))).toBe('403 forbidden');
    expect(words(await bob('PUT', path, {}))).toBe('403 forbidden');
    expect(words(await bob('DELETE', path))).toBe('403 forbidden');
    expect(words(await bob('DELETE', `${path}/members`, { username: 'anna' }))).toBe('403 forbidden');
    expect(words(await anna('DELETE', `${path}/members`, { username: 'anna' }))).toBe('403 forbidden');
    expect(words(await anna('DELETE', `${path}/members`, carol))).toBe('404 not_found');
    expect(words(await anna('POST', `${path}/members`, { username: 'nobody' }))).toBe('400 invalid_parameter');
    matches('removeMember', await bob('DELETE', `${path}/members`, { username: 'bob' }));
    expect(words(await bob('GET', path))).toBe('404 project_not_found');
  });
});

describe('devices of a project', () => {
  test('are watched and commanded over the WebSocket by those who share it, and by nobody else', async () => {
    const t = await startCloud({ wsPort: 0 });
    const [anna] = [await signUp(t, 'anna'), await signUp(t, 'bob')];
    const projectId = await makeProject(anna);
    const [hers, everybodys] = [await t.activate('A'), await t.activate('B')];
    await anna('PUT', `/devices/${hers.deviceId}`, { projectId });
    const watch = async (name: string) => {
      const client = await openWebSocket(t.cloud.wsUrl!);
      const { token } = (await t.login({ name, password: 'password123' })).body.data;
      await client.ask({ action: 'auth', token });
      expect(await client.subscribe('/sys/+/+/status')).toMatchObject({ code: 200 });
      return client;
    };
    const [owner, stranger] = [await watch('anna'), await watch('bob')];
    await t.online(hers);
    await t.online(everybodys);
    expect((await owner.next()).topic).toBe(hers.topics.status);
    expect((await owner.next()).topic).toBe(everybodys.topics.status);
    expect((await stranger.next()).topic).toBe(everybodys.topics.status);
    expect(await stranger.subscribe(hers.topics.propertyPost)).toMatchObject({ code: 403, message: 'forbidden' });
    const command = { action: 'publish', topic: hers.topics.propertySet, payload: { params: { action: 'trigger' } } };
    expect(await stranger.ask(command)).toMatchObject({ code: 403, message: 'forbidden' });
    expect(await owner.ask(command)).toMatchObject({ code: 200 });
  });

  test('are seen, commanded and changed by those who share it; to others they do not exist', async () => {
    const t = await startCloud();
    const [anna, bob] = [await signUp(t, 'anna'), await signUp(t, 'bob')];
    const projectId = await makeProject(anna);
    const { deviceId } = await t.activate('A');
    await t.activate('B');
    await anna('PUT', `/devices/${deviceId}`, { projectId });
    const one = `/devices/${deviceId}`;
    const requests = [
      ['GET', one],
      ['GET', `${one}/status`],
      ['GET', `${one}/properties`],
      ['GET', `${one}/properties?key=position`],
      ['GET', `${one}/events`],
      ['POST', `${one}/control`, { action: 'trigger' }],
      ['PUT', one, { name: 'x' }],
    ] as const;
    for (const [method, path, body] of requests) {
      expect(words(await bob(method, path, body))).toBe('404 device_not_found');
      expect(words(await anna(method, path, body))).toBe('200 success');
    }
    expect(words(await bob('DELETE', one))).toBe('404 device_not_found');
    const serials = async (call: Call, query = '') => {
      const { list, total } = (await call('GET', `/devices${query}`)).body.data;
      return [total, ...list.map((device: { deviceSN: string }) => device.deviceSN)];
    };
    expect(await serials(anna)).toEqual([2, 'A', 'B']);
    expect(await serials(bob)).toEqual([1, 'B']);
    expect(await serials(bob, '?status=2&productKey=SW-SERVO-001')).toEqual([1, 'B']);
    expect(await serials(anna, `?projectId=${projectId}`)).toEqual([1, 'A']);
    expect(await serials(bob, `?projectId=${projectId}`)).toEqual([0]);
    expect(await serials(anna, `?projectId=proj_default&productKey=SW-SERVO-001&status=2`)).toEqual([1, 'B']);
    await anna('POST', `/projects/${projectId}/members`, { username: 'bob' });
    expect(await serials(bob)).toEqual([2, 'A', 'B']);
    expect(words(await bob('PUT', one, { name: 'from Bob' }))).toBe('200 success');
  });

  test('are taken out of it, disabled and deleted by its owner alone', async () => {
    const t = await startCloud();
    const [anna, bob] = [await signUp(t, 'anna'), await signUp(t, 'bob')];
    const projectId = await makeProject(anna);
    const { deviceId } = await t.activate();
    const one = `/devices/${deviceId}`;
    await anna('PUT', one, { projectId });
    await anna('POST', `/projects/${projectId}/members`, { username: 'bob' });
    const own = await makeProject(bob);
    for (const change of [{ projectId: own }, { projectId: 'proj_default' }, { status: 3 }, { status: 'disabled' }]) {
      expect(words(await bob('PUT', one, change))).toBe('403 forbidden');
    }
    expect(words(await bob('PUT', one, { name: 'x', projectId }))).toBe('200 success');
    expect(words(await bob('DELETE', one))).toBe('403 forbidden');
    expect(words(await anna('PUT', one, { status: 3 }))).toBe('200 success');
    expect(words(await anna('DELETE', one))).toBe('200 success');
  });

  test('are moved only to a project that the user sees', async () => {
    const t = await startCloud();
    const [anna, bob] = [await signUp(t, 'anna'), await signUp(t, 'bob')];
    const projectId = await makeProject(anna);
    const { deviceId } = await t.activate();
    expect(words(await bob('PUT', `/devices/${deviceId}`, { projectId }))).toBe('404 project_not_found');
    expect(words(await bob('PUT', `/devices/${deviceId}`, { projectId: 'nope' }))).toBe('404 project_not_found');
    expect(await projectOf(bob, deviceId)).toBe('proj_default');
  });

  test('stay in it when they activate again', async () => {
    const t = await startCloud();
    const anna = await signUp(t, 'anna');
    const projectId = await makeProject(anna);
    const { deviceId } = await t.activate();
    await anna('PUT', `/devices/${deviceId}`, { projectId });
    await t.activate();
    expect(await projectOf(anna, deviceId)).toBe(projectId);
  });
});

describe('bind tokens', () => {
  test('put a new board into their project, once', async () => {
    const t = await startCloud();
    const anna = await signUp(t, 'anna');
    const projectId = await makeProject(anna);
    const made = await anna('POST', `/projects/${projectId}/bind-tokens`);
    matches('createBindToken', made);
    const token = made.body.data.bindToken;
    const { deviceId } = (await activate(t, { bindToken: token })).body.data;
    expect(await projectOf(anna, deviceId)).toBe(projectId);
    const second = await activate(t, { deviceSN: 'B', bindToken: token });
    expect(words(second)).toBe('400 invalid_parameter');
    expect(second.body.detail).toContain('bindToken');
    // The same board may say it again: its first answer may have been lost.
    expect((await activate(t, { bindToken: token })).body.data.deviceId).toBe(deviceId);
    expect(await projectOf(anna, deviceId)).toBe(projectId);
  });

  test('end after 10 minutes, with their project, and with the share of who made them', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const [anna, bob] = [await signUp(t, 'anna'), await signUp(t, 'bob')];
    const [home, gone] = [await makeProject(anna), await makeProject(anna)];
    await anna('POST', `/projects/${home}/members`, { username: 'bob' });
    const tokens = [await bindToken(anna, gone), await bindToken(bob, home), 'bt_unknown', ''];
    await anna('DELETE', `/projects/${gone}`);
    await anna('DELETE', `/projects/${home}/members`, { username: 'bob' });
    for (const token of tokens) expect(words(await activate(t, { bindToken: token }))).toBe('400 invalid_parameter');
    const [early, late] = [await bindToken(anna, home), await bindToken(anna, home)];
    clock.advance(599_999);
    expect((await activate(t, { bindToken: early })).status).toBe(200);
    clock.advance(1);
    expect(words(await activate(t, { deviceSN: 'B', bindToken: late }))).toBe('400 invalid_parameter');
  });

  test('that are not good any more keep no known board from coming back', async () => {
    const t = await startCloud();
    const anna = await signUp(t, 'anna');
    const projectId = await makeProject(anna);
    const { deviceId } = await t.activate('A');
    expect((await activate(t, { bindToken: 'bt_unknown' })).body.data.deviceId).toBe(deviceId);
    expect(await projectOf(anna, deviceId)).toBe('proj_default');
    await activate(t, { bindToken: await bindToken(anna, projectId) });
    expect(await projectOf(anna, deviceId)).toBe(projectId);
  });

  test('take no board out of a project that their maker does not see', async () => {
    const t = await startCloud();
    const [anna, bob] = [await signUp(t, 'anna'), await signUp(t, 'bob')];
    const [home, other] = [await makeProject(anna), await makeProject(bob)];
    const { deviceId } = (await activate(t, { bindToken: await bindToken(anna, home) })).body.data;
    expect((await activate(t, { bindToken: await bindToken(bob, other) })).status).toBe(200);
    expect(await projectOf(anna, deviceId)).toBe(home);
    expect(await projectOf(bob, deviceId)).toBe('404 device_not_found');
  });
});
