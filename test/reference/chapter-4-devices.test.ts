import { describe, expect, test } from 'vitest';
import { ACTIVATION, SERVO_OF_DEVICE } from '../support/api-reference.js';
import { nextMessage, useReferenceCloud, words } from './reference-cloud.js';

const cloud = useReferenceCloud();
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

describe('4.1 activation', () => {
  test('answers secret, broker and topics, and needs no authentication', async () => {
    const data = await cloud().data(cloud().call('POST', '/devices/activate', ACTIVATION));
    const { deviceId } = data;
    expect(deviceId).toMatch(/^dev_[0-9a-f]{8}$/);
    expect(data.deviceSecret).toMatch(/^sk_/);
    expect(data.mqtt).toEqual({
      server: '127.0.0.1',
      port: Number(new URL(cloud().mqtt).port),
      portTLS: 8883,
      username: `SW-SERVO-001&${deviceId}`,
      password: expect.stringMatching(/^tk_/),
      clientId: `SW-SERVO-001&${deviceId}`,
      keepAlive: 60,
    });
    expect(data.topics).toMatchObject({
      propertyPost: `/sys/SW-SERVO-001/${deviceId}/thing/event/property/post`,
      propertySet: `/sys/SW-SERVO-001/${deviceId}/thing/service/property/set`,
      status: `/sys/SW-SERVO-001/${deviceId}/status`,
    });
  });

  test('gives a board that comes back its device id with fresh credentials', async () => {
    const first = await cloud().activate('BACK');
    const second = await cloud().activate('BACK');
    expect(second.deviceId).toBe(first.deviceId);
    expect(second.mqtt.password).not.toBe(first.mqtt.password);
    await expect(cloud().connect(first)).rejects.toMatchObject({ code: 4 });
    await cloud().connect(second);
  });

  test('refuses an unknown product as the reference has it', async () => {
    const answer = await cloud().call('POST', '/devices/activate', { ...ACTIVATION, productKey: 'NOPE' });
    expect(answer.body).toMatchObject({ code: 400, message: 'invalid_product_key', data: null });
  });

  test('evicts no running board on the word of a serial number', async () => {
    const activation = await cloud().activate('RUNNING');
    await cloud().online(activation);
    const again = await cloud().call('POST', '/devices/activate', { ...ACTIVATION, deviceSN: 'RUNNING' });
    expect(words(again)).toBe('403 device_in_use');
  });
});

describe('4.2 and 4.3 devices', () => {
  test('are listed and shown with every field of the reference', async () => {
    const { deviceId } = await cloud().activate('LISTED');
    const device = await cloud().data(cloud().as('GET', `/devices/${deviceId}`));
    expect(device).toEqual({
      deviceId,
      deviceSN: 'LISTED',
      productKey: 'SW-SERVO-001',
      projectId: 'proj_default',
      name: expect.any(String),
      status: 'offline',
      statusText: '离线',
      firmwareVersion: '1.0.0',
      chipModel: 'ESP32',
      lastOnlineAt: null,
      activatedAt: expect.stringMatching(TIME),
      createdAt: expect.stringMatching(TIME),
      product: SERVO_OF_DEVICE,
    });
    const page = await cloud().data(cloud().as('GET', '/devices?productKey=SW-SERVO-001&status=2&page=1&size=100'));
    expect(page.list).toContainEqual(device);
    expect(page).toMatchObject({ total: expect.any(Number), page: 1, size: 100 });
    const none = await cloud().data(cloud().as('GET', '/devices?productKey=NOPE'));
    expect(none).toEqual({ list: [], total: 0, page: 1, size: 20 });
  });

  test('that are unknown are device_not_found, and a status that is none is refused', async () => {
    expect(words(await cloud().as('GET', '/devices/dev_00000000'))).toBe('404 device_not_found');
    expect(words(await cloud().as('GET', '/devices?status=9'))).toBe('400 invalid_parameter');
    expect(words(await cloud().call('GET', '/devices'))).toBe('401 unauthorized');
  });
});

describe('4.4 status', () => {
  test('tells where the board is and whether it is online', async () => {
    const activation = await cloud().activate('STATUS');
    const status = () => cloud().data(cloud().as('GET', `/devices/${activation.deviceId}/status`));
    expect(await status()).toMatchObject({ online: false, status: 'offline', position: null, lastOnlineAt: null });
    const board = await cloud().online(activation);
    const post = {
      method: 'thing.event.property.post',
      id: '123456',
      params: { position: 'up', angle: 90, wifi_rssi: -45 },
      time: Date.now(),
    };
    await board.publishAsync(activation.topics.propertyPost, JSON.stringify(post), { qos: 1 });
    expect(await status()).toMatchObject({
      deviceId: activation.deviceId,
      deviceName: expect.any(String),
      online: true,
      position: 'up',
      status: 'online',
      lastOnlineAt: expect.stringMatching(TIME),
    });
    expect(words(await cloud().as('GET', '/devices/dev_00000000/status'))).toBe('404 device_not_found');
  });
});

describe('4.5 control', () => {
  test.each([
    [{ action: 'toggle', position: 'up' }],
    [{ action: 'pulse', duration: 500 }],
    [{ action: 'trigger' }],
    [{ switch: true, angle: 90 }],
  ])('sends %j to the board as it is, and answers command_sent', async (params) => {
    const activation = await cloud().activate(`C${JSON.stringify(params).replace(/\W/g, '')}`);
    const board = await cloud().online(activation);
    const message = nextMessage(board);
    const answer = await cloud().as('POST', `/devices/${activation.deviceId}/control`, params);
    expect(answer.body).toEqual({ code: 200, message: 'success', data: { message: 'command_sent' } });
    expect(await message).toEqual({
      topic: activation.topics.propertySet,
      retain: false,
      payload: {
        method: 'thing.service.property.set',
        id: expect.stringMatching(/^\d+$/),
        params,
        time: expect.any(Number),
      },
    });
  });

  test.each([
    ['no_control_params', {}],
    ['no_control_params', { colour: 'red' }],
    ['invalid_parameter', { action: 'jump' }],
    ['invalid_parameter', { action: 'toggle', position: 'left' }],
    ['invalid_parameter', { action: 'pulse', duration: 49 }],
    ['invalid_parameter', { action: 'pulse', duration: 60_001 }],
    ['invalid_parameter', { switch: 'on' }],
    ['invalid_parameter', { angle: 181 }],
  ])('answers %s to %j', async (word, body) => {
    const { deviceId } = await cloud().activate('REFUSED');
    expect(words(await cloud().as('POST', `/devices/${deviceId}/control`, body))).toBe(`400 ${word}`);
  });

  test('keeps a command for a board that is away, and waits for an answer where it is asked to', async () => {
    const activation = await cloud().activate('AWAY');
    const path = `/devices/${activation.deviceId}/control`;
    expect(words(await cloud().as('POST', `${path}?wait=50`, { action: 'trigger' }))).toBe('504 device_timeout');
    await cloud().data(cloud().as('POST', path, { action: 'toggle', position: 'down' }));
    const board = await cloud().connect(activation);
    const message = nextMessage(board);
    await board.subscribeAsync(activation.topics.propertySet, { qos: 1 });
    expect((await message).payload.params).toEqual({ action: 'toggle', position: 'down' });
  });

  test('names what stands in the way: no such device, not activated, disabled, a product that only reports', async () => {
    const control = async (deviceId: string) =>
      words(await cloud().as('POST', `/devices/${deviceId}/control`, { angle: 9 }));
    expect(await control('dev_00000000')).toBe('404 device_not_found');
    const registered = await cloud().data(
      cloud().as('POST', '/devices', { productKey: 'SW-SERVO-001', deviceSN: 'AHEAD' }),
    );
    expect(registered).toMatchObject({ status: 'inactive', statusText: '未激活', activatedAt: null });
    expect(await control(registered.deviceId)).toBe('400 device_not_activated');
    const { deviceId } = await cloud().activate('DISABLED');
    const disabled = await cloud().data(cloud().as('PUT', `/devices/${deviceId}`, { status: 3 }));
    expect(disabled).toMatchObject({ status: 'disabled', statusText: '已禁用' });
    expect(await control(deviceId)).toBe('403 device_disabled');
    await cloud().data(
      cloud().as('POST', '/products', { productKey: 'METER', name: 'm', category: 'meter', controlMode: 'readonly' }),
    );
    const meter = await cloud().data(
      cloud().call('POST', '/devices/activate', { productKey: 'METER', deviceSN: 'METER' }),
    );
    expect(await control(meter.deviceId)).toBe('400 control_not_supported');
  });
});

describe('4.6 deletion', () => {
  test('ends the session and the credentials; the board may come back as a new device', async () => {
    const activation = await cloud().activate('DELETED');
    const board = await cloud().online(activation);
    const closed = new Promise((resolve) => board.once('close', () => resolve(undefined)));
    await cloud().data(cloud().as('DELETE', `/devices/${activation.deviceId}`));
    await closed;
    await expect(cloud().connect(activation)).rejects.toMatchObject({ code: 4 });
    expect(words(await cloud().as('DELETE', `/devices/${activation.deviceId}`))).toBe('404 device_not_found');
    expect((await cloud().activate('DELETED')).deviceId).not.toBe(activation.deviceId);
  });
});
