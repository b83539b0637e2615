import { once } from 'node:events';
import { createConnection } from 'node:net';
import mqttPacket, { generate, type Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import type { BoardLink } from '../../host-sim/cloud/domain/sessions.js';
import { openDomain } from './support/domain.js';
import { onCleanup, startCloud } from './support/fixture.js';
import { PRODUCTS } from './support/products.js';

const REPLY = { id: '1', code: 200, data: {} };
const POST = { id: '2', params: { position: 'up' } };
const STATUS = { status: 'online', time: Date.now() };

test('PUBACKs leave in the order of the messages, whatever waits for a commit [MQTT-4.6.0-2]', async () => {
  const t = await startCloud();
  const { mqtt, topics } = await t.activate();
  const socket = createConnection(t.cloud.mqttPort, '127.0.0.1');
  onCleanup(() => {
    socket.destroy();
  });
  const heard: Packet[] = [];
  const parser = mqttPacket.parser().on('packet', (packet) => heard.push(packet));
  socket.on('data', (bytes) => parser.parse(bytes));
  const { clientId, username, password } = mqtt;
  const login = {
    clientId,
    username,
    password: Buffer.from(password),
    protocolId: 'MQTT',
    protocolVersion: 4,
  } as const;
  const said: readonly [topic: string, message: object][] = [
    [topics.propertySetReply, REPLY],
    [topics.status, STATUS],
    [topics.propertyPost, POST],
    [topics.status, STATUS],
    [topics.propertySetReply, REPLY],
    [topics.propertyPost, { params: 'none' }],
    [`${topics.status}/not-served`, {}],
  ];
  const publish = ([topic, message]: (typeof said)[number], index: number) =>
    generate({
      cmd: 'publish',
      topic,
      payload: JSON.stringify(message),
      messageId: index + 1,
      qos: 1,
      dup: false,
      retain: false,
    });
  socket.write(Buffer.concat([generate({ cmd: 'connect', clean: true, ...login }), ...said.map(publish)]));
  while (heard.length <= said.length) await once(socket, 'data');
  expect(heard.slice(1).map(({ cmd, messageId }) => `${cmd} ${messageId}`)).toEqual(
    said.map((_, index) => `puback ${index + 1}`),
  );
});

test.each([true, false])('verdicts come in the order of the messages; the process leads: %s', async (isHeld) => {
  const lead = { isHeld, onTaken: () => {} };
  const alone = { setHearing: () => {}, onNotice: () => {}, tell: () => {}, onOrphans: () => {} };
  const { services } = await openDomain({ sharing: { slot: 1, lead, ...alone } });
  services.products.seed(PRODUCTS);
  const request = { productKey: 'SW-SERVO-001', deviceSN: 'A', firmwareVersion: '1.0.0', chipModel: 'ESP32' };
  const address = { publicHost: undefined, port: 1, portTLS: 1, portMTLS: () => undefined, reconnectSpreadS: 0 };
  const { deviceId } = await services.activation.activate(request, address, { host: 'localhost', isSecure: false });
  const { gateway } = services;
  const board = gateway.known('SW-SERVO-001', deviceId)!;
  const link: BoardLink = { board, publish: async () => {}, close: () => {} };
  gateway.attach(link);
  const judged: string[] = [];
  const say = (topic: string, message: object) => {
    const payload = Buffer.from(JSON.stringify(message));
    gateway.publish(link, { topic, payload, isWill: false }, (verdict) => judged.push(`${topic} ${verdict}`));
  };
  const { propertySetReply, propertyPost, status } = board.topics;
  say(propertySetReply, REPLY);
  say(propertyPost, POST);
  say(status, STATUS);
  say(propertySetReply, REPLY);
  services.writes.flush();
  expect(judged).toEqual([
    `${propertySetReply} pass`,
    `${propertyPost} pass`,
    `${status} keep`,
    `${propertySetReply} pass`,
  ]);
});
