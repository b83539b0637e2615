import { randomBytes } from 'node:crypto';
import { createConnection, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { CHECK_INTERVAL_MS } from '../../host-sim/cloud/domain/watching.js';
import { AUTH_TIMEOUT_MS } from '../../host-sim/cloud/ws/frame-session.js';
import { connectBoard } from './support/board.js';
import { TestClock } from './support/clock.js';
import { type Activation, onCleanup, startCloud, type TestCloud } from './support/fixture.js';
import { type FrameClient, openWebSocket } from './support/web-socket.js';

const OK = (action: string) => ({ action, code: 200, message: 'success' });
const REFUSED = (action: string, code: number, message: string) => ({
  action,
  code,
  message,
  detail: expect.any(String),
});

const start = (options: Parameters<typeof startCloud>[0] = {}) => startCloud({ wsPort: 0, ...options });
const open = (t: TestCloud, protocols?: string[]) => openWebSocket(t.cloud.wsUrl!, protocols);

async function asBoard(t: TestCloud, { mqtt }: Activation): Promise<FrameClient> {
  const client = await open(t);
  expect(await client.ask({ action: 'auth', username: mqtt.username, password: mqtt.password })).toEqual(OK('auth'));
  return client;
}

async function asUser(t: TestCloud): Promise<FrameClient> {
  const client = await open(t);
  const { token } = (await t.login()).body.data;
  expect(await client.ask({ action: 'auth', token })).toEqual(OK('auth'));
  return client;
}

describe('auth (API reference, 7.1)', () => {
  test('takes the credentials of a board and the token of a user', async () => {
    const t = await start();
    await asBoard(t, await t.activate());
    await asUser(t);
  });

  test('of a board touches neither its session nor its presence', async () => {
    const t = await start();
    const activation = await t.activate();
    const board = await t.online(activation);
    const client = await asBoard(t, activation);
    client.socket.terminate();
    await client.closed;
    expect(board.client.connected).toBe(true);
    expect((await t.as('GET', `/devices/${activation.deviceId}/status`)).body.data.online).toBe(true);
  });

  test('with wrong credentials says so in the words of the reference', async () => {
    const t = await start();
    const { mqtt } = await t.activate();
    const client = await open(t);
    const auth = (frame: object) => client.ask({ action: 'auth', ...frame });
    expect(await auth({ username: mqtt.username, password: 'tk_wrong' })).toEqual({
      action: 'auth',
      code: 401,
      message: 'invalid_password',
    });
    expect(await auth({ token: 'eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.' })).toEqual(REFUSED('auth', 401, 'unauthorized'));
    expect(await auth({ username: mqtt.username })).toEqual(REFUSED('auth', 400, 'invalid_parameter'));
    expect(await auth({ token: 1 })).toEqual(REFUSED('auth', 400, 'invalid_parameter'));
    expect(await auth({ username: mqtt.username, password: mqtt.password })).toEqual(OK('auth'));
  });

  test('that fails five times closes the connection', async () => {
    const t = await start();
    const client = await open(t);
    for (let tries = 0; tries < 5; tries += 1) client.send({ action: 'auth', token: 'x' });
    expect(await client.closed).toBe(1008);
  });

  test('comes first: anything else is 401', async () => {
    const t = await start();
    const client = await open(t);
    for (const action of ['subscribe', 'unsubscribe', 'publish', 'ping', 'dance']) {
      expect(await client.ask({ action, topic: '/sys/#', payload: {} })).toEqual(REFUSED(action, 401, 'unauthorized'));
    }
  });

  test('that does not come within 10 s closes the connection', async () => {
    const clock = new TestClock();
    const t = await start({ environment: clock.environment });
    const waiting = clock.untilTimer(AUTH_TIMEOUT_MS);
    const client = await open(t);
    await waiting;
    clock.advance(AUTH_TIMEOUT_MS - 1);
    expect(await client.ask({ action: 'ping' })).toMatchObject({ code: 401 });
    clock.advance(1);
    expect(await client.next()).toEqual(REFUSED('auth', 401, 'unauthorized'));
    expect(await client.closed).toBe(1008);
  });

  test('may be repeated with a fresh token of the same user, and with nobody else', async () => {
    const t = await start();
    const { mqtt } = await t.activate();
    const client = await asUser(t);
    expect(await client.ask({ action: 'auth', token: (await t.login()).body.data.token })).toEqual(OK('auth'));
    expect(await client.ask({ action: 'auth', username: mqtt.username, password: mqtt.password })).toEqual(
      REFUSED('auth', 403, 'forbidden'),
    );
    expect(await client.subscribe('#')).toEqual(OK('subscribe'));
  });

  /** Lets the cloud look at the client's credentials; the client answers its ping. */
  async function check(clock: TestClock, client: FrameClient): Promise<void> {
    const pinged = new Promise((resolve) => client.socket.once('ping', resolve));
    const next = clock.untilTimer(CHECK_INTERVAL_MS);
    clock.advance(CHECK_INTERVAL_MS);
    await Promise.all([pinged, next]);
    // What was sent before it, the pong among it, has been read.
    expect(await client.ask({ action: 'ping' })).toEqual(OK('ping'));
  }

  test('is looked at again every 30 s: a board that activates anew is closed', async () => {
    const clock = new TestClock();
    const t = await start({ environment: clock.environment });
    const client = await asBoard(t, await t.activate());
    await check(clock, client);
    await check(clock, client);
    await t.activate();
    clock.advance(CHECK_INTERVAL_MS);
    expect(await client.next()).toEqual(REFUSED('auth', 401, 'unauthorized'));
    expect(await client.closed).toBe(1008);
  });

  test('is looked at again every 30 s: a user whose login ended is closed', async () => {
    const clock = new TestClock();
    const t = await start({ environment: clock.environment });
    const client = await open(t);
    const { token, refreshToken } = (await t.login()).body.data;
    await client.ask({ action: 'auth', token });
    await check(clock, client);
    for (let uses = 0; uses < 2; uses += 1) await t.call('POST', '/users/refresh-token', { refreshToken });
    clock.advance(CHECK_INTERVAL_MS);
    expect(await client.next()).toEqual(REFUSED('auth', 401, 'unauthorized'));
    expect(await client.closed).toBe(1008);
  });
});

describe('a client with the credentials of a board', () => {
  test('gets the messages of the topics that it subscribes to, with the payload as JSON (7.2, 7.3)', async () => {
    const t = await start();
    const activation = await t.activate();
    const { topics } = activation;
    const board = await t.online(activation);
    const client = await asBoard(t, activation);
    expect(await client.subscribe(topics.propertyPost)).toEqual(OK('subscribe'));
    const post = { method: 'thing.event.property.post', id: '123456', params: { position: 'up' }, time: 1704886800000 };
    await board.say(topics.propertyPost, post);
    expect(await client.next()).toEqual({ topic: topics.propertyPost, payload: post });
    expect(await client.ask({ action: 'unsubscribe', topic: topics.propertyPost })).toEqual(OK('unsubscribe'));
    await board.say(topics.propertyPost, post);
    expect(await client.ask({ action: 'ping' })).toEqual(OK('ping'));
  });

  test('gets what is retained when it subscribes', async () => {
    const t = await start();
    const activation = await t.activate();
    await t.online(activation, { time: 5 });
    const client = await asBoard(t, activation);
    expect(await client.subscribe(`/sys/SW-SERVO-001/${activation.deviceId}/#`)).toEqual(OK('subscribe'));
    expect(await client.next()).toEqual({ topic: activation.topics.status, payload: { status: 'online', time: 5 } });
  });

  test('sees a command that a user sends', async () => {
    const t = await start();
    const activation = await t.activate();
    await t.online(activation);
    const client = await asBoard(t, activation);
    await client.subscribe(activation.topics.propertySet);
    await t.as('POST', `/devices/${activation.deviceId}/control`, { action: 'trigger' });
    expect((await client.next()).payload.params).toEqual({ action: 'trigger' });
  });

  test.each([
    '#',
    '/sys/#',
    '/sys/+/+/status',
    '/sys/SW-SERVO-001/dev_00000000/status',
    '$SYS/#',
    'x',
    '/sys/SW-SERVO-001/+/#',
  ])('may not subscribe to %s', async (filter) => {
    const t = await start();
    const client = await asBoard(t, await t.activate());
    expect(await client.subscribe(filter)).toEqual(REFUSED('subscribe', 403, 'forbidden'));
  });

  test('may publish what a board may, which is stored and answered like it', async () => {
    const t = await start();
    const activation = await t.activate();
    const { topics } = activation;
    const client = await asBoard(t, activation);
    await client.subscribe(topics.propertyPostReply);
    client.send({ action: 'publish', topic: topics.propertyPost, payload: { id: '1', params: { position: 'down' } } });
    const frames = [await client.next(), await client.next()];
    expect(frames).toContainEqual(OK('publish'));
    expect(frames).toContainEqual({
      topic: topics.propertyPostReply,
      payload: expect.objectContaining({ id: '1', code: 200 }),
    });
    const status = await t.as('GET', `/devices/${activation.deviceId}/status`);
    expect(status.body.data).toMatchObject({ position: 'down', online: false });
  });

  test('may not say that the board is online, nor command it, nor speak for another', async () => {
    const t = await start();
    const activation = await t.activate('A');
    const other = await t.activate('B');
    const client = await asBoard(t, activation);
    for (const topic of [activation.topics.status, activation.topics.propertySet, other.topics.propertyPost, 'x']) {
      const frame = { action: 'publish', topic, payload: { status: 'online', id: '1', params: {} } };
      expect(await client.ask(frame)).toEqual(REFUSED('publish', 403, 'forbidden'));
    }
    const publish = (payload?: unknown) =>
      client.ask({ action: 'publish', topic: activation.topics.propertyPost, payload });
    for (const payload of [undefined, null, [], 'text', { id: '1' }, { params: 'x'.repeat(17_000) }]) {
      expect(await publish(payload)).toEqual(REFUSED('publish', 400, 'invalid_parameter'));
    }
  });
});

describe('credentials that no longer hold', () => {
  const ended = { action: 'auth', code: 401, message: 'unauthorized', detail: expect.any(String) };

  test.each([
    ['activated anew', async (t: TestCloud) => void (await t.activate())],
    ['disabled', (t: TestCloud, id: string) => t.as('PUT', `/devices/${id}`, { status: 3 })],
    ['deleted', (t: TestCloud, id: string) => t.as('DELETE', `/devices/${id}`)],
  ] as const)('of a board that was %s say and hear nothing from that instant', async (_how, end) => {
    const t = await start();
    const activation = await t.activate();
    const client = await asBoard(t, activation);
    expect(await client.subscribe(activation.topics.status)).toEqual(OK('subscribe'));
    await end(t, activation.deviceId);
    const post = { id: '1', params: { position: 'up' }, time: Date.now() };
    expect(await client.ask({ action: 'publish', topic: activation.topics.propertyPost, payload: post })).toEqual(
      ended,
    );
    expect(await client.closed).toBe(1008);
  });

  test('of a board do not hear its new session', async () => {
    const t = await start();
    const client = await asBoard(t, await t.activate());
    const again = await t.activate();
    expect(await client.subscribe(again.topics.status)).toEqual(ended);
    const quiet = await asBoard(t, again);
    await quiet.subscribe(again.topics.status);
    const fresh = await t.activate();
    await t.online(fresh);
    expect(await quiet.next()).toEqual(ended);
  });

  test('of a user whose login was revoked command nothing', async () => {
    const t = await start();
    const { deviceId, topics } = await t.activate();
    const { token, refreshToken } = (await t.login()).body.data;
    const client = await open(t);
    await client.ask({ action: 'auth', token });
    for (let use = 0; use < 2; use++) await t.call('POST', '/users/refresh-token', { refreshToken });
    expect(
      await client.ask({ action: 'publish', topic: topics.propertySet, payload: { params: { angle: 1 } } }),
    ).toEqual(ended);
    expect(deviceId).toMatch(/^dev_/);
  });
});

describe('a frame', () => {
  test('with params that no board would take is refused, as over HTTP', async () => {
    const t = await start();
    const { topics } = await t.activate();
    const client = await asUser(t);
    const topic = topics.serviceInvoke.replace('+', 'getLog');
    expect(
      await client.ask({ action: 'publish', topic, payload: { params: { since: 1, x: 'x'.repeat(3_840) } } }),
    ).toEqual(REFUSED('publish', 400, 'invalid_parameter'));
  });

  test('that nests without end is refused, and the connection goes on', async () => {
    const t = await start();
    const client = await asUser(t);
    const deep = `{"action":"publish","payload":${'['.repeat(9_000)}${']'.repeat(9_000)}}`;
    expect(await client.ask(deep)).toEqual(REFUSED('unknown', 400, 'invalid_parameter'));
    expect(await client.ask({ action: 'ping' })).toEqual(OK('ping'));
  });
});

describe('a user', () => {
  test.each([
    '#',
    '/#',
    '/sys/#',
    '/sys/+/+/status',
    '+/sys/+/+/status',
    '/sys/SW-SERVO-001/+/status',
    '/sys/SW-SERVO-001/#',
    '/+/+/+/+',
  ])('sees the devices that he may see by the filter %s', async (filter) => {
    const t = await start();
    const client = await asUser(t);
    expect(await client.subscribe(filter)).toEqual(OK('subscribe'));
    const activation = await t.activate();
    await t.online(activation);
    expect(await client.next()).toMatchObject({ topic: activation.topics.status, payload: { status: 'online' } });
  });

  test.each([
    'x',
    '/sys',
    '/sys/SW-SERVO-001',
    '$SYS/#',
    '$SYS/dropped',
    '/sys/SW-SERVO-001/dev_00000000/status',
    '/x/#',
  ])('may not subscribe to %s', async (filter) => {
    const t = await start();
    const client = await asUser(t);
    expect(await client.subscribe(filter)).toEqual(REFUSED('subscribe', 403, 'forbidden'));
  });

  test.each(['', '/sys/#/x', '/sys/a+/x', 'a\u0000b', 'x'.repeat(513), null, 1, ['#'], {}])(
    'is told invalid_parameter for the filter %j',
    async (filter) => {
      const t = await start();
      const client = await asUser(t);
      expect(await client.ask({ action: 'subscribe', topic: filter })).toEqual(
        REFUSED('subscribe', 400, 'invalid_parameter'),
      );
    },
  );

  test('sees a message once, however many of his filters match it', async () => {
    const t = await start();
    const activation = await t.activate();
    const board = await t.online(activation);
    const client = await asUser(t);
    for (const filter of ['/sys/+/+/thing/#', '/sys/#', activation.topics.propertyPost]) {
      client.send({ action: 'subscribe', topic: filter });
    }
    for (let frames = 0; frames < 4; frames += 1) await client.next();
    await board.say(activation.topics.propertyPost, { params: { position: 'up' } });
    expect((await client.next()).topic).toBe(activation.topics.propertyPost);
    expect(await client.ask({ action: 'ping' })).toEqual(OK('ping'));
  });

  test('commands a device by a publish, under the rules of the API', async () => {
    const t = await start();
    const activation = await t.activate();
    const board = await t.online(activation);
    const client = await asUser(t);
    const publish = (payload: unknown, topic = activation.topics.propertySet) =>
      client.ask({ action: 'publish', topic, payload });
    expect(await publish({ params: { action: 'toggle', position: 'up' } })).toEqual(OK('publish'));
    expect((await board.next()).payload).toMatchObject({
      method: 'thing.service.property.set',
      params: { action: 'toggle', position: 'up' },
    });
    expect(await publish(JSON.stringify({ params: { action: 'trigger' } }))).toEqual(OK('publish'));
    expect(await publish({ params: { angle: 181 } })).toEqual(REFUSED('publish', 400, 'invalid_parameter'));
    expect(await publish({ params: {} })).toEqual(REFUSED('publish', 400, 'no_control_params'));
    expect(await publish({ action: 'toggle' })).toEqual(REFUSED('publish', 400, 'invalid_parameter'));
    expect(await publish({ params: {} }, activation.topics.status)).toEqual(REFUSED('publish', 403, 'forbidden'));
    expect(await publish({ params: {} }, '/sys/SW-SERVO-001/dev_00000000/thing/service/property/set')).toEqual(
      REFUSED('publish', 403, 'forbidden'),
    );
    expect(await publish({ params: {} }, activation.topics.serviceInvoke.replace('+', 'restart'))).toEqual(
      REFUSED('publish', 400, 'control_not_supported'),
    );
  });

  test('may have 32 subscriptions and no more', async () => {
    const t = await start();
    const client = await asUser(t);
    for (let index = 0; index < 32; index += 1) {
      expect(await client.subscribe(`/sys/+/+/x${index}`)).toEqual(OK('subscribe'));
    }
    expect(await client.subscribe('/sys/#')).toEqual(REFUSED('subscribe', 429, 'too_many_requests'));
    expect(await client.subscribe('/sys/+/+/x0')).toEqual(OK('subscribe'));
    await client.ask({ action: 'unsubscribe', topic: '/sys/+/+/x0' });
    expect(await client.subscribe('/sys/#')).toEqual(OK('subscribe'));
  });
});

describe('hostile clients', () => {
  test.each(['', 'x', '[]', 'null', '1', '{"action":1}', '{"action":"dance"}', '{}'])(
    'the frame %s is answered with 400',
    async (frame) => {
      const t = await start();
      const client = await asUser(t);
      expect(await client.ask(frame)).toMatchObject({ code: 400, message: 'invalid_parameter' });
      expect(await client.ask({ action: 'ping' })).toEqual(OK('ping'));
    },
  );

  test('rubbish in a binary frame is answered with 400, and one that is too large closes the connection', async () => {
    const t = await start();
    const client = await asUser(t);
    expect(await client.ask(randomBytes(256))).toMatchObject({ code: 400 });
    client.send(Buffer.alloc(65_537, 0x20));
    expect(await client.closed).toBe(1009);
  });

  test('a flood of frames is answered in order', async () => {
    const t = await start();
    const client = await asUser(t);
    for (let index = 0; index < 500; index += 1) client.send({ action: index % 2 ? 'ping' : 'x' });
    for (let index = 0; index < 500; index += 1) {
      expect((await client.next()).code).toBe(index % 2 ? 200 : 400);
    }
  });

  test('who does not read is cut off, and the others get everything', async () => {
    const t = await start();
    const activation = await t.activate();
    const board = await t.online(activation);
    const slow = await asUser(t);
    const quick = await asUser(t);
    await slow.subscribe('/sys/+/+/thing/#');
    await quick.subscribe('/sys/+/+/thing/#');
    // The kernel's buffers take some megabytes before anything waits here.
    slow.socket.pause();
    const filler = 'x'.repeat(16_000);
    let sent = 0;
    while (!t.logged.some(({ name }) => name === 'websocket_slow_consumer')) {
      await board.say(activation.topics.propertyPost, { id: String(sent++), params: {}, filler });
      expect((await quick.next()).payload.id).toBe(String(sent - 1));
    }
    slow.socket.resume();
    await slow.closed;
  });

  test('a half-open connection is cut off at the second check', async () => {
    const clock = new TestClock();
    const t = await start({ environment: clock.environment });
    const client = await asUser(t);
    client.socket.pause();
    const checked = clock.untilTimer(CHECK_INTERVAL_MS);
    clock.advance(CHECK_INTERVAL_MS);
    await checked;
    clock.advance(CHECK_INTERVAL_MS);
    client.socket.resume();
    await client.closed;
  });

  test('another path, plain HTTP and rubbish are refused, and the service lives', async () => {
    const t = await start();
    const base = `127.0.0.1:${t.cloud.wsPort}`;
    await expect(openWebSocket(`ws://${base}/other`)).rejects.toThrow('404');
    const plain = await fetch(`http://${base}/mqtt`);
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect((await fetch(`http://${base}/`)).status).toBe(404);
    for (const bytes of [
      randomBytes(64),
      Buffer.from('GET /mqtt HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n'),
    ]) {
      const socket = await rawSocket(t);
      socket.end(bytes);
      await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    }
    await asUser(t);
  });

  test('hundreds of silent connections keep nobody out', async () => {
    const t = await start();
    await Promise.all(Array.from({ length: 300 }, () => rawSocket(t)));
    await Promise.all(Array.from({ length: 50 }, () => open(t)));
    await asUser(t);
  });
});

describe('MQTT over the WebSocket', () => {
  const connect = async (t: TestCloud, activation: Activation, options = {}) => {
    const board = await connectBoard(t.cloud.wsUrl!, activation, options);
    onCleanup(() => board.end());
    return board;
  };

  test('is the same broker: a board is online, is commanded and answers', async () => {
    const t = await start();
    const activation = await t.activate();
    const board = await connect(t, activation);
    await board.subscribe(activation.topics.propertySet);
    const online = t.next('deviceOnline');
    await board.say(activation.topics.status, { status: 'online', time: Date.now() }, { retain: true });
    await online;
    const answer = t.as('POST', `/devices/${activation.deviceId}/control?wait=5000`, { action: 'trigger' });
    const { id } = (await board.next()).payload;
    await board.say(activation.topics.propertySetReply, { id, code: 200, data: {} });
    expect((await answer).body.data.reply).toEqual({ code: 200, data: {} });
    const offline = t.next('deviceOffline');
    await board.end();
    expect(await offline).toMatchObject({ deviceId: activation.deviceId });
  });

  test('keeps the rules of the broker: passwords, topics, sizes, one session a board', async () => {
    const t = await start();
    const activation = await t.activate();
    await expect(connect(t, activation, { password: 'tk_wrong' })).rejects.toMatchObject({ code: 4 });
    const first = await connect(t, activation);
    await expect(first.subscribe('/sys/#')).rejects.toThrow();
    const gone = first.closed();
    const second = await t.connect(activation);
    await gone;
    expect(second.client.connected).toBe(true);
    const third = await connect(t, activation);
    const closed = third.closed();
    third.say(activation.topics.propertyPost, 'x'.repeat(16_385)).catch(() => {});
    await closed;
  });

  test('rubbish, text frames and silence end that connection and nothing else', async () => {
    const t = await start();
    for (const bytes of [randomBytes(64), Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]), '{"action":"ping"}']) {
      const client = await open(t, ['mqtt']);
      expect(client.socket.protocol).toBe('mqtt');
      client.send(bytes);
      await client.closed;
    }
    await asUser(t);
  });
});

test('a cloud without the listener has no address of it', async () => {
  const t = await startCloud();
  expect([t.cloud.wsPort, t.cloud.wsUrl]).toEqual([undefined, undefined]);
});

test('a cloud that closes tells its clients that it goes away', async () => {
  const t = await start();
  const client = await asUser(t);
  await t.cloud.close();
  expect([1001, 1006]).toContain(await client.closed);
});

function rawSocket(t: TestCloud): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(t.cloud.wsPort!, '127.0.0.1', () => {
      socket.removeAllListeners('error').on('error', () => {});
      socket.resume();
      resolve(socket);
    });
    socket.on('error', reject);
    onCleanup(() => {
      socket.destroy();
    });
  });
}
