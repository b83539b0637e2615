import { connect, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cloud, createCloud } from '../../../host-sim/cloud/cloud.js';
import { LiveBoard } from '../../support/live-board.js';
import { freePort } from '../../support/ports.js';
import { type Rabbitmq, startRabbitmq, withoutRabbitmq } from '../../support/rabbitmq.js';
import { createQuickEnvironment } from '../support/clock.js';
import { type Activation, USER } from '../support/fixture.js';
import { PRODUCTS } from '../support/products.js';

const SECRET = 'hook-secret-0123456789';
const SERVICE = { username: 'smartlink-cloud', password: 'the-password-of-the-service-account' };
const KEY = 'SW-SERVO-001';

describe.skipIf(withoutRabbitmq)('a RabbitMQ that asks the cloud', () => {
  let cloud: Cloud;
  let rabbitmq: Rabbitmq;
  const logged: string[] = [];
  const clients: MqttClient[] = [];

  beforeAll(async () => {
    const apiPort = await freePort();
    const hooks = `http://127.0.0.1:${apiPort}/api/v1/mqtt/rabbitmq/${SECRET}`;
    rabbitmq = await startRabbitmq([
      'auth_backends.1 = http',
      'auth_http.http_method = post',
      ...['user', 'vhost', 'resource', 'topic'].map((question) => `auth_http.${question}_path = ${hooks}/${question}`),
    ]);
    cloud = await createCloud({
      dataDir: ':memory:',
      host: '127.0.0.1',
      apiPort,
      mqttPort: 0,
      products: PRODUCTS,
      log: (event) => logged.push(JSON.stringify(event)),
      environment: createQuickEnvironment(),
      mqttHooks: { addresses: ['127.0.0.1'], secret: SECRET },
      externalBroker: { urls: [`mqtt://127.0.0.1:${rabbitmq.node.mqttPort}`], ...SERVICE },
      reconnectSpread: 1,
      user: USER,
    });
  });

  afterAll(async () => {
    for (const client of clients) await client.endAsync(true);
    await rabbitmq?.stop();
    await cloud?.close();
  });

  async function post<T>(path: string, body: object, token?: string): Promise<T> {
    const response = await fetch(`${cloud.apiUrl}/api/v1${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    });
    expect(response.status).toBe(200);
    return ((await response.json()) as { data: T }).data;
  }

  function activate(deviceSN: string): Promise<Activation> {
    return post('/devices/activate', { productKey: KEY, deviceSN, firmwareVersion: '1.0.0', chipModel: 'ESP32' });
  }

  /** A session, or the return code by which it is refused. */
  function open(login: { username: string; password: string; clientId: string }): Promise<MqttClient | number> {
    const client = connect(`mqtt://127.0.0.1:${rabbitmq.node.mqttPort}`, { ...login, reconnectPeriod: 0 });
    clients.push(client);
    return new Promise((resolve) => {
      client.on('connect', () => resolve(client));
      client.on('error', (error) => resolve(Number((error as { code?: unknown }).code)));
    });
  }

  async function opened(login: Parameters<typeof open>[0]): Promise<MqttClient> {
    const client = await open(login);
    if (typeof client === 'number') throw new Error(`refused: ${client}`);
    return client;
  }

  const board = ({ mqtt: { username, password, clientId } }: Activation) => ({ username, password, clientId });
  const service = { ...SERVICE, clientId: 'smartlink-cloud-a1b2c3-0' };

  test('lets a board in by its password, and under its own client id alone', async () => {
    const login = board(await activate('A'));
    expect(await open(login)).not.toBeTypeOf('number');
    expect(await open({ ...login, password: 'tk_wrong' })).toBeTypeOf('number');
    expect(await open({ ...login, clientId: 'other' })).toBeTypeOf('number');
    expect(await open({ ...service, password: 'wrong' })).toBeTypeOf('number');
    // Accounts of its own are of no use any more.
    expect(await open({ ...rabbitmq.admin, clientId: 'x' })).toBeTypeOf('number');
  });

  test('carries what a board says to the cloud, and what the cloud says to it', async () => {
    const activation = await activate('B');
    const { topics } = activation;
    const hub = await opened(service);
    const heard: string[] = [];
    hub.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
    await hub.subscribeAsync('/sys/+/+/status', { qos: 1 });
    await hub.subscribeAsync('/sys/+/+/thing/event/+/post', { qos: 1 });
    const client = await opened(board(activation));
    const told: string[] = [];
    client.on('message', (topic, payload) => told.push(`${topic} ${payload}`));
    await client.subscribeAsync([topics.propertySet, topics.serviceInvoke, topics.otaUpgrade], { qos: 1 });
    await client.publishAsync(topics.status, '1', { qos: 1, retain: true });
    await client.publishAsync(topics.eventPost.replace('+', 'smoke'), '2', { qos: 1 });
    await hub.publishAsync(topics.propertySet, '3', { qos: 1 });
    await expect.poll(() => heard).toEqual([`${topics.status} 1`, `${topics.eventPost.replace('+', 'smoke')} 2`]);
    await expect.poll(() => told).toEqual([`${topics.propertySet} 3`]);
  });

  test('refuses a board whatever is not its own', async () => {
    const activation = await activate('C');
    const { topics: foreign } = await activate('D');
    const hub = await opened({ ...service, clientId: 'smartlink-cloud-a1b2c3-1' });
    const heard: string[] = [];
    // The cloud asks the board of before.
    hub.on('message', (topic, payload) => payload.toString() === 'x' && heard.push(topic));
    await hub.subscribeAsync('/sys/#', { qos: 0 });
    /** It closes the connection of who does what he may not. */
    const expectCutOff = async (what: string, act: (client: MqttClient) => void) => {
      const client = await opened(board(activation));
      let isClosed = false;
      client.on('close', () => {
        isClosed = true;
      });
      client.on('error', () => {});
      act(client);
      await expect.poll(() => isClosed, { message: what }).toBe(true);
    };
    for (const topic of [foreign.status, activation.topics.propertySet, '/sys/x', '.sys.x']) {
      await expectCutOff(topic, (client) => client.publish(topic, 'x', { qos: 1 }));
    }
    expect(heard).toEqual([]);
    for (const filter of ['#', '/sys/#', foreign.propertySet]) {
      const client = await opened(board(activation));
      client.on('error', () => {});
      const granted = await client.subscribeAsync(filter, { qos: 1 }).catch(() => [{ qos: 128 }]);
      expect(granted.every(({ qos }) => qos === 128)).toBe(true);
      client.end(true);
    }
  });

  test('a board whose subscriptions the broker has lost is found, and does what it was told once', {
    timeout: 90_000,
  }, async () => {
    const live = new LiveBoard(cloud.apiUrl, { serial: 'AABBCCDDEE0F' });
    const answered: string[] = [];
    cloud.events.on('commandAnswered', ({ id }) => answered.push(id));
    try {
      await live.online();
      // It is known to answer from then on.
      await live.event('command_accepted');
      const { deviceId } = live.board;
      await rabbitmq.node.deafen(`${KEY}&${deviceId}`);
      const { token } = await post<{ token: string }>('/users/login', {
        username: USER.name,
        password: USER.password,
      });
      await post(`/devices/${deviceId}/control`, { angle: 30 }, token);
      await expect.poll(() => answered, { timeout: 60_000 }).toHaveLength(1);
      await live.event('output_settled', ({ value }) => value === 30);
      const named = (name: string) => live.events.filter((event) => event.name === name);
      const acted = named('command_accepted').filter(({ data }) => (data as { id: string }).id === answered[0]);
      expect([acted.length, named('session_lost').length]).toEqual([1, 1]);
      expect(logged.filter((line) => line.includes('board_session_ended'))).toHaveLength(1);
    } finally {
      await live.board.stop();
    }
  });

  test('and its secret stands in no log of the cloud', () => {
    expect(logged.join('\n')).not.toContain(SECRET);
    expect(logged.join('\n')).not.toContain(SERVICE.password);
  });
});
