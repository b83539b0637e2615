import { connect as connectTcp, type Socket } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import mqttPacket from 'mqtt-packet';
import { serveParent } from '../child.js';

/**
 * Bare clients of one broker in one process, `clients.mjs PORT KIND`: to be held beside simulated boards. `connect` makes them so
 * many; each subscribes to a topic of its own and answers what comes there as a board does, so that `load` can measure the way.
 */
interface Client {
  /** At QoS 0. */
  readonly publish: (topic: string, payload: Buffer) => void;
}

const [port = '', kind = 'mqttjs'] = process.argv.slice(2);
const clients: Client[] = [];
const POST = Buffer.from(
  JSON.stringify({
    method: 'thing.event.property.post',
    id: '0000000000',
    params: { switch: true, position: 'middle', angle: 90, wifi_rssi: -55 },
    time: 2_000_000_000_000,
  }),
);
/** At once; more would overflow the broker's backlog. */
const AT_ONCE = 50;
const MOST_UNDER_WAY = 2_000;
const FLOOD_MS = 60_000;

/** With Nagle's algorithm on, it would be that which is measured: 40 ms now and then. */
async function connectMqttjs(name: string | number): Promise<MqttClient> {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    clientId: `bench-${process.pid}-${name}`,
    reconnectPeriod: 0,
  });
  (client.stream as Socket).setNoDelay(true);
  return client;
}

async function mqttjs(index: number): Promise<Client> {
  const client = await connectMqttjs(index);
  await client.subscribeAsync(setTopic(index), { qos: 1 });
  client.on('message', () => client.publish(postTopic(index), POST, { qos: 1 }));
  return { publish: (topic, payload) => client.publish(topic, payload) };
}

/** As little as talks MQTT: a socket and the parser of mqtt-packet. */
async function packets(index: number): Promise<Client> {
  const socket = connectTcp({ port: Number(port), host: '127.0.0.1', noDelay: true });
  const parser = mqttPacket.parser({ protocolVersion: 4 });
  const subscribed = new Promise<void>((resolve, reject) => {
    socket.on('error', reject);
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connack') {
        const subscriptions = [{ topic: setTopic(index), qos: 1 as const }];
        socket.write(mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
      } else if (packet.cmd === 'suback') resolve();
    });
  });
  socket.on('data', (bytes) => parser.parse(bytes));
  socket.write(
    mqttPacket.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clean: true,
      keepalive: 60,
      clientId: `bench-${process.pid}-${index}`,
    }),
  );
  await subscribed;
  return {
    publish: (topic, payload) =>
      socket.write(mqttPacket.generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false })),
  };
}

function setTopic(index: number): string {
  return `bench/${process.pid}/${index}/set`;
}

function postTopic(index: number): string {
  return `bench/${process.pid}/${index}/post`;
}

async function connect(count: number): Promise<object> {
  const make = kind === 'packets' ? packets : mqttjs;
  while (clients.length < count) {
    const from = clients.length;
    const some = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) => make(from + at));
    clients.push(...(await Promise.all(some)));
  }
  return { count: clients.length };
}

/** Sets at a rate for a while, over all clients in turn; the times until their posts, µs. */
async function load({
  ratePerS,
  seconds,
  setBytes,
}: {
  ratePerS: number;
  seconds: number;
  setBytes: number;
}): Promise<object> {
  const driver = await connectMqttjs('driver');
  await driver.subscribeAsync(`bench/${process.pid}/+/post`, { qos: 1 });
  const due = new Map<string, number>();
  const times: number[] = [];
  driver.on('message', (topic) => {
    const from = due.get(topic);
    if (from === undefined) return;
    due.delete(topic);
    times.push(Math.round((performance.now() - from) * 1_000));
  });
  const set = Buffer.alloc(setBytes, 'x');
  const began = performance.now();
  let sent = 0;
  const end = ratePerS * seconds;
  await new Promise<void>((resolve) => {
    const tick = (): void => {
      const now = performance.now();
      for (; sent < end && began + (sent * 1_000) / ratePerS <= now; sent++) {
        const index = sent % clients.length;
        // From when it was due: a driver that is late does not hide it.
        due.set(postTopic(index), began + (sent * 1_000) / ratePerS);
        driver.publish(setTopic(index), set, { qos: 1 });
      }
      if (sent < end) setTimeout(tick, 1);
      else setTimeout(resolve, 500);
    };
    tick();
  });
  await driver.endAsync();
  return { times, lost: due.size };
}

/** As many messages as go through from all clients to one more, with a bound on those that are under way. */
async function flood({ messages, setBytes }: { messages: number; setBytes: number }): Promise<object> {
  const driver = await connectMqttjs('driver');
  await driver.subscribeAsync(`bench/${process.pid}/+/flood`, { qos: 0 });
  const payload = Buffer.alloc(setBytes, 'x');
  const began = performance.now();
  await new Promise<void>((resolve, reject) => {
    let sent = 0;
    let received = 0;
    const timer = setTimeout(() => reject(new Error(`${received} of ${messages} messages came`)), FLOOD_MS);
    const send = (): void => {
      for (; sent < messages && sent - received < MOST_UNDER_WAY; sent++) {
        const index = sent % clients.length;
        clients[index]!.publish(`bench/${process.pid}/${index}/flood`, payload);
      }
    };
    driver.on('message', () => {
      received += 1;
      if (received === messages) {
        clearTimeout(timer);
        resolve();
      } else if (sent - received < MOST_UNDER_WAY / 2) send();
    });
    send();
  });
  const seconds = (performance.now() - began) / 1_000;
  await driver.endAsync();
  return { seconds };
}

serveParent({}, async (question) => {
  const { ask, ...options } = question as {
    ask: string;
    count: number;
    messages: number;
    ratePerS: number;
    seconds: number;
    setBytes: number;
  };
  if (ask === 'connect') return await connect(options.count);
  return ask === 'flood' ? await flood(options) : await load(options);
});
