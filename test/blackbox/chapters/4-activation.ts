import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { formOf, REFERENCE } from '../../support/api-reference.js';
import { type CloudProcess, words } from '../support/cloud-process.js';

/** Section 4.1 of the API reference, and what the specification adds to it. */
export function activation(cloud: CloudProcess): void {
  const REQUEST = REFERENCE['4.1 request'];

  const activate = (fields: Record<string, unknown> = {}) =>
    cloud.call('POST', '/devices/activate', { ...REQUEST, deviceSN: cloud.serial(), ...fields });

  describe('4.1 activation', () => {
    test('answers as in the reference, without authentication', async () => {
      const { body } = await cloud.call('POST', '/devices/activate', REQUEST);
      // Announced beyond the reference: more topics, and `extensions`.
      const { extensions, topics, ...data } = body.data;
      const { propertyPost, propertySet, status, ...announced } = topics;
      const answer = { ...body, data: { ...data, topics: { propertyPost, propertySet, status } } };
      expect(formOf(answer)).toEqual(formOf(REFERENCE['4.1']));

      const { deviceId } = data;
      expect(deviceId).toMatch(/^dev_[0-9a-f]{8}$/);
      const root = `/sys/SW-SERVO-001/${deviceId}`;
      expect(answer.data).toEqual({
        deviceId,
        deviceSecret: expect.stringMatching(/^sk_[0-9a-z]{32,}$/),
        mqtt: {
          server: '127.0.0.1',
          port: Number(new URL(cloud.mqttUrl).port),
          portTLS: Number(new URL(cloud.mqttsUrl).port),
          username: `SW-SERVO-001&${deviceId}`,
          password: expect.stringMatching(/^tk_[0-9a-z]{32,}$/),
          clientId: `SW-SERVO-001&${deviceId}`,
          keepAlive: 60,
        },
        topics: {
          propertyPost: `${root}/thing/event/property/post`,
          propertySet: `${root}/thing/service/property/set`,
          status: `${root}/status`,
        },
      });
      expect(extensions).toEqual({ reconnectSpread: 10 });
      expect(announced).toEqual({
        propertySetReply: `${root}/thing/service/property/set_reply`,
        propertyPostReply: `${root}/thing/event/property/post_reply`,
        propertyGet: `${root}/thing/service/property/get`,
        serviceInvoke: `${root}/thing/service/+`,
        eventPost: `${root}/thing/event/+/post`,
        logPost: `${root}/thing/log/post`,
        ntpRequest: `${root}/ext/ntp/request`,
        ntpResponse: `${root}/ext/ntp/response`,
        otaInform: `${root}/ota/device/inform`,
        otaUpgrade: `${root}/ota/device/upgrade`,
        otaProgress: `${root}/ota/device/progress`,
      });
    });

    test('refuses an unknown product with the very answer of the reference', async () => {
      for (const productKey of ['NOPE', '', 'sw-servo-001', "' OR 1=1 --", '开关', 'x'.repeat(256)]) {
        expect((await activate({ productKey })).text).toBe(JSON.stringify(REFERENCE['4.1 error']));
      }
    });

    test('ignores credentials that it does not need', async () => {
      const headers = { authorization: 'Bearer nonsense', 'x-api-key': 'sk_x', 'x-api-secret': 'x' };
      const answer = await cloud.call('POST', '/devices/activate', { ...REQUEST, deviceSN: cloud.serial() }, headers);
      expect(answer.status).toBe(200);
    });

    test('takes firmwareVersion and chipModel, which may be missing, and shows them', async () => {
      const bare = await cloud.call('POST', '/devices/activate', { productKey: 'SW-SERVO-001', deviceSN: 'BARE-1' });
      expect(bare.status).toBe(200);
      const { deviceId } = await cloud.activate({ firmwareVersion: '2.3.4-rc1', chipModel: 'ESP32-C3' });
      expect((await cloud.as('GET', `/devices/${deviceId}`)).body.data).toMatchObject({
        firmwareVersion: '2.3.4-rc1',
        chipModel: 'ESP32-C3',
      });
    });

    test.each([
      ['productKey', undefined],
      ['productKey', null],
      ['productKey', 1],
      ['deviceSN', undefined],
      ['deviceSN', ''],
      ['deviceSN', 'A B'],
      ['deviceSN', '../../etc'],
      ['deviceSN', 'x'.repeat(65)],
      ['deviceSN', 112233445566],
      ['firmwareVersion', 1],
      ['chipModel', ['ESP32']],
    ])('names the field %s when it is %j', async (field, value) => {
      const answer = await activate({ [field]: value });
      expect(words(answer)).toBe('400 invalid_parameter');
      expect(answer.body.detail).toContain(field);
    });

    test('takes a serial number of 64 characters of any letter case; case tells devices apart', async () => {
      const deviceSN = 'aZ0_-'.padEnd(64, 'f');
      const upper = await cloud.activate({ deviceSN: deviceSN.toUpperCase() });
      const lower = await cloud.activate({ deviceSN });
      expect(lower.deviceId).not.toBe(upper.deviceId);
    });

    test('gives one serial number two devices in two products', async () => {
      await cloud.product('OTHER', 'toggle');
      const deviceSN = cloud.serial();
      const first = await cloud.activate({ deviceSN });
      const second = await cloud.activate({ deviceSN, productKey: 'OTHER' });
      expect(second.deviceId).not.toBe(first.deviceId);
      expect(second.mqtt.username).toBe(`OTHER&${second.deviceId}`);
    });

    test('makes one device however many ask for it at the same time', async () => {
      const one = { productKey: await cloud.product('RACE', 'toggle'), deviceSN: cloud.serial() };
      const answers = await Promise.all(Array.from({ length: 8 }, () => activate(one)));
      expect(new Set(answers.map(({ body }) => body.data.deviceId)).size).toBe(1);
      expect((await cloud.as('GET', '/devices?productKey=RACE')).body.data.total).toBe(1);
    });

    test('puts a new device into proj_default, as status 2, named after its product', async () => {
      const { deviceId, deviceSN } = await cloud.activate();
      expect((await cloud.as('GET', `/devices/${deviceId}`)).body.data).toMatchObject({
        projectId: 'proj_default',
        status: 'offline',
        deviceSN,
        name: expect.stringContaining('Smart Servo Switch'),
        lastOnlineAt: null,
      });
    });
  });

  describe('activating again', () => {
    test('gives the same device with fresh credentials, and the old ones stop working', async () => {
      const first = await cloud.activate();
      await (await cloud.online(first)).disconnect();
      const device = async () => (await cloud.as('GET', `/devices/${first.deviceId}`)).body.data;
      await expect.poll(async () => (await device()).status).toBe('offline');
      const second = await cloud.activate({ deviceSN: first.deviceSN, firmwareVersion: '1.1.0' });
      expect(second.deviceId).toBe(first.deviceId);
      expect(second.topics).toEqual(first.topics);
      expect(second.deviceSecret).not.toBe(first.deviceSecret);
      expect(second.mqtt.password).not.toBe(first.mqtt.password);
      await expect(cloud.connect(first)).rejects.toMatchObject({ code: 4 });
      await cloud.online(second);
      expect((await device()).firmwareVersion).toBe('1.1.0');
    });

    test('is refused while the board has a live session, which goes on', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      expect(words(await activate({ deviceSN: activation.deviceSN }))).toBe('403 device_in_use');
      await board.say(activation.topics['propertyPost'], { id: '1', params: { position: 'up' } });
      expect((await cloud.as('GET', `/devices/${activation.deviceId}/status`)).body.data.online).toBe(true);
    });

    test('is refused to a device that is disabled, and possible again when it is enabled', async () => {
      const { deviceId, deviceSN } = await cloud.activate();
      await cloud.as('PUT', `/devices/${deviceId}`, { status: 3 });
      expect(words(await activate({ deviceSN }))).toBe('403 device_disabled');
      await cloud.as('PUT', `/devices/${deviceId}`, { status: 1 });
      expect((await activate({ deviceSN })).body.data.deviceId).toBe(deviceId);
    });

    test('is refused while the product is disabled', async () => {
      await cloud.product('PAUSED', 'toggle', { status: 0 });
      expect(words(await activate({ productKey: 'PAUSED' }))).toBe('403 product_disabled');
      await cloud.as('PUT', '/products/PAUSED', { status: 1 });
      expect((await activate({ productKey: 'PAUSED' })).status).toBe(200);
    });

    test('after a deletion makes a new device', async () => {
      const { deviceId, deviceSN } = await cloud.activate();
      await cloud.as('DELETE', `/devices/${deviceId}`);
      expect((await cloud.activate({ deviceSN })).deviceId).not.toBe(deviceId);
    });
  });

  describe('mqtt.server is the address by which the caller came', () => {
    const viaHost = (host: string): { server: string; port: number } => {
      const body = JSON.stringify({ ...REQUEST, deviceSN: cloud.serial() });
      const url = `${cloud.api}/api/v1/devices/activate`;
      const out = execFileSync('curl', ['-s', '--max-time', '30', url, '-H', `Host: ${host}`, '-d', body]);
      return JSON.parse(out.toString()).data.mqtt;
    };

    test.each([
      ['192.168.1.100:8080', '192.168.1.100'],
      ['cloud.example', 'cloud.example'],
      ['cloud.example:80', 'cloud.example'],
      ['localhost:1', 'localhost'],
      ['[::1]:8080', '::1'],
    ])('%s', (host, server) => {
      expect(viaHost(host)).toMatchObject({ server, port: Number(new URL(cloud.mqttUrl).port) });
    });

    test('and that of the socket where Host is rubbish', () => {
      expect(viaHost('a b"\\c').server).toBe('127.0.0.1');
    });
  });
}
