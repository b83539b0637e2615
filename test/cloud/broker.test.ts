import { randomBytes } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { describe, expect, test } from 'vitest';
import { PacketSizeGuard } from '../../host-sim/cloud/broker/packet-size-guard.js';
import { onCleanup, startCloud, type TestCloud } from './support/fixture.js';

describe('who may connect', () => {
  test('a wrong password is CONNACK 4 and invalid_password in the log', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    await expect(t.connect(activation, { password: 'tk_wrong' })).rejects.toMatchObject({ code: 4 });
    await expect(t.connect(activation, { username: 'SW-SERVO-001&dev_00000000' })).rejects.toMatchObject({ code: 4 });
    await expect(t.connect(activation, { username: `SW-DIM-001&${activation.deviceId}` })).rejects.toMatchObject({
      code: 4,
    });
    await expect(t.connect(activation, { username: `${activation.mqtt.username}&x` })).rejects.toMatchObject({
      code: 4,
    });
    expect(t.logged.filter((event) => event.name === 'invalid_password')).toHaveLength(4);
  });

  test('another client id than the user name is CONNACK 5 and invalid_client_id in the log', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    await expect(t.connect(activation, { clientId: 'mine' })).rejects.toMatchObject({ code: 5 });
    await t.untilLogged('invalid_client_id');
  });

  test('the newer session of a device wins, and the older one does not take it offline', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const will = { topic: activation.topics.status, payload: JSON.stringify({ status: 'offline', time: Date.now() }) };
    const first = await t.online(activation, { will });
    const gone = first.closed();
    const second = await t.online(activation, { will });
    await gone;
    expect((await t.as('GET', `/devices/${activation.deviceId}/status`)).body.data.online).toBe(true);
    const offline = t.next('deviceOffline');
    await second.cut();
    expect(await offline).toMatchObject({ deviceId: activation.deviceId, reason: 'will' });
  });

  test('a board that sends everything in one segment takes its session over just the same', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const { mqtt, topics } = activation;
    const will = {
      topic: topics.status,
      payload: Buffer.from('{"status":"offline","time":1000}'),
      qos: 1 as const,
      retain: true,
    };
    const burst = (time: number) =>
      Buffer.concat([
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clean: true,
          keepalive: 60,
          clientId: mqtt.clientId,
          username: mqtt.username,
          password: Buffer.from(mqtt.password),
          will,
        }),
        generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: topics.propertySet, qos: 1 }] }),
        generate({
          cmd: 'publish',
          messageId: 2,
          topic: topics.status,
          payload: JSON.stringify({ status: 'online', time }),
          qos: 1,
          dup: false,
          retain: true,
        }),
      ]);
    for (let round = 0; round < 20; round += 1) {
      const socket = await rawSocket(t);
      const acknowledged = until(socket, Buffer.from([0x40, 2, 0, 2]));
      socket.write(burst(2_000 + round));
      await acknowledged;
      await new Promise((resolve) => setImmediate(resolve));
      expect((await t.as('GET', `/devices/${activation.deviceId}/status`)).body.data.online).toBe(true);
    }
    const answer = t.as('POST', `/devices/${activation.deviceId}/control?wait=5000`, { action: 'trigger' });
    const sent = await t.next('commandSent');
    const replier = await t.connect(activation);
    await replier.say(topics.propertySetReply, { id: sent.id, code: 200 });
    expect((await answer).status).toBe(200);
  });

  test('a session is always clean, so that the broker keeps no commands', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const first = await t.connect(activation, { clean: false });
    await first.subscribe(activation.topics.propertySet);
    await first.end();
    const second = await t.connect(activation, { clean: false });
    expect(second.client.connected).toBe(true);
    await t.as('POST', `/devices/${activation.deviceId}/control`, { action: 'trigger' });
    await second.subscribe(activation.topics.status);
    expect(second.received).toEqual([]);
  });
});

describe('what a board may publish and subscribe to', () => {
  test('a publish on the topic of another device closes the connection and changes nothing', async () => {
    const t = await startCloud();
    const mine = await t.activate('A');
    const other = await t.activate('B');
    const watcher = await t.online(other);
    await watcher.subscribe(other.topics.status);
    await watcher.next();
    const board = await t.connect(mine);
    const closed = board.closed();
    board.say(other.topics.status, { status: 'offline', time: Date.now() + 1000 }, { retain: true }).catch(() => {});
    await closed;
    await t.untilLogged('publish_refused');
    expect((await t.as('GET', `/devices/${other.deviceId}/status`)).body.data.online).toBe(true);
    expect(watcher.received).toEqual([]);
  });

  test.each(['$SYS/x', 'x', '/sys/SW-SERVO-001/dev_00000000/thing/service/property/set'])(
    'a publish on %s closes the connection',
    async (topic) => {
      const t = await startCloud();
      const board = await t.connect(await t.activate());
      const closed = board.closed();
      board.say(topic, {}, { qos: 0 }).catch(() => {});
      await closed;
    },
  );

  test('a publish on an own topic that is not served is acknowledged, dropped and logged', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    await board.subscribe(`/sys/SW-SERVO-001/${activation.deviceId}/#`);
    await board.next();
    await board.say(`/sys/SW-SERVO-001/${activation.deviceId}/thing/model/up_raw`, {});
    await board.say(activation.topics.propertySet, { method: 'thing.service.property.set', id: '1', params: {} });
    await board.say(activation.topics.propertyPost, { params: { position: 'up' } });
    expect((await board.next()).topic).toBe(activation.topics.propertyPost);
    expect(t.logged.filter((event) => event.name === 'publish_refused')).toHaveLength(2);
  });

  test.each([
    '#',
    '+/+/+/status',
    '/sys/#',
    '/sys/+/+/status',
    '/sys/SW-SERVO-001/+/status',
    '/sys/SW-SERVO-001/dev_00000000/status',
    '$SYS/#',
  ])('a subscription to %s is refused with 128', async (filter) => {
    const t = await startCloud();
    const board = await t.connect(await t.activate());
    await expect(board.subscribe(filter)).rejects.toThrow();
    await t.untilLogged('subscribe_refused');
  });

  test('a board may have 32 filters and no more', async () => {
    const t = await startCloud();
    const { deviceId, ...activation } = { ...(await t.activate()) };
    const board = await t.connect({ deviceId, ...activation });
    for (let index = 0; index < 32; index += 1) await board.subscribe(`/sys/SW-SERVO-001/${deviceId}/x${index}`);
    await expect(board.subscribe(activation.topics.propertySet)).rejects.toThrow();
  });

  test('a payload of 16 KiB is taken, one byte more closes the connection', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.connect(activation);
    const post = (bytes: number) => {
      const frame = JSON.stringify({ params: { position: 'up' }, x: '' });
      return frame.replace('"x":""', `"x":"${'a'.repeat(bytes - frame.length)}"`);
    };
    await board.say(activation.topics.propertyPost, post(16_384));
    const closed = board.closed();
    board.say(activation.topics.propertyPost, post(16_385)).catch(() => {});
    await closed;
    await t.untilLogged('payload_too_large');
  });
});

describe('hostile bytes', () => {
  test('a packet that announces 200 MB is cut off at its header', async () => {
    const t = await startCloud();
    const socket = await rawSocket(t);
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    await ended(socket);
    await t.untilLogged('packet_too_large');
  });

  test('rubbish of any kind ends that connection and nothing else', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    const connect = generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      clientId: activation.mqtt.clientId,
      username: activation.mqtt.username,
      password: Buffer.from('wrong'),
    });
    const inputs = [
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from([0x00, 0x00]),
      Buffer.from([0xe0, 0x00]),
      Buffer.from([0x30, 0x02, 0x00, 0x01]),
      Buffer.concat([connect, connect]),
      connect.subarray(0, 7),
      ...Array.from({ length: 20 }, () => randomBytes(64)),
    ];
    for (const input of inputs) {
      const socket = await rawSocket(t);
      socket.end(input);
      await ended(socket);
    }
    await board.say(activation.topics.propertyPost, { params: { position: 'down' } });
    expect((await t.as('GET', `/devices/${activation.deviceId}/status`)).body.data).toMatchObject({
      online: true,
      position: 'down',
    });
  });

  test('hundreds of silent connections keep nobody out', async () => {
    const t = await startCloud();
    await Promise.all(Array.from({ length: 300 }, () => rawSocket(t)));
    await t.online(await t.activate());
  });

  test('the size guard agrees with mqtt-packet on every split of a stream', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (sizes, splits) => {
          const packets = sizes.map((size) =>
            generate({ cmd: 'publish', topic: 't', payload: Buffer.alloc(size), qos: 0, dup: false, retain: false }),
          );
          const stream = Buffer.concat(packets);
          const guard = new PacketSizeGuard(503);
          let accepted = true;
          for (let at = 0, turn = 0; at < stream.length && accepted; turn += 1) {
            const end = Math.min(stream.length, at + (splits[turn % Math.max(1, splits.length)] ?? 7));
            accepted = guard.accepts(stream.subarray(at, end));
            at = end;
          }
          // A publish of QoS 0 on a topic of one character has 3 bytes before its payload.
          expect(accepted).toBe(sizes.every((size) => size + 3 <= 503));
        },
      ),
    );
  });
});

function rawSocket(t: TestCloud): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(t.cloud.mqttPort, '127.0.0.1', () => {
      // The reset of a cut connection is what these tests expect.
      socket.removeAllListeners('error').on('error', () => {});
      resolve(socket);
    });
    socket.on('error', reject);
    onCleanup(() => {
      socket.destroy();
    });
  });
}

/** Resolves when the socket has received these bytes. */
function until(socket: Socket, bytes: Buffer): Promise<void> {
  let received = Buffer.alloc(0);
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.includes(bytes)) resolve();
    });
  });
}

function ended(socket: Socket): Promise<void> {
  socket.resume();
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}
