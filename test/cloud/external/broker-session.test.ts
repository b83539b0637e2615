import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { createNodeEnvironment } from '../../../host-sim/cloud/environment.js';
import { BrokerSession } from '../../../host-sim/cloud/external/broker-session.js';
import { onCleanup } from '../support/fixture.js';

/** A broker that takes any login and subscription, and says what it is told to. */
async function plainBroker() {
  let client: Socket | undefined;
  const acknowledged: number[] = [];
  const server = createServer((socket) => {
    client = socket.setNoDelay(true);
    const send = (packet: Packet) => mqttPacket.writeToStream(packet, socket);
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    parser.on('packet', (packet: Packet) => {
      if (packet.cmd === 'connect') send({ cmd: 'connack', returnCode: 0, sessionPresent: false });
      else if (packet.cmd === 'subscribe') send({ cmd: 'suback', messageId: packet.messageId!, granted: [1] });
      else if (packet.cmd === 'puback') acknowledged.push(packet.messageId!);
    });
    socket.on('data', (data) => parser.parse(data));
    socket.on('error', () => {});
  }).listen(0, '127.0.0.1');
  onCleanup(() => void server.close());
  await once(server, 'listening');
  let said = 0;
  return {
    url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`,
    acknowledged,
    /** Messages 1, 2, 3 …, as many at once; resolves when they can be read at the other end. */
    say(count: number): Promise<void> {
      const packets = Array.from({ length: count }, () => {
        said += 1;
        const rest = { qos: 1, messageId: said, dup: false, retain: false } as const;
        return mqttPacket.generate({ cmd: 'publish', topic: '/sys/a', payload: String(said), ...rest });
      });
      return new Promise((resolve) => client!.write(Buffer.concat(packets), () => resolve()));
    },
  };
}

test('messages are handed on and acknowledged in the order they came, also where they have to wait', async () => {
  const broker = await plainBroker();
  const heard: number[] = [];
  const waiting: (() => void)[] = [];
  const session = await BrokerSession.open({
    url: broker.url,
    clientId: 'smartlink-cloud-a1b2c3-0',
    filters: ['/sys/#'],
    hasSubscribed: false,
    onNewSession: () => {},
    environment: createNodeEnvironment(),
    onMessage: ({ payload }, done) => {
      heard.push(Number(payload.toString()));
      waiting.push(done);
    },
    onClosed: () => {},
  });
  onCleanup(() => session.close());
  await broker.say(300);
  await expect.poll(() => heard.length).toBe(256);
  await broker.say(5);
  // So that these come while the others wait.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  const acknowledged = (): number => {
    for (const done of waiting.splice(0)) done();
    return broker.acknowledged.length;
  };
  await expect.poll(acknowledged, { interval: 5 }).toBe(305);
  const inOrder = Array.from({ length: 305 }, (_, at) => at + 1);
  expect(heard).toEqual(inOrder);
  expect(broker.acknowledged).toEqual(inOrder);
});
