import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { expect, test } from 'vitest';
import { createNodeEnvironment } from '../../../host-sim/cloud/environment.js';
import { Logger } from '../../../host-sim/cloud/events.js';
import { BrokerClient } from '../../../host-sim/cloud/external/broker-client.js';
import { onCleanup } from '../support/fixture.js';

/** A broker that takes any login, until it answers nothing any more. */
async function broker() {
  const sockets = new Set<Socket>();
  const state = { isMute: false };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    const parser = mqttPacket.parser({ protocolVersion: 4 });
    socket.on('data', (bytes) => parser.parse(bytes));
    const say = (packet: Packet) => mqttPacket.writeToStream(packet, socket);
    parser.on('packet', (packet) => {
      if (state.isMute) return;
      if (packet.cmd === 'connect') say({ cmd: 'connack', returnCode: 0, sessionPresent: false });
      if (packet.cmd === 'subscribe') say({ cmd: 'suback', messageId: packet.messageId, granted: [1] } as Packet);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onCleanup(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, state };
}

function clientOf(url: string, environment = createNodeEnvironment()): BrokerClient {
  const client = new BrokerClient({
    broker: { urls: [url] },
    clientId: 'c',
    goesOn: true,
    filters: ['/sys/#'],
    environment,
    log: new Logger({ log: () => {}, now: () => environment.now() }),
    onMessage: () => {},
    onConnected: () => {},
    onLost: () => {},
  });
  onCleanup(() => client.close());
  return client;
}

test('a way to a broker that is closed while it is tried for leaves no connection', async () => {
  const { url, sockets, state } = await broker();
  const client = clientOf(url);
  await client.open();
  state.isMute = true;
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => sockets.size).toBe(0);
  await expect.poll(() => sockets.size).toBe(1);
  client.close();
  // Sooner than by the deadline for an answer.
  await expect.poll(() => sockets.size, { timeout: 3_000 }).toBe(0);
});

test('and one that is opened for the first time is given up at once', async () => {
  const { url, sockets, state } = await broker();
  state.isMute = true;
  const client = clientOf(url);
  const opened = client.open();
  await expect.poll(() => sockets.size).toBe(1);
  client.close();
  await opened;
  // Sooner than by the deadline for an answer.
  await expect.poll(() => sockets.size, { timeout: 3_000 }).toBe(0);
});

test.each(['127.0.0.1', 'localhost'])(
  'where nothing listens at %s, a start says so in the end, and nothing else',
  async (host) => {
    const node = createNodeEnvironment();
    const [beganMs, speed] = [node.now(), 20];
    const client = clientOf(`mqtt://${host}:1`, {
      ...node,
      now: () => beganMs + (node.now() - beganMs) * speed,
      setTimer: (callback, delayMs) => node.setTimer(callback, delayMs / speed),
    });
    const warnings: Error[] = [];
    const listen = (warning: Error) => warnings.push(warning);
    process.on('warning', listen);
    onCleanup(() => void process.off('warning', listen));
    await expect(client.open()).rejects.toThrow(/^No broker could be reached at .* in 10 s: .*ECONNREFUSED/);
    expect(warnings).toEqual([]);
  },
);
