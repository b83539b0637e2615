import { createConnection } from 'node:net';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { matches, startCloud, temporaryDirectory } from './support/fixture.js';

const REQUEST = { productKey: 'SW-SERVO-001', deviceSN: 'AABBCCDDEEFF', firmwareVersion: '1.0.0', chipModel: 'ESP32' };

describe('activation (API reference, 4.1)', () => {
  test('answers the credentials, address and topics of a new device', async () => {
    const t = await startCloud({ reconnectSpread: 60 });
    const activated = t.next('deviceActivated');
    const answer = await t.call('POST', '/devices/activate', REQUEST);
    expect(answer.status).toBe(200);
    expect(answer.body.message).toBe('success');
    matches('activate', answer);
    const { deviceId, mqtt, topics, extensions } = answer.body.data;
    expect(deviceId).toMatch(/^dev_[0-9a-f]{8}$/);
    expect(mqtt).toEqual({
      server: '127.0.0.1',
      port: t.cloud.mqttPort,
      portTLS: 8883,
      username: `SW-SERVO-001&${deviceId}`,
      password: expect.stringMatching(/^tk_[0-9a-f]{32}$/),
      clientId: `SW-SERVO-001&${deviceId}`,
      keepAlive: 60,
    });
    expect(topics).toMatchObject({
      propertyPost: `/sys/SW-SERVO-001/${deviceId}/thing/event/property/post`,
      propertySet: `/sys/SW-SERVO-001/${deviceId}/thing/service/property/set`,
      status: `/sys/SW-SERVO-001/${deviceId}/status`,
      propertySetReply: `/sys/SW-SERVO-001/${deviceId}/thing/service/property/set_reply`,
    });
    expect(extensions).toEqual({ reconnectSpread: 60 });
    expect(await activated).toMatchObject({ deviceId, deviceSN: 'AABBCCDDEEFF', again: false });
  });

  test('tells boards the host by which they reached the API, or the public host', async () => {
    const plain = await startCloud();
    const open = await startCloud({ publicHost: 'cloud.example' });
    const server = async (port: number, host: string) => {
      const answer = await rawActivate(port, host, JSON.stringify(REQUEST));
      return JSON.parse(answer.slice(answer.indexOf('{'))).data.mqtt.server;
    };
    expect(await server(plain.cloud.apiPort, 'my-pc.local:8080')).toBe('my-pc.local');
    expect(await server(plain.cloud.apiPort, '[::1]:8080')).toBe('::1');
    expect(await server(plain.cloud.apiPort, '192.168.1.100')).toBe('192.168.1.100');
    expect(await server(open.cloud.apiPort, 'my-pc.local:8080')).toBe('cloud.example');
  });

  test('gives a known serial number the same device with fresh credentials, and the old ones stop working', async () => {
    const t = await startCloud();
    const first = await t.activate();
    const second = await t.activate();
    expect(second.deviceId).toBe(first.deviceId);
    expect(second.deviceSecret).not.toBe(first.deviceSecret);
    expect(second.mqtt.password).not.toBe(first.mqtt.password);
    await expect(t.connect(first)).rejects.toMatchObject({ code: 4 });
    await t.connect(second);
  });

  test('keeps serial numbers of different products apart', async () => {
    const t = await startCloud();
    const servo = await t.activate('SAME', 'SW-SERVO-001');
    const dimmer = await t.activate('SAME', 'SW-DIM-001');
    expect(dimmer.deviceId).not.toBe(servo.deviceId);
  });

  test('refuses a device that has a live session, and takes it again afterwards', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    const refused = await t.call('POST', '/devices/activate', REQUEST);
    expect(refused.body).toMatchObject({ code: 403, message: 'device_in_use' });
    const offline = t.next('deviceOffline');
    await board.end();
    await offline;
    expect((await t.activate()).deviceId).toBe(activation.deviceId);
  });

  test.each([
    ['an unknown product', { productKey: 'NOPE' }, 400, 'invalid_product_key', undefined],
    ['an empty product key', { productKey: '' }, 400, 'invalid_product_key', undefined],
    ['a product key of another type', { productKey: 7 }, 400, 'invalid_parameter', 'productKey'],
    ['a missing product key', { productKey: undefined }, 400, 'invalid_parameter', 'productKey'],
    ['a missing serial number', { deviceSN: undefined }, 400, 'invalid_parameter', 'deviceSN'],
    ['an empty serial number', { deviceSN: '' }, 400, 'invalid_parameter', 'deviceSN'],
    ['a serial number with a slash', { deviceSN: 'A/B' }, 400, 'invalid_parameter', 'deviceSN'],
    ['a serial number with a line feed', { deviceSN: 'AB\n' }, 400, 'invalid_parameter', 'deviceSN'],
    ['a serial number of 65 characters', { deviceSN: 'A'.repeat(65) }, 400, 'invalid_parameter', 'deviceSN'],
    ['a serial number of another type', { deviceSN: ['A'] }, 400, 'invalid_parameter', 'deviceSN'],
    ['a firmware version of another type', { firmwareVersion: 1 }, 400, 'invalid_parameter', 'firmwareVersion'],
    ['a chip model of another type', { chipModel: {} }, 400, 'invalid_parameter', 'chipModel'],
  ])('refuses %s', async (_name, change, status, word, field) => {
    const t = await startCloud();
    const answer = await t.call('POST', '/devices/activate', { ...REQUEST, ...change });
    expect(answer.body).toMatchObject({ code: status, message: word });
    if (field) expect(answer.body.detail).toContain(field);
  });

  test('refuses a disabled product and a disabled device, at activation and at MQTT', async () => {
    const dataDir = temporaryDirectory();
    const edit = (sql: string) => {
      const database = new Sqlite(`${dataDir}/cloud.sqlite`);
      database.exec(sql);
      database.close();
    };
    const first = await startCloud({ dataDir });
    const servo = await first.activate('A', 'SW-SERVO-001');
    const dimmer = await first.activate('B', 'SW-DIM-001');
    await first.cloud.close();
    edit(
      `UPDATE devices SET disabled = 1 WHERE device_sn = 'A'; UPDATE products SET status = 0 WHERE product_key = 'SW-DIM-001'`,
    );

    const t = await startCloud({ dataDir });
    const device = await t.call('POST', '/devices/activate', { ...REQUEST, deviceSN: 'A' });
    expect(device.body).toMatchObject({ code: 403, message: 'device_disabled' });
    const product = await t.call('POST', '/devices/activate', { ...REQUEST, productKey: 'SW-DIM-001', deviceSN: 'B' });
    expect(product.body).toMatchObject({ code: 403, message: 'product_disabled' });
    await expect(t.connect(servo)).rejects.toMatchObject({ code: 5 });
    await expect(t.connect(dimmer)).rejects.toMatchObject({ code: 5 });
    expect(t.logged.map((event) => event.name)).toEqual(
      expect.arrayContaining(['device_disabled', 'product_disabled']),
    );
    expect((await t.as('POST', `/devices/${servo.deviceId}/control`, { action: 'trigger' })).body.message).toBe(
      'device_disabled',
    );
    expect((await t.as('POST', `/devices/${dimmer.deviceId}/control`, { angle: 9 })).body.message).toBe(
      'product_disabled',
    );
    expect((await t.as('GET', `/devices/${servo.deviceId}`)).body.data).toMatchObject({
      status: 'disabled',
      statusText: '已禁用',
    });
  });

  test('stores no secret in clear', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const activation = await t.activate();
    await t.cloud.close();
    const database = new Sqlite(`${dataDir}/cloud.sqlite`);
    const dump = JSON.stringify(database.prepare('SELECT * FROM devices').all());
    database.close();
    expect(dump).toContain(activation.deviceId);
    for (const secret of [activation.deviceSecret, activation.mqtt.password]) expect(dump).not.toContain(secret);
    expect(JSON.stringify(t.logged)).not.toContain(activation.mqtt.password);
  });
});

/** HTTP by hand, for a Host header that fetch would not send. */
function rawActivate(port: number, host: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => {
      socket.write(
        `POST /api/v1/devices/activate HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
    });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk.toString();
    });
    socket.on('end', () => resolve(answer));
    socket.on('error', reject);
  });
}
