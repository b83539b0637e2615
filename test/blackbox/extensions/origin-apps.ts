import { beforeAll, describe, expect, test } from 'vitest';
import { TIME } from '../../support/api-reference.js';
import { type CloudProcess, words } from '../support/cloud-process.js';

/** What the apps of the platform that the reference comes from need. */
export function originApps(cloud: CloudProcess): void {
  let anna: CloudProcess['call'];
  let ben: CloudProcess['call'];

  beforeAll(async () => {
    anna = await cloud.signUp('anna@example.com');
    ben = await cloud.signUp('ben@example.com');
  });

  describe('accounts by the names that the apps use', () => {
    test('register with email, password and name; log in with email and password', async () => {
      const account = { email: 'carl@example.com', password: 'password123', name: 'Carl' };
      const registered = await cloud.call('POST', '/users/register', account);
      expect(registered.body.data).toEqual({
        userId: expect.any(Number),
        username: 'carl@example.com',
        email: 'carl@example.com',
        name: 'Carl',
      });
      const { email, password } = account;
      for (const credentials of [
        { email, password },
        { username: email, password },
        { email: 'CARL@example.com', password },
      ]) {
        const login = await cloud.call('POST', '/users/login', credentials);
        expect(login.body.data.user).toEqual(registered.body.data);
      }
    });

    test('make an API key with a name instead of a description', async () => {
      const { data } = (await anna('POST', '/users/api-keys', { name: 'gateway' })).body;
      expect(Object.keys(data).sort()).toEqual(['apiKey', 'apiSecret', 'description', 'keyId']);
      expect(data.description).toBe('gateway');
    });
  });

  describe('calls from a browser', () => {
    test('are allowed from anywhere, errors too, with the headers that the API reads', async () => {
      for (const path of ['/users/me', '/nothing', '/devices']) {
        const { headers } = await cloud.call('GET', path, undefined, { origin: 'https://app.example' });
        expect(headers.get('access-control-allow-origin')).toBe('*');
      }
      for (const path of ['/users/login', '/devices/dev_x/control', '/nothing']) {
        const preflight = await fetch(`${cloud.api}/api/v1${path}`, {
          method: 'OPTIONS',
          headers: {
            origin: 'https://app.example',
            'access-control-request-method': 'DELETE',
            'access-control-request-headers': 'authorization,content-type,x-api-key,x-api-secret',
          },
        });
        expect(preflight.status).toBe(204);
        expect(await preflight.text()).toBe('');
        expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
        const allowed = preflight.headers
          .get('access-control-allow-headers')!
          .toLowerCase()
          .split(/\s*,\s*/);
        expect(allowed).toEqual(expect.arrayContaining(['authorization', 'content-type', 'x-api-key', 'x-api-secret']));
        const methods = preflight.headers.get('access-control-allow-methods')!.split(/\s*,\s*/);
        expect(methods).toEqual(expect.arrayContaining(['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS']));
      }
    });
  });

  describe('health', () => {
    test('is told without envelope', async () => {
      for (const path of ['/health', '/healthz']) {
        expect((await cloud.request('GET', path)).body).toEqual({
          status: 'ok',
          service: expect.any(String),
          time: expect.stringMatching(TIME),
        });
      }
    });
  });

  describe('products as the apps read them', () => {
    test('the list stands under products too', async () => {
      const { data } = (await anna('GET', '/products')).body;
      expect(data.products).toEqual(data.list);
    });

    test.each(['servo_switch', 'servo', 'switch_toggle', 'wakeup'])(
      'uiTemplate %s reaches the device',
      async (template) => {
        const productKey = await cloud.product(`UI-${template}`, 'toggle', { uiTemplate: template });
        const { deviceId } = await cloud.activate({ productKey });
        expect((await anna('GET', `/devices/${deviceId}`)).body.data.product.uiTemplate).toBe(template);
      },
    );

    test.each([
      'power_settings_new',
      'touch_app',
      'thermostat',
      'lock',
      'lightbulb',
      'curtains',
      'bolt',
      'settings_remote',
    ])('iconName %s is kept', async (iconName) => {
      const productKey = await cloud.product(`I-${iconName}`, 'toggle', { iconName });
      expect((await anna('GET', `/products/${productKey}`)).body.data.iconName).toBe(iconName);
    });
  });

  describe('control in the words of the older server', () => {
    test('wakeup: true is a trigger', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const answer = await anna('POST', `/devices/${activation.deviceId}/control`, { wakeup: true });
      expect(answer.body.data).toEqual({ message: 'command_sent' });
      expect((await board.on(activation.topics['propertySet'])).payload.params).toEqual({ action: 'trigger' });
    });
  });

  describe('properties and events', () => {
    test('properties without a query are the last value of each, by key', async () => {
      const activation = await cloud.activate();
      const path = `/devices/${activation.deviceId}/properties`;
      expect((await anna('GET', path)).body.data).toEqual({});
      const board = await cloud.online(activation);
      await board.say(activation.topics['propertyPost'], { id: '1', params: { position: 'up', angle: 90 } });
      const reportedAt = expect.stringMatching(TIME);
      expect((await anna('GET', path)).body.data).toEqual({
        position: { value: 'up', reportedAt },
        angle: { value: 90, reportedAt },
      });
      expect(words(await anna('GET', '/devices/dev_00000000/properties'))).toBe('404 device_not_found');
    });

    test('events of a board that posted none are an empty page', async () => {
      const { deviceId } = await cloud.activate();
      expect((await anna('GET', `/devices/${deviceId}/events`)).body.data).toEqual({
        list: [],
        total: 0,
        page: 1,
        size: 20,
      });
      expect(words(await anna('GET', '/devices/dev_00000000/events'))).toBe('404 device_not_found');
    });
  });

  describe('projects', () => {
    const create = async (call = anna) => (await call('POST', '/projects', { projectName: '家' })).body.data;

    test('are made, listed, read, changed and deleted', async () => {
      const made = (await anna('POST', '/projects', { projectName: '家', description: 'Home' })).body.data;
      expect(made).toMatchObject({ projectName: '家', description: 'Home' });
      expect(made.projectId).toMatch(/^proj_/);
      const path = `/projects/${made.projectId}`;
      expect((await anna('GET', path)).body.data).toEqual(made);
      const { list, total, page, size } = (await anna('GET', '/projects?size=100')).body.data;
      expect([list.length, page, size]).toEqual([total, 1, 100]);
      expect(list).toContainEqual(made);
      expect(list).toContainEqual(expect.objectContaining({ projectId: 'proj_default' }));
      const changed = await anna('PUT', path, { projectName: 'Home', description: '' });
      expect(changed.body.data).toMatchObject({ projectName: 'Home', description: '' });
      expect((await anna('DELETE', path)).body).toEqual({ code: 200, message: 'success', data: null });
      expect(words(await anna('GET', path))).toBe('404 project_not_found');
    });

    test('have a name', async () => {
      for (const body of [{}, { projectName: '' }, { projectName: 1 }, { projectName: 'x', description: 1 }]) {
        expect(words(await anna('POST', '/projects', body))).toBe('400 invalid_parameter');
      }
    });

    test('with devices are not deleted', async () => {
      const { projectId } = await create();
      const { deviceId } = await cloud.activate();
      await anna('PUT', `/devices/${deviceId}`, { projectId });
      expect((await anna('GET', `/devices?projectId=${projectId}`)).body.data.total).toBe(1);
      expect(words(await anna('DELETE', `/projects/${projectId}`))).toBe('400 project_in_use');
      await anna('PUT', `/devices/${deviceId}`, { projectId: 'proj_default' });
      expect((await anna('DELETE', `/projects/${projectId}`)).status).toBe(200);
    });

    test('proj_default is everybody’s, and nobody changes or deletes it', async () => {
      const { deviceId } = await cloud.activate();
      for (const call of [anna, ben]) expect((await call('GET', `/devices/${deviceId}`)).status).toBe(200);
      expect(words(await anna('PUT', '/projects/proj_default', { projectName: 'mine' }))).toBe('403 forbidden');
      expect(words(await anna('DELETE', '/projects/proj_default'))).toBe('403 forbidden');
    });

    test('hide their devices from others altogether, until they are shared', async () => {
      const { projectId } = await create();
      const { deviceId } = await cloud.activate();
      await anna('PUT', `/devices/${deviceId}`, { projectId });
      const attempts = [
        ['GET', `/devices/${deviceId}`],
        ['GET', `/devices/${deviceId}/status`],
        ['GET', `/devices/${deviceId}/properties`],
        ['GET', `/devices/${deviceId}/events`],
        ['POST', `/devices/${deviceId}/control`, { action: 'trigger' }],
        ['POST', `/devices/${deviceId}/services/restart`, {}],
        ['PUT', `/devices/${deviceId}`, { projectId: 'proj_default' }],
        ['DELETE', `/devices/${deviceId}`],
      ] as const;
      for (const [method, path, body] of attempts) {
        expect([path, words(await ben(method, path, body))]).toEqual([path, '404 device_not_found']);
      }
      for (const [method, path, body] of [
        ['GET', `/projects/${projectId}`],
        ['PUT', `/projects/${projectId}`, { projectName: 'x' }],
        ['DELETE', `/projects/${projectId}`],
        ['POST', `/projects/${projectId}/bind-tokens`],
        ['GET', `/projects/${projectId}/members`],
      ] as const) {
        expect([path, words(await ben(method, path, body))]).toEqual([path, '404 project_not_found']);
      }
      expect((await ben('GET', `/devices?projectId=${projectId}`)).body.data.total).toBe(0);
      expect((await ben('GET', '/devices?size=100')).text).not.toContain(deviceId);
      expect((await ben('GET', '/projects?size=100')).text).not.toContain(projectId);

      await anna('POST', `/projects/${projectId}/members`, { username: 'ben@example.com' });
      expect((await ben('GET', `/devices/${deviceId}`)).status).toBe(200);
      expect((await ben('GET', `/devices?projectId=${projectId}`)).body.data.total).toBe(1);
      expect(words(await ben('DELETE', `/projects/${projectId}`))).toBe('403 forbidden');
      await anna('DELETE', `/projects/${projectId}/members`, { username: 'ben@example.com' });
      expect(words(await ben('GET', `/devices/${deviceId}`))).toBe('404 device_not_found');
    });

    test('keep a board that is reset: it comes back into the project that it was in', async () => {
      const { projectId } = await create();
      const { deviceId, deviceSN } = await cloud.activate();
      await anna('PUT', `/devices/${deviceId}`, { projectId });
      await cloud.activate({ deviceSN });
      expect((await anna('GET', `/devices/${deviceId}`)).body.data.projectId).toBe(projectId);
    });
  });

  describe('the hooks of an external broker', () => {
    test('are not there until they are configured', async () => {
      for (const path of ['/mqtt/auth', '/mqtt/acl']) {
        expect(words(await anna('POST', path, { username: 'x' }))).toBe('404 not_found');
      }
    });
  });

  describe('what the origin does badly', () => {
    test('a disabled device does not come back by disconnecting', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      await anna('PUT', `/devices/${activation.deviceId}`, { status: 3 });
      await board.closed;
      await expect(cloud.connect(activation)).rejects.toMatchObject({ code: 5 });
      expect((await anna('GET', `/devices/${activation.deviceId}`)).body.data.status).toBe('disabled');
    });

    test('no password, token or secret is in the log', async () => {
      const activation = await cloud.activate();
      await expect(cloud.connect(activation, { password: 'tk_guess' })).rejects.toMatchObject({ code: 4 });
      await cloud.logged('invalid_password', activation.mqtt.username);
      await (await cloud.online(activation)).disconnect();
      await cloud.call('POST', '/users/login', { username: 'anna@example.com', password: 'guess-guess' });
      expect(cloud.program.stderr).not.toMatch(/\b(tk|sk|rt|ps|bt)_|\beyJ|guess-guess|password123/);
    });
  });
}
