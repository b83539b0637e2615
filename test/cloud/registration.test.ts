import { describe, expect, test } from 'vitest';
import { matches, startCloud } from './support/fixture.js';
import { words } from './support/people.js';

const DEVICE = { productKey: 'SW-SERVO-001', deviceSN: 'AABBCCDDEEFF' };

describe('devices registered ahead', () => {
  test('are inactive until their board activates, and keep name and project', async () => {
    const t = await startCloud();
    const { projectId } = (await t.as('POST', '/projects', { projectName: 'Home' })).body.data;
    const made = await t.as('POST', '/devices', { ...DEVICE, name: '客厅开关', projectId });
    matches('registerDevice', made);
    const { deviceId } = made.body.data;
    expect(made.body.data).toMatchObject({
      deviceSN: 'AABBCCDDEEFF',
      name: '客厅开关',
      projectId,
      status: 'inactive',
      statusText: '未激活',
      activatedAt: null,
      lastOnlineAt: null,
    });
    expect((await t.as('GET', '/devices?status=0')).body.data.total).toBe(1);
    expect(words(await t.as('POST', `/devices/${deviceId}/control`, { action: 'trigger' }))).toBe(
      '400 device_not_activated',
    );
    const activated = t.next('deviceActivated');
    const activation = await t.activate();
    expect(await activated).toMatchObject({ again: false });
    expect(activation.deviceId).toBe(deviceId);
    expect((await t.as('GET', `/devices/${deviceId}`)).body.data).toMatchObject({
      status: 'offline',
      name: '客厅开关',
      projectId,
    });
  });

  test('need a product, a project and a serial number that fit', async () => {
    const t = await startCloud();
    const register = (change: object) => t.as('POST', '/devices', { ...DEVICE, ...change });
    expect((await register({})).body.data.name).toBe('Smart Servo Switch EEFF');
    expect(words(await register({}))).toBe('400 device_exists');
    expect(words(await register({ productKey: 'NOPE' }))).toBe('400 invalid_product_key');
    expect(words(await register({ projectId: 'nope' }))).toBe('404 project_not_found');
    expect(words(await register({ deviceSN: 'a b' }))).toBe('400 invalid_parameter');
    await t.as('PUT', '/products/SW-DIM-001', { status: 0 });
    expect(words(await register({ productKey: 'SW-DIM-001' }))).toBe('403 product_disabled');
  });
});

describe('PUT on a device', () => {
  test('renames it', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    const answer = await t.as('PUT', `/devices/${deviceId}`, { name: '客厅开关' }, { 'accept-language': 'en' });
    matches('updateDevice', answer);
    expect(answer.body.data).toMatchObject({ name: '客厅开关', status: 'offline', statusText: 'offline' });
    expect((await t.as('GET', `/devices/${deviceId}/status`)).body.data.deviceName).toBe('客厅开关');
  });

  test.each([[3], ['disabled']])(
    'with status %j disables it: no session, no activation, no command',
    async (status) => {
      const t = await startCloud();
      const activation = await t.activate();
      const path = `/devices/${activation.deviceId}`;
      const board = await t.online(activation);
      const [closed, offline] = [board.closed(), t.next('deviceOffline')];
      expect((await t.as('PUT', path, { status })).body.data).toMatchObject({
        status: 'disabled',
        statusText: '已禁用',
      });
      await Promise.all([closed, offline]);
      expect((await t.as('PUT', path, { name: 'still disabled' })).body.data.status).toBe('disabled');
      expect(words(await t.call('POST', '/devices/activate', DEVICE))).toBe('403 device_disabled');
      expect(words(await t.as('POST', `${path}/control`, { action: 'trigger' }))).toBe('403 device_disabled');
      await expect(t.connect(activation)).rejects.toMatchObject({ code: 5 });
      expect((await t.as('PUT', path, { status: 1 })).body.data.status).toBe('offline');
      await t.online(activation);
    },
  );

  test('with status disabled drops the commands that were kept for it', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    await t.as('POST', `/devices/${deviceId}/control`, { action: 'trigger' });
    const dropped = t.next('commandDropped');
    await t.as('PUT', `/devices/${deviceId}`, { status: 'disabled' });
    expect(await dropped).toMatchObject({ deviceId });
  });

  test.each([{ status: 4 }, { status: '3' }, { status: true }, { name: '' }, { name: 1 }, { projectId: 7 }])(
    'refuses %j',
    async (body) => {
      const t = await startCloud();
      const { deviceId } = await t.activate();
      const answer = await t.as('PUT', `/devices/${deviceId}`, body);
      expect(words(answer)).toBe('400 invalid_parameter');
      expect(answer.body.detail).toContain(Object.keys(body)[0]);
    },
  );
});
