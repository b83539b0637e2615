import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { formOf, REFERENCE } from '../../support/api-reference.js';
import type { Activation, CloudProcess } from '../support/cloud-process.js';

/** Sections 5.1 to 5.3 of the API reference. */
export function mqtt(cloud: CloudProcess): void {
  /** Somebody else's device, online. */
  let other: Activation;

  beforeAll(async () => {
    other = await cloud.activate();
    await cloud.online(other);
  });

  const statusOf = async ({ deviceId }: Activation) => (await cloud.as('GET', `/devices/${deviceId}/status`)).body.data;

  describe('a session', () => {
    test('opens with user name, password and client id of the activation', async () => {
      const board = await cloud.connect(await cloud.activate());
      expect(board.client.connected).toBe(true);
    });

    test('of MQTT 5, which the broker does not speak, is refused in words that a client understands', async () => {
      const activation = await cloud.activate();
      await expect(cloud.connect(activation, { protocolVersion: 5 })).rejects.toMatchObject({ code: 1 });
    });

    test('with a wrong password is refused: CONNACK 4, and invalid_password in the log', async () => {
      const activation = await cloud.activate();
      const { username } = activation.mqtt;
      for (const password of ['tk_wrong', '', other.mqtt.password, activation.deviceSecret]) {
        await expect(cloud.connect(activation, { password })).rejects.toMatchObject({ code: 4 });
        const line = await cloud.logged('invalid_password', username);
        expect(JSON.stringify(line)).not.toContain(password || 'tk_');
      }
    });

    test('of an unknown, a half and a foreign user name is refused alike', async () => {
      const activation = await cloud.activate();
      for (const username of [
        '',
        'SW-SERVO-001',
        activation.deviceId,
        `SW-SERVO-001&dev_00000000`,
        `OTHER&${activation.deviceId}`,
        `${activation.mqtt.username}&x`,
        other.mqtt.username,
        "' OR '1'='1",
      ]) {
        await expect(cloud.connect(activation, { username, clientId: username || 'x' })).rejects.toMatchObject({
          code: 4,
        });
      }
    });

    test('with another client id is refused: CONNACK 5, and invalid_client_id in the log', async () => {
      const activation = await cloud.activate();
      for (const clientId of [activation.deviceId, `${activation.mqtt.clientId}1`, other.mqtt.clientId]) {
        await expect(cloud.connect(activation, { clientId })).rejects.toMatchObject({ code: 5 });
        await cloud.logged('invalid_client_id', activation.mqtt.username);
      }
    });

    test('of a disabled device or product is ended, and refused from then on', async () => {
      await cloud.product('DISABLED', 'toggle');
      const device = await cloud.activate();
      const product = await cloud.activate({ productKey: 'DISABLED' });
      const boards = [await cloud.online(device), await cloud.online(product)];
      await cloud.as('PUT', `/devices/${device.deviceId}`, { status: 3 });
      await cloud.as('PUT', '/products/DISABLED', { status: 0 });
      await Promise.all(boards.map(({ closed }) => closed));
      await expect(cloud.connect(device)).rejects.toMatchObject({ code: 5 });
      await cloud.logged('device_disabled', device.mqtt.username);
      await expect(cloud.connect(product)).rejects.toMatchObject({ code: 5 });
      await cloud.logged('product_disabled', product.mqtt.username);
      await cloud.as('PUT', `/devices/${device.deviceId}`, { status: 1 });
      await cloud.online(device);
      expect((await statusOf(device)).online).toBe(true);
    });

    test('gives way to a newer one of the same client id', async () => {
      const activation = await cloud.activate();
      const older = await cloud.online(activation, {
        will: { topic: activation.topics['status']!, payload: { status: 'offline', time: Date.now() } },
      });
      const newer = await cloud.online(activation);
      await older.closed;
      await newer.settled();
      expect(newer.client.connected).toBe(true);
      expect(await statusOf(activation)).toMatchObject({ online: true, status: 'online' });
    });

    test('is clean: nothing that was missed is queued, whatever the client asks', async () => {
      const activation = await cloud.activate();
      const first = await cloud.online(activation, { clean: false });
      await cloud.as('POST', `/devices/${activation.deviceId}/control`, { action: 'trigger' });
      const { payload } = await first.next();
      await first.say(activation.topics['propertySetReply'], { id: payload.id, code: 200, data: {} });
      await first.disconnect();
      const second = await cloud.connect(activation, { clean: false });
      await second.settled();
      expect(second.inbox.all).toEqual([]);
    });
  });

  describe('5.1 topics: a board has its own root and nothing else', () => {
    test('it may subscribe below it', async () => {
      const activation = await cloud.activate();
      const board = await cloud.connect(activation);
      const root = `/sys/SW-SERVO-001/${activation.deviceId}`;
      const { propertySet = '', status = '' } = activation.topics;
      expect(propertySet.startsWith(`${root}/`)).toBe(true);
      expect(await board.subscribe(propertySet, status, `${root}/#`, `${root}/thing/+/property/set`)).toEqual([
        1, 1, 1, 1,
      ]);
    });

    test('it may subscribe to nothing else: SUBACK 128, and subscribe_refused in the log', async () => {
      const activation = await cloud.activate();
      const board = await cloud.connect(activation);
      const filters = [
        '#',
        '+/#',
        '/sys/#',
        '/sys/+/+/status',
        '/sys/SW-SERVO-001/+/thing/service/property/set',
        `/sys/+/${activation.deviceId}/status`,
        `/sys/SW-SERVO-001/${activation.deviceId}`,
        `/sys/SW-SERVO-001/${activation.deviceId}x/status`,
        other.topics['status']!,
        '$SYS/#',
        '$share/g//sys/#',
        'sys/x',
      ];
      for (const filter of filters) {
        expect([filter, await board.subscribe(filter)]).toEqual([filter, [128]]);
        await cloud.logged('subscribe_refused', activation.deviceId);
      }
      const victim = other.topics['propertySet']!;
      await cloud.as('POST', `/devices/${other.deviceId}/control`, { action: 'trigger' });
      await board.settled();
      expect(board.inbox.all.filter(({ topic }) => topic === victim)).toEqual([]);
    });

    test("a publish on another's topic ends the connection, reaches nobody and stands in the log", async () => {
      const target = await cloud.activate();
      const victim = await cloud.online(target);
      await victim.subscribe(`/sys/SW-SERVO-001/${target.deviceId}/#`);
      for (const [name, payload] of [
        ['propertySet', { method: 'thing.service.property.set', id: '1', params: { action: 'trigger' }, time: 1 }],
        ['propertyPost', { method: 'thing.event.property.post', id: '1', params: { position: 'down' }, time: 1 }],
        ['status', { status: 'offline', time: Date.now() + 1000 }],
      ] as const) {
        const attacker = await cloud.activate();
        const board = await cloud.connect(attacker);
        board.say(target.topics[name], payload, { qos: 0 }).catch(() => {});
        await board.closed;
        await cloud.logged('publish_refused', attacker.deviceId);
      }
      await victim.settled();
      expect(victim.inbox.all.filter(({ topic }) => topic !== target.topics['status'])).toEqual([]);
      expect(await statusOf(target)).toMatchObject({ online: true, position: null });
    });

    test("a last will on another's topic reaches nobody either", async () => {
      const target = await cloud.activate();
      const victim = await cloud.online(target);
      await victim.subscribe(`/sys/SW-SERVO-001/${target.deviceId}/#`);
      await victim.on(target.topics['status']);
      for (const [name, payload] of [
        ['propertySet', { method: 'thing.service.property.set', id: '1', params: { action: 'trigger' } }],
        ['status', { status: 'offline', time: Date.now() + 1000 }],
      ] as const) {
        const attacker = await cloud.activate();
        const board = await cloud.connect(attacker, { will: { topic: target.topics[name]!, payload } });
        await board.cut();
        await cloud.logged('publish_refused', attacker.deviceId);
      }
      await victim.settled();
      expect(victim.inbox.waiting).toBe(0);
      expect((await statusOf(target)).online).toBe(true);
    });

    test('a publish below its own root that nobody serves is acknowledged and goes nowhere', async () => {
      const activation = await cloud.activate();
      const board = await cloud.connect(activation);
      await board.subscribe(`/sys/SW-SERVO-001/${activation.deviceId}/#`);
      for (const path of ['thing/service/property/set', 'thing/nothing', 'x']) {
        await board.say(`/sys/SW-SERVO-001/${activation.deviceId}/${path}`, { id: '1', params: {} });
        await cloud.logged('publish_refused', activation.deviceId);
      }
      await board.settled();
      expect(board.inbox.all).toEqual([]);
      expect(board.client.connected).toBe(true);
    });
  });

  describe('5.2 property post', () => {
    test('is stored as the reference writes it, and acknowledged when it is', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      await board.say(activation.topics['propertyPost'], REFERENCE['5.2']);
      const { position, properties } = await statusOf(activation);
      expect(position).toBe('up');
      const reportedAt = new Date(REFERENCE['5.2'].time).toISOString();
      expect(properties).toEqual({
        position: { value: 'up', reportedAt },
        angle: { value: 90, reportedAt },
        wifi_rssi: { value: -45, reportedAt },
      });
    });

    test('merges: a key that a post leaves out keeps its value', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      await board.say(activation.topics['propertyPost'], { id: '1', params: { position: 'up', angle: 180 } });
      await board.say(activation.topics['propertyPost'], { id: '2', params: { position: 'down' } }, { qos: 0 });
      await board.settled();
      const { position, properties } = await statusOf(activation);
      expect([position, properties.angle.value]).toEqual(['down', 180]);
    });

    test('is taken at every quality of service, and stored once', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      for (const qos of [0, 1, 2] as const) {
        await board.say(activation.topics['propertyPost'], { id: String(qos), params: { angle: qos } }, { qos });
      }
      await board.settled();
      const { data } = (await cloud.as('GET', `/devices/${activation.deviceId}/properties?key=angle`)).body;
      expect(data.list.map(({ value }: { value: number }) => value)).toEqual([2, 1, 0]);
    });

    test('that is malformed changes nothing, stands in the log, and the session goes on', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const { propertyPost } = activation.topics;
      for (const payload of ['', '{', 'null', '[]', '"x"', '{"id":"1"}', '{"id":"1","params":[]}', randomBytes(64)]) {
        await board.say(propertyPost, payload);
        await cloud.logged('message_malformed', activation.deviceId);
      }
      await board.say(propertyPost, { id: '1', params: { position: 'middle' } });
      expect(await statusOf(activation)).toMatchObject({ online: true, position: 'middle' });
    });

    test('may be 16 KiB long; one byte more ends the session', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const head = '{"id":"1","params":{"position":"up"},"filler":"';
      const post = (size: number) => `${head}${'x'.repeat(size - head.length - 2)}"}`;
      await board.say(activation.topics['propertyPost'], post(16_384));
      expect((await statusOf(activation)).position).toBe('up');
      board.say(activation.topics['propertyPost'], post(16_385)).catch(() => {});
      await board.closed;
      expect((await statusOf(activation)).online).toBe(false);
    });
  });

  describe('5.3 property set', () => {
    test('is written as in the reference: method, id of digits, params, time in ms; QoS 1, not retained', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const sentAt = Date.now();
      await cloud.as('POST', `/devices/${activation.deviceId}/control`, REFERENCE['5.3'].params);
      const message = await board.on(activation.topics['propertySet']);
      expect(formOf(message.payload)).toEqual(formOf(REFERENCE['5.3']));
      expect(message).toEqual({
        topic: `/sys/SW-SERVO-001/${activation.deviceId}/thing/service/property/set`,
        payload: {
          method: 'thing.service.property.set',
          id: expect.stringMatching(/^\d{1,19}$/),
          params: { action: 'toggle', position: 'up' },
          time: expect.any(Number),
        },
        qos: 1,
        retain: false,
      });
      expect(message.payload.time).toBeGreaterThanOrEqual(sentAt);
      expect(message.payload.time).toBeLessThanOrEqual(Date.now());
      await board.client.unsubscribeAsync(activation.topics['propertySet']!);
      await board.subscribe(activation.topics['propertySet']!);
      await board.settled();
      expect(board.inbox.waiting).toBe(0);
    });

    test('has an id that the board never saw', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const send = () => cloud.as('POST', `/devices/${activation.deviceId}/control`, { action: 'trigger' });
      await Promise.all(Array.from({ length: 10 }, send));
      const ids = new Set<string>();
      for (let count = 0; count < 10; count += 1)
        ids.add((await board.on(activation.topics['propertySet'])).payload.id);
      expect(ids.size).toBe(10);
    });
  });

  describe('rubbish on the port', () => {
    test('ends its connection, and the service lives', async () => {
      const { port } = new URL(cloud.mqttUrl);
      for (const bytes of [
        randomBytes(256),
        Buffer.from('GET / HTTP/1.1\r\n\r\n'),
        // CONNECT with an impossible length, PUBLISH before CONNECT, a length that never ends.
        Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]),
        Buffer.from([0x30, 0x05, 0x00, 0x01, 0x78, 0x79, 0x7a]),
        Buffer.from([0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
      ]) {
        const socket = connect(Number(port), '127.0.0.1').on('error', () => {});
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket.write(bytes);
        socket.resume();
        // What waits for more bytes is ended by the cloud only after its time to connect; here the client gives up.
        socket.end();
        await closed;
      }
      expect((await statusOf(other)).online).toBe(true);
    });
  });
}
