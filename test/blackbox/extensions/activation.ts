import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { formOf, REFERENCE, TIME } from '../../support/api-reference.js';
import { type CloudProcess, words } from '../support/cloud-process.js';

/** Registering, binding, signing and the served reference. */
export function activation(cloud: CloudProcess): void {
  describe('flags that boards hear of', () => {
    test('--public-host and --reconnect-spread', async () => {
      const { body } = await cloud.call('POST', '/devices/activate', REFERENCE['4.1 request']);
      expect(body.data.mqtt.server).toBe('mqtt.example');
      expect(body.data.extensions).toMatchObject({ reconnectSpread: 60 });
    });
  });

  describe('registering a device ahead', () => {
    test('makes it inactive, without times, and its board takes its place with name and project', async () => {
      const { projectId } = (await cloud.as('POST', '/projects', { projectName: 'Home' })).body.data;
      const deviceSN = cloud.serial();
      const body = { productKey: 'SW-SERVO-001', deviceSN, name: '卧室开关', projectId };
      const { data } = (await cloud.as('POST', '/devices', body)).body;
      expect(data).toEqual({
        ...REFERENCE['4.3'].data,
        ...body,
        deviceId: expect.stringMatching(/^dev_[0-9a-f]{8}$/),
        status: 'inactive',
        statusText: '未激活',
        firmwareVersion: '',
        chipModel: '',
        lastOnlineAt: null,
        activatedAt: null,
        createdAt: expect.stringMatching(TIME),
      });
      const activation = await cloud.activate({ deviceSN });
      expect(activation.deviceId).toBe(data.deviceId);
      const after = (await cloud.as('GET', `/devices/${data.deviceId}`)).body.data;
      expect(after).toMatchObject({ name: '卧室开关', projectId, status: 'offline' });
      expect(after.activatedAt).toMatch(TIME);
    });

    test('refuses what is there already, and what is wrong', async () => {
      const { deviceSN } = await cloud.activate();
      const register = (body: object) => cloud.as('POST', '/devices', { productKey: 'SW-SERVO-001', ...body });
      expect(words(await register({ deviceSN }))).toBe('400 device_exists');
      expect(words(await register({ deviceSN: 'A1', productKey: 'NOPE' }))).toBe('400 invalid_product_key');
      expect(words(await register({ deviceSN: 'A1', projectId: 'proj_nope' }))).toBe('404 project_not_found');
      expect(words(await register({ deviceSN: 'A 1' }))).toBe('400 invalid_parameter');
      expect(words(await register({}))).toBe('400 invalid_parameter');
    });
  });

  describe('changing a device', () => {
    test('renames, disables, enables and moves it', async () => {
      const { deviceId } = await cloud.activate();
      const { projectId } = (await cloud.as('POST', '/projects', { projectName: 'Barn' })).body.data;
      const put = async (body: object) => (await cloud.as('PUT', `/devices/${deviceId}`, body)).body.data;
      const renamed = await put({ name: '门' });
      expect(formOf({ ...renamed, lastOnlineAt: '' })).toEqual(formOf(REFERENCE['4.3'].data));
      expect(renamed.name).toBe('门');
      expect(await put({ status: 3 })).toMatchObject({ name: '门', status: 'disabled', statusText: '已禁用' });
      expect(await put({ status: 'offline' })).toMatchObject({ status: 'offline', statusText: '离线' });
      expect(await put({ projectId })).toMatchObject({ projectId, name: '门' });
      const status = (await cloud.as('GET', `/devices/${deviceId}/status`)).body.data;
      expect(status.deviceName).toBe('门');
    });

    test('refuses what is wrong', async () => {
      const { deviceId } = await cloud.activate();
      for (const body of [{ name: '' }, { name: 1 }, { status: 4 }, { status: 'gone' }, { projectId: 7 }, []]) {
        expect(words(await cloud.as('PUT', `/devices/${deviceId}`, body))).toBe('400 invalid_parameter');
      }
      const moved = await cloud.as('PUT', `/devices/${deviceId}`, { projectId: 'proj_nope' });
      expect(words(moved)).toBe('404 project_not_found');
      expect(words(await cloud.as('PUT', '/devices/dev_00000000', { name: 'x' }))).toBe('404 device_not_found');
    });
  });

  describe('bind tokens', () => {
    const bindToken = async () => {
      const { projectId } = (await cloud.as('POST', '/projects', { projectName: 'Bound' })).body.data;
      const { data } = (await cloud.as('POST', `/projects/${projectId}/bind-tokens`)).body;
      return { projectId, ...data };
    };

    test('live for 10 minutes and put a new board into their project, once', async () => {
      const made = await bindToken();
      expect(made).toEqual({
        projectId: made.projectId,
        bindToken: expect.stringMatching(/^bt_/),
        expiresAt: expect.stringMatching(TIME),
        expiresIn: 600,
      });
      expect(Math.abs(Date.parse(made.expiresAt) - Date.now() - 600_000)).toBeLessThan(60_000);
      const { deviceId } = await cloud.activate({ bindToken: made.bindToken });
      expect((await cloud.as('GET', `/devices/${deviceId}`)).body.data.projectId).toBe(made.projectId);
      const again = { productKey: 'SW-SERVO-001', deviceSN: cloud.serial(), bindToken: made.bindToken };
      expect(words(await cloud.call('POST', '/devices/activate', again))).toBe('400 invalid_parameter');
    });

    test('that are none are refused to a new board', async () => {
      for (const token of ['bt_x', '', "' OR 1=1"]) {
        const body = { productKey: 'SW-SERVO-001', deviceSN: cloud.serial(), bindToken: token };
        expect(words(await cloud.call('POST', '/devices/activate', body))).toBe('400 invalid_parameter');
      }
      expect(words(await cloud.as('POST', '/projects/proj_nope/bind-tokens'))).toBe('404 project_not_found');
    });

    test('do not take a board out of a project that their maker does not see', async () => {
      const anna = await cloud.signUp('anna');
      const { projectId } = (await anna('POST', '/projects', { projectName: 'Anna' })).body.data;
      const activation = await cloud.activate();
      await anna('PUT', `/devices/${activation.deviceId}`, { projectId });
      const { bindToken: token } = await bindToken();
      await cloud.activate({ deviceSN: activation.deviceSN, bindToken: token });
      expect((await anna('GET', `/devices/${activation.deviceId}`)).body.data.projectId).toBe(projectId);
      expect(words(await cloud.as('GET', `/devices/${activation.deviceId}`))).toBe('404 device_not_found');
    });
  });

  describe('signed activation', () => {
    /** Written from the specification: what a board does with its key, and how its key is made. */
    function sign(productSecret: string, body: Record<string, string>, counter: number) {
      const random = `${counter.toString(16).padStart(16, '0')}c0ffee0123456789`;
      const boardKey = createHmac('sha256', productSecret).update(body['deviceSN']!).digest();
      const { productKey, deviceSN, firmwareVersion, chipModel } = body;
      const lines = ['SLA1', productKey, deviceSN, firmwareVersion, chipModel, random].join('\n');
      return { ...body, random, sign: createHmac('sha256', boardKey).update(lines).digest('hex') };
    }

    test('lets a board in that holds its key, with a counter that rises', async () => {
      const product = {
        productKey: 'SIGNED',
        name: 'n',
        category: 'c',
        controlMode: 'toggle',
        activationMode: 'signed',
      };
      const { productSecret, ...answer } = (await cloud.as('POST', '/products', product)).body.data;
      expect(formOf(answer)).toEqual(formOf(REFERENCE['3.1'].data));
      expect((await cloud.as('GET', '/products/SIGNED')).text).not.toContain(productSecret);
      expect((await cloud.as('PUT', '/products/SIGNED', { model: 'x' })).text).not.toContain(productSecret);

      const body = { productKey: 'SIGNED', deviceSN: 'A1', firmwareVersion: '1.0.0', chipModel: 'ESP32' };
      const activate = (request: object) => cloud.call('POST', '/devices/activate', request);
      expect(words(await activate(body))).toBe('403 forbidden');
      const first = sign(productSecret, body, 1);
      expect(words(await activate({ ...first, deviceSN: 'A2' }))).toBe('403 forbidden');
      expect(words(await activate({ ...first, firmwareVersion: '6.6.6' }))).toBe('403 forbidden');
      expect(words(await activate({ ...first, sign: '0'.repeat(64) }))).toBe('403 forbidden');
      expect((await activate(first)).status).toBe(200);
      expect(words(await activate(first))).toBe('403 forbidden');
      expect(words(await activate(sign(productSecret, body, 0)))).toBe('403 forbidden');
      expect((await activate(sign(productSecret, body, 2))).status).toBe(200);
    });
  });

  describe('the reference that is served', () => {
    test('/openapi.json is OpenAPI 3.1 and has every path of the reference', async () => {
      const { body } = await cloud.request('GET', '/openapi.json');
      expect(body.openapi).toMatch(/^3\.1\./);
      const served = Object.entries<object>(body.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/^\/api\/v1/, '')}`),
      );
      expect(served).toEqual(
        expect.arrayContaining([
          'POST /users/register',
          'POST /users/login',
          'POST /users/refresh-token',
          'GET /users/me',
          'POST /users/api-keys',
          'GET /users/api-keys',
          'DELETE /users/api-keys/{keyId}',
          'POST /products',
          'GET /products',
          'GET /products/{productKey}',
          'PUT /products/{productKey}',
          'DELETE /products/{productKey}',
          'POST /devices/activate',
          'GET /devices',
          'GET /devices/{deviceId}',
          'GET /devices/{deviceId}/status',
          'POST /devices/{deviceId}/control',
          'DELETE /devices/{deviceId}',
        ]),
      );
    });

    test('/docs is one page that needs nothing from elsewhere', async () => {
      const response = await fetch(`${cloud.api}/docs`);
      const page = await response.text();
      expect(response.headers.get('content-type')).toMatch(/^text\/html; charset=utf-8/i);
      expect(page).toContain('/api/v1/devices/activate');
      expect(page).not.toMatch(/<script|<link|src=|url\(/i);
    });
  });
}
