import { describe, expect, test } from 'vitest';
import { startCloud, type TestCloud } from '../support/fixture.js';

const SECRET = 'hook-secret-0123456789';
const SERVICE = { username: 'smartlink-cloud', password: 'the-password-of-the-service-account' };
const HOOKS = { addresses: ['127.0.0.1'], secret: SECRET };

/** A cloud whose own account at the broker is known; it need not reach that broker for its answers. */
const withService = () => startCloud({ mqttHooks: HOOKS, brokerAccount: SERVICE });

interface Told {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

async function post(t: TestCloud, path: string, body: string, headers: Record<string, string>): Promise<Told> {
  const response = await fetch(`${t.cloud.apiUrl}/api/v1/mqtt${path}`, {
    method: 'POST',
    headers: { connection: 'close', ...headers },
    body,
  });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

/** As EMQX's HTTP authenticator and authorizer send it (docs.emqx.com, access-control/authn/http and authz/http). */
const emqx = (t: TestCloud, hook: 'auth' | 'acl', body: object | string, secret = SECRET) =>
  post(t, `/${hook}`, typeof body === 'string' ? body : JSON.stringify(body), {
    'content-type': 'application/json',
    'x-hook-secret': secret,
  });

/** As `rabbitmq_auth_backend_http` 3.10 sends it with `http_method = post`: written down from what a node sent. */
const rabbitmq = (t: TestCloud, question: string, fields: Record<string, string>, secret = SECRET) =>
  post(t, `/rabbitmq/${secret}/${question}`, new URLSearchParams(fields).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    te: '',
  });

const DENIED = { status: 200, text: '{"result":"deny","is_superuser":false}' };
const ALLOWED = { status: 200, text: '{"result":"allow","is_superuser":false}' };

describe("EMQX's questions", () => {
  test('are answered as its documentation asks: status 200, JSON, a result, and nobody a superuser', async () => {
    const t = await withService();
    const { mqtt, topics } = await t.activate();
    const { username, password, clientId: clientid } = mqtt;
    const told = await emqx(t, 'auth', { username, password, clientid });
    expect(told).toMatchObject(ALLOWED);
    expect(told.type).toMatch(/^application\/json/);
    const question = {
      username,
      clientid,
      peerhost: '10.0.0.7',
      proto_name: 'MQTT',
      mountpoint: '',
      qos: '1',
      retain: 'false',
      topic: topics.propertyPost,
      action: 'publish',
    };
    expect(await emqx(t, 'acl', question)).toMatchObject(ALLOWED);
    expect(await emqx(t, 'acl', { ...question, qos: 1, retain: false })).toMatchObject(ALLOWED);
  });

  test('may come as a form, the other encoding that EMQX has', async () => {
    const t = await withService();
    const { mqtt } = await t.activate();
    const form = new URLSearchParams({ username: mqtt.username, password: mqtt.password, clientid: mqtt.clientId });
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-hook-secret': SECRET };
    expect(await post(t, '/auth', form.toString(), headers)).toMatchObject(ALLOWED);
  });

  test('are denied, and never left to somebody else, where they cannot be read', async () => {
    const t = await withService();
    const { mqtt, topics } = await t.activate();
    const { username, password, clientId: clientid } = mqtt;
    const good = { username, password, clientid };
    for (const body of ['', 'null', '[]', '1', '{', '{"username":', '\u0000', '['.repeat(2_000)]) {
      expect(await emqx(t, 'auth', body)).toMatchObject(DENIED);
      expect(await emqx(t, 'acl', body)).toMatchObject(DENIED);
    }
    for (const name of ['username', 'password', 'clientid']) {
      // What EMQX fills in where it knows nothing.
      for (const value of [undefined, null, '', 'undefined', 7, true, ['x'], {}]) {
        expect(await emqx(t, 'auth', { ...good, [name]: value })).toMatchObject(DENIED);
      }
    }
    const acl = { username, clientid, topic: topics.status, action: 'publish' };
    for (const name of ['username', 'clientid', 'topic', 'action']) {
      for (const value of [undefined, null, '', 'undefined', 7, ['publish'], {}]) {
        expect(await emqx(t, 'acl', { ...acl, [name]: value })).toMatchObject(DENIED);
      }
    }
    expect(await emqx(t, 'acl', { ...acl, topic: `${topics.status}${'x'.repeat(60_000)}` })).toMatchObject(DENIED);
    expect(await emqx(t, 'auth', `{"__proto__":{"username":"${username}"}}`)).toMatchObject(DENIED);
  });

  test('about a filter are answered by what it can match: below the own root alone', async () => {
    const t = await withService();
    const { mqtt, topics, deviceId } = await t.activate('A');
    const { topics: foreign } = await t.activate('B');
    const root = `/sys/SW-SERVO-001/${deviceId}/`;
    const may = async (action: string, topic: string) =>
      (await emqx(t, 'acl', { username: mqtt.username, clientid: mqtt.clientId, action, topic })).text.includes(
        'allow',
      );
    for (const filter of [topics.propertySet, topics.serviceInvoke, `${root}#`, `${root}+/+`, `${root}ota/device/+`]) {
      expect(`${filter} ${await may('subscribe', filter)}`).toBe(`${filter} true`);
    }
    for (const filter of [
      '#',
      '+/#',
      '/#',
      '/sys/#',
      '/sys/+/+/status',
      `/sys/SW-SERVO-001/+/status`,
      `/sys/+/${deviceId}/#`,
      root.slice(0, -1),
      `${root.slice(0, -1)}#`,
      `${root.slice(0, -1)}+/status`,
      foreign.propertySet,
      `$share/g${root}#`,
      `$share/g/sys/#`,
      '$SYS/#',
      `/sys/sw-servo-001/${deviceId}/#`,
      `/sys/SW-SERVO-001/${deviceId}\u0301/#`,
      `/sys/SW-SERVO-001/\uff44${deviceId.slice(1)}/#`,
      `${root}#/x`,
      `${root}a+`,
      `${root}\u0000`,
    ]) {
      expect(`${filter} ${await may('subscribe', filter)}`).toBe(`${filter} false`);
    }
    for (const topic of [
      topics.propertySet,
      foreign.status,
      `${root}#`,
      `${root}+`,
      `${root}status/x`,
      `${root}./status`,
      topics.eventPost,
      `/${topics.status}`,
      `$delayed/5/${topics.status}`,
    ]) {
      expect(`${topic} ${await may('publish', topic)}`).toBe(`${topic} false`);
    }
    expect(await may('publish', topics.eventPost.replace('+', 'smoke'))).toBe(true);
  });
});

describe("RabbitMQ's questions", () => {
  const MQTT = { vhost: '/', tags: '' };

  async function board(t: TestCloud, serial = 'A') {
    const { mqtt, topics, deviceId } = await t.activate(serial);
    const { username, password } = mqtt;
    const who = { username, client_id: username };
    const ask = async (question: string, fields: Record<string, string>) =>
      (await rabbitmq(t, question, { ...who, ...MQTT, ...fields })).text;
    return { username, password, topics, deviceId, ask, who };
  }

  test('of a client that connects, binds its queue and publishes are all allowed, in plain text', async () => {
    const t = await withService();
    const { username, password, deviceId, who } = await board(t);
    const queue = { resource: 'queue', name: `mqtt-subscription-${username}qos1` };
    const exchange = { resource: 'exchange', name: 'amq.topic' };
    const variables = {
      'variable_map.client_id': username,
      'variable_map.username': username,
      'variable_map.vhost': '/',
    };
    const key = `.sys.SW-SERVO-001.${deviceId}`;
    const topic = { username, ...MQTT, resource: 'topic', name: 'amq.topic', ...variables };
    const asked: [string, Record<string, string>][] = [
      ['user', { username, password, vhost: '/', client_id: username }],
      ['vhost', { username, vhost: '/', ip: '127.0.0.1', tags: '', client_id: username }],
      ...['configure', 'read', 'write'].map((permission): [string, Record<string, string>] => [
        'resource',
        { ...who, ...MQTT, ...queue, permission },
      ]),
      ['resource', { ...who, ...MQTT, ...exchange, permission: 'read' }],
      ['resource', { ...who, ...MQTT, ...exchange, permission: 'write' }],
      ['topic', { ...topic, permission: 'read', routing_key: `${key}.ota.#` }],
      ['topic', { ...topic, permission: 'read', routing_key: `${key}.thing.service.*` }],
      ['topic', { ...topic, permission: 'write', routing_key: `${key}.status` }],
      ['topic', { ...topic, permission: 'write', routing_key: `${key}.thing.service.property.set_reply` }],
    ];
    for (const [question, fields] of asked) {
      const { status, type, text } = await rabbitmq(t, question, fields);
      expect({ question, fields, status, type, text }).toEqual({
        question,
        fields,
        status: 200,
        type: 'text/plain; charset=utf-8',
        text: 'allow',
      });
    }
  });

  test('of who has the wrong password, another client id, or none as over AMQP, are denied', async () => {
    const t = await withService();
    const { username, password, ask } = await board(t);
    expect(await ask('user', { password: 'tk_wrong' })).toBe('deny');
    expect(await ask('user', { password, client_id: 'other' })).toBe('deny');
    expect((await rabbitmq(t, 'user', { username, password, vhost: '/' })).text).toBe('deny');
    expect((await rabbitmq(t, 'user', { username, client_id: username, vhost: '/' })).text).toBe('deny');
    expect(await ask('vhost', { username: 'SW-SERVO-001&dev_00000000' })).toBe('deny');
    expect(await ask('vhost', { client_id: 'other' })).toBe('deny');
    for (const question of ['user', 'vhost', 'resource', 'topic', 'other', 'constructor']) {
      expect((await rabbitmq(t, question, {})).text).toBe('deny');
    }
  });

  test('about a resource that MQTT does not need are denied', async () => {
    const t = await withService();
    const { username, ask } = await board(t, 'A');
    const other = await board(t, 'B');
    const may = (resource: string, name: string, permission: string) => ask('resource', { resource, name, permission });
    for (const name of [
      `mqtt-subscription-${other.username}qos1`,
      `mqtt-subscription-${username}qos2`,
      `mqtt-subscription-${username}`,
      `mqtt-subscription-${username}qos1x`,
      `x-mqtt-subscription-${username}qos1`,
      'mqtt-subscription-smartlink-cloud-a1b2c3-0qos1',
      'other',
    ]) {
      for (const permission of ['configure', 'read', 'write'])
        expect(await may('queue', name, permission)).toBe('deny');
    }
    expect(await may('exchange', 'amq.topic', 'configure')).toBe('deny');
    expect(await may('queue', `mqtt-subscription-${username}qos1`, 'delete')).toBe('deny');
    for (const name of ['', 'amq.direct', 'amq.fanout', 'amq.topic2']) {
      expect(await may('exchange', name, 'write')).toBe('deny');
    }
    expect(await may('vhost', 'amq.topic', 'write')).toBe('deny');
  });

  test('about a routing key are answered by the topic that it stands for', async () => {
    const t = await withService();
    const { deviceId, ask } = await board(t, 'A');
    const { deviceId: foreign } = await board(t, 'B');
    const key = `.sys.SW-SERVO-001.${deviceId}`;
    const may = (permission: string, routing_key: string, name = 'amq.topic') =>
      ask('topic', { resource: 'topic', name, permission, routing_key });
    for (const bad of [
      '#',
      '.#',
      '*.#',
      '.sys.#',
      '.sys.*.*.status',
      `.sys.SW-SERVO-001.*.status`,
      `.sys.*.${deviceId}.#`,
      `.sys.SW-SERVO-001.${foreign}.thing.service.property.set`,
      key,
      `${key}#`,
      `sys.SW-SERVO-001.${deviceId}.#`,
      `..sys.SW-SERVO-001.${deviceId}.#`,
      `/sys/SW-SERVO-001/${deviceId}/#`,
      `.sys.SW-SERVO-001.${deviceId}\u0301.#`,
      '',
    ]) {
      expect(`${bad} ${await may('read', bad)}`).toBe(`${bad} deny`);
    }
    for (const bad of [
      `.sys.SW-SERVO-001.${foreign}.status`,
      `${key}.thing.service.property.set`,
      `${key}.*`,
      `${key}.#`,
      `${key}.thing.event.*.post`,
      `${key}.status.`,
      `${key}/status`,
    ]) {
      expect(`${bad} ${await may('write', bad)}`).toBe(`${bad} deny`);
    }
    expect(await may('write', `${key}.status`, 'amq.direct')).toBe('deny');
    expect(await may('configure', `${key}.status`)).toBe('deny');
  });
});

describe('the account of the cloud itself', () => {
  test('may connect with its password and any client id, and use whatever lies below /sys/', async () => {
    const t = await withService();
    const { username, password } = SERVICE;
    const clientid = 'smartlink-cloud-a1b2c3-3';
    expect(await emqx(t, 'auth', { username, password, clientid })).toMatchObject(ALLOWED);
    expect(await emqx(t, 'auth', { username, password: `${password}x`, clientid })).toMatchObject(DENIED);
    const may = async (action: string, topic: string) =>
      (await emqx(t, 'acl', { username, clientid, action, topic })).text.includes('allow');
    expect(await may('subscribe', '/sys/+/+/thing/event/+/post')).toBe(true);
    expect(await may('publish', '/sys/P/d/thing/service/property/set')).toBe(true);
    for (const filter of ['#', '$SYS/#', '/other', 'sys/#']) expect(await may('subscribe', filter)).toBe(false);
    expect(await may('publish', '/sys/#')).toBe(false);

    const ask = async (question: string, fields: Record<string, string>) =>
      (await rabbitmq(t, question, { username, vhost: '/', client_id: clientid, ...fields })).text;
    expect(await ask('user', { password })).toBe('allow');
    expect(await ask('user', { password: '' })).toBe('deny');
    expect(await ask('vhost', {})).toBe('allow');
    const queue = (owner: string) => ({
      resource: 'queue',
      name: `mqtt-subscription-${owner}qos1`,
      permission: 'configure',
    });
    expect(await ask('resource', queue(clientid))).toBe('allow');
    expect(await ask('resource', queue('SW-SERVO-001&dev_00000000'))).toBe('deny');
    const topic = { resource: 'topic', name: 'amq.topic', permission: 'read' };
    expect(await ask('topic', { ...topic, routing_key: '.sys.*.*.status' })).toBe('allow');
    expect(await ask('topic', { ...topic, routing_key: '#' })).toBe('deny');
  });

  test('is nobody where the cloud has none', async () => {
    const t = await startCloud({ mqttHooks: HOOKS });
    const { username, password } = SERVICE;
    expect(await emqx(t, 'auth', { username, password, clientid: 'x' })).toMatchObject(DENIED);
    expect(await emqx(t, 'acl', { username, clientid: username, action: 'publish', topic: '/sys/a' })).toMatchObject(
      DENIED,
    );
  });
});

describe('the secret of the hooks', () => {
  test('stands in no log and in no answer, and who lacks it is told no more than that', async () => {
    const t = await withService();
    const { username, password } = SERVICE;
    const wrong = await rabbitmq(t, 'user', { username, password, client_id: 'x' }, 'not-the-secret-at-all');
    expect(wrong.status).toBe(401);
    expect(wrong.text).not.toContain('not-the-secret-at-all');
    expect((await emqx(t, 'auth', {}, '')).status).toBe(401);
    expect((await emqx(t, 'acl', {}, `${SECRET}x`)).status).toBe(401);
    for (const path of [`/rabbitmq/${SECRET}`, `/rabbitmq/${SECRET}/user/more`, `/rabbitmq/${SECRET}/`]) {
      const told = await post(t, path, '', {});
      expect(told.status).toBe(404);
      expect(told.text).not.toContain(SECRET);
    }
    await rabbitmq(t, 'nonsense', {});
    expect(JSON.stringify(t.logged)).not.toContain(SECRET);
    expect(t.logged.map(({ name }) => name)).toContain('hook_refused');
  });

  test('is of no use at another address', async () => {
    const t = await startCloud({ mqttHooks: { ...HOOKS, addresses: ['10.0.0.0/8'] } });
    expect((await rabbitmq(t, 'vhost', { username: 'x' })).status).toBe(403);
    expect((await emqx(t, 'auth', {})).status).toBe(403);
  });
});

test('hundreds of refusals are a few lines in the log, which say how many they were', async () => {
  const t = await withService();
  const ask = () => rabbitmq(t, 'user', { username: 'nobody', password: 'tk_0', client_id: 'nobody' });
  for (let round = 0; round < 6; round += 1) await Promise.all(Array.from({ length: 50 }, ask));
  const lines = t.logged.filter(({ name }) => name === 'hook_denied');
  expect(lines.length).toBeGreaterThan(0);
  // Twenty at once, and one a second of however long this took.
  expect(lines.length).toBeLessThan(100);
  expect(JSON.stringify(lines)).not.toContain('tk_0');
});
