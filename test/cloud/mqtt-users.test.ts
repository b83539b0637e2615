import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { CHECK_INTERVAL_MS } from '../../host-sim/cloud/domain/watching.js';
import { withoutMosquittoClients } from '../support/mosquitto.js';
import { type BoardOptions, connectBoard, type TestBoard } from './support/board.js';
import { TestClock } from './support/clock.js';
import { type Activation, onCleanup } from './support/fixture.js';
import { signUp } from './support/people.js';
import { asFiles, caOf, run, type Shown, shownBy, startTlsCloud, type TlsCloud, unpack } from './support/tls.js';

const POST = { method: 'thing.event.property.post', id: '1', params: { angle: 90 } };

/** An app's certificate, or the board's of this name. */
async function certify(t: TlsCloud, deviceId?: string): Promise<Shown> {
  const request = deviceId === undefined ? { kind: 'app', name: 'phone' } : { kind: 'board', name: deviceId };
  return shownBy(await t.cloud.tls.certifyClient(request as { kind: 'app' | 'board'; name: string }));
}

/** A login: a user's id, and a token. */
async function userOf(t: TlsCloud, name?: string): Promise<{ username: string; password: string }> {
  const answer = await t.login(name === undefined ? undefined : { name, password: 'password123' });
  const { user, token } = answer.body.data;
  return { username: String(user.userId), password: token };
}

/** A user's MQTT session on the mutual TLS listener, by mqtt.js. */
async function connectUser(
  t: TlsCloud,
  login: { username: string; password: string },
  options: Omit<BoardOptions, 'tls'> & { shown?: Shown; url?: string } = {},
): Promise<TestBoard> {
  const { shown = await certify(t), url = t.cloud.tls.mtlsUrl, ...rest } = options;
  const tls = { ca: caOf(t), cert: shown.cert, key: shown.key, rejectUnauthorized: false };
  const nobody = { mqtt: { username: '', password: '', clientId: 'app' } } as Activation;
  const user = await connectBoard(url, nobody, { ...login, ...rest, tls });
  onCleanup(() => user.end());
  return user;
}

describe('a user over MQTT on the mutual TLS listener', () => {
  test('hears the boards that he may see, by any wildcard, and no others', async () => {
    const t = await startTlsCloud();
    const owner = await signUp(t, 'owner');
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Home' })).body.data;
    const [mine, everybodys] = [await t.activate('A'), await t.activate('B')];
    await owner('PUT', `/devices/${mine.deviceId}`, { projectId });
    const shown = await certify(t);
    const [user, stranger] = [
      await connectUser(t, await userOf(t, 'owner'), { shown }),
      await connectUser(t, await userOf(t), { shown }),
    ];
    for (const one of [user, stranger]) await one.subscribe('/sys/+/+/thing/event/property/post');
    for (const activation of [mine, everybodys]) {
      const board = await t.connect(activation);
      await board.say(activation.topics.propertyPost, { ...POST, time: Date.now() });
    }
    expect([await user.next(), await user.next()].map(({ topic }) => topic)).toEqual([
      mine.topics.propertyPost,
      everybodys.topics.propertyPost,
    ]);
    expect(await stranger.next()).toMatchObject({ topic: everybodys.topics.propertyPost, qos: 1, payload: POST });
    expect(stranger.received).toEqual([]);
  });

  test('gets what is retained, of his boards alone', async () => {
    const t = await startTlsCloud();
    const owner = await signUp(t, 'owner');
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Home' })).body.data;
    const [mine, everybodys] = [await t.activate('A'), await t.activate('B')];
    await owner('PUT', `/devices/${mine.deviceId}`, { projectId });
    for (const activation of [mine, everybodys]) await t.online(activation);
    const stranger = await connectUser(t, await userOf(t));
    await stranger.subscribe('#');
    expect(await stranger.next()).toMatchObject({ topic: everybodys.topics.status, retain: true });
    // A round trip later nothing else has come.
    await stranger.subscribe('/sys/+/+/status', 0);
    expect(stranger.received.every(({ topic }) => topic === everybodys.topics.status)).toBe(true);
  });

  test('may not subscribe to a board that he does not see, nor to what is no board’s', async () => {
    const t = await startTlsCloud();
    const owner = await signUp(t, 'owner');
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Home' })).body.data;
    const { deviceId, topics } = await t.activate();
    await owner('PUT', `/devices/${deviceId}`, { projectId });
    const user = await connectUser(t, await userOf(t));
    for (const filter of [topics.status, `/sys/+/${deviceId}/#`, '$SYS/#', 'other/topic']) {
      await expect(user.subscribe(filter)).rejects.toThrow();
    }
    for (let count = 0; count < 32; count += 1) await user.subscribe(`/sys/+/+/thing/event/e${count}/post`);
    await expect(user.subscribe('/sys/+/+/thing/event/one-too-many/post')).rejects.toThrow();
    await user.client.unsubscribeAsync('/sys/+/+/thing/event/e0/post');
    await user.subscribe('/sys/+/+/thing/event/another/post');
  });

  test('commands a board by a publish, which the cloud gives it under the rules of the API', async () => {
    const t = await startTlsCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    await board.subscribe(activation.topics.propertySet);
    const user = await connectUser(t, await userOf(t));
    await user.say(activation.topics.propertySet, { params: { action: 'toggle', position: 'up' } });
    const { payload } = await board.next();
    expect(payload).toMatchObject({
      method: 'thing.service.property.set',
      id: expect.stringMatching(/^\d+$/),
      params: { action: 'toggle', position: 'up' },
    });
    // What cannot be done is acknowledged and passed to nobody.
    for (const said of [{ params: { nonsense: 1 } }, 'no JSON', { params: { action: 'pulse', duration: 1 } }]) {
      await user.say(activation.topics.propertySet, said);
    }
    await user.say(activation.topics.propertySet, { params: { action: 'trigger' } }, { retain: true });
    expect((await board.next()).payload.params).toEqual({ action: 'trigger' });
    expect(board.received).toEqual([]);
  });

  test('speaks for no board: such a publish ends his session, and his will is not heard', async () => {
    const t = await startTlsCloud();
    const activation = await t.activate();
    const listener = await connectUser(t, await userOf(t), { clientId: 'listener' });
    await listener.subscribe('/sys/#');
    const { status, propertyPost } = activation.topics;
    const will = { topic: status, payload: JSON.stringify({ status: 'online', time: Date.now() }) };
    for (const topic of [status, propertyPost, '/sys/SW-SERVO-001/dev_00000000/thing/service/property/set', '$SYS/x']) {
      const user = await connectUser(t, await userOf(t), { will });
      const closed = user.closed();
      user.client.publish(topic, JSON.stringify({ params: {} }), { qos: 1 });
      await closed;
    }
    const board = await t.connect(activation);
    await board.say(propertyPost, { ...POST, time: Date.now() });
    expect((await listener.next()).topic).toBe(propertyPost);
  });

  test('wants his own id and a token that holds', async () => {
    const t = await startTlsCloud();
    await signUp(t, 'other');
    const shown = await certify(t);
    const [user, other] = [await userOf(t), await userOf(t, 'other')];
    for (const login of [
      { ...user, password: other.password },
      { ...user, username: other.username },
      { ...user, password: '' },
      { ...user, password: `${user.password}x` },
      { ...user, username: 'user@example.com' },
      { ...user, username: `0${user.username}` },
      { ...user, username: '' },
    ]) {
      await expect(connectUser(t, login, { shown })).rejects.toMatchObject({ code: 4 });
    }
    expect(JSON.stringify(t.logged)).not.toContain(other.password);
  });

  test('is let in nowhere else: not without a client certificate, and not with a board’s', async () => {
    const t = await startTlsCloud();
    const { deviceId } = await t.activate();
    const user = await userOf(t);
    const { mqttUrl, tls } = t.cloud;
    for (const url of [tls.mqttsUrl, tls.wssUrl]) {
      await expect(connectUser(t, user, { url })).rejects.toMatchObject({ code: 4 });
    }
    await expect(connectBoard(mqttUrl, await t.activate(), user)).rejects.toMatchObject({ code: 4 });
    await expect(connectUser(t, user, { shown: await certify(t, deviceId) })).rejects.toMatchObject({ code: 4 });
  });

  test('takes over his own session of the same client id, and nobody else’s', async () => {
    const t = await startTlsCloud();
    await signUp(t, 'other');
    const activation = await t.activate();
    const board = await t.online(activation);
    const shown = await certify(t);
    const { clientId } = activation.mqtt;
    const first = await connectUser(t, await userOf(t), { shown, clientId });
    const other = await connectUser(t, await userOf(t, 'other'), { shown, clientId });
    const closed = first.closed();
    const second = await connectUser(t, await userOf(t), { shown, clientId });
    await closed;
    for (const one of [second, other]) await one.subscribe('/sys/#');
    await board.say(activation.topics.propertyPost, { ...POST, time: Date.now() });
  });

  test('is sent away when his login ends, whether he says anything or not', async () => {
    const clock = new TestClock(Date.now());
    const t = await startTlsCloud({ environment: clock.environment });
    const { token, refreshToken } = (await t.login()).body.data;
    const user = await connectUser(t, { username: '1', password: token });
    const closed = user.closed();
    // A refresh token that is used twice was stolen: the login ends.
    for (let count = 0; count < 2; count += 1) await t.call('POST', '/users/refresh-token', { refreshToken });
    clock.advance(CHECK_INTERVAL_MS);
    await closed;
  });

  test('hears nothing more from the moment his login ends', async () => {
    const t = await startTlsCloud();
    const activation = await t.activate();
    const board = await t.connect(activation);
    const { token, refreshToken } = (await t.login()).body.data;
    const user = await connectUser(t, { username: '1', password: token });
    await user.subscribe('/sys/#');
    const closed = user.closed();
    for (let count = 0; count < 2; count += 1) await t.call('POST', '/users/refresh-token', { refreshToken });
    await board.say(activation.topics.propertyPost, { ...POST, time: Date.now() });
    await closed;
    expect(user.received).toEqual([]);
  });
});

describe.skipIf(withoutMosquittoClients)('a user with mosquitto_sub and mosquitto_pub', () => {
  test('hears and commands his board with a certificate of the API, until it is revoked', async () => {
    const t = await startTlsCloud();
    const issued = (await t.as('POST', '/certificates')).body.data;
    const { cert, key } = asFiles(await unpack(issued.pfx, issued.password));
    const activation = await t.activate();
    const board = await t.online(activation);
    await board.subscribe(activation.topics.propertySet);
    const { username, password } = await userOf(t);
    const login = ['-h', 'localhost', '-p', String(t.cloud.tls.mtlsPort), '-u', username, '-P', password];
    const trust = ['--cafile', t.cloud.tls.caFile, '--cert', cert, '--key', key];

    const subscriber = spawn('mosquitto_sub', [...login, ...trust, '-q', '1', '-v', '-t', '/sys/+/+/#']);
    onCleanup(() => {
      subscriber.kill();
    });
    const lines = createInterface(subscriber.stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toMatch(/\/status \{"status":"online"/);
    await board.say(activation.topics.propertyPost, { ...POST, time: Date.now() });
    expect((await lines.next()).value).toMatch(/property\/post \{.*"angle":90/);

    const command = ['-q', '1', '-t', activation.topics.propertySet, '-m', '{"params":{"action":"trigger"}}'];
    const publish = () => run('mosquitto_pub', ...login, ...trust, ...command);
    expect(await publish()).toEqual({ code: 0, output: '' });
    expect((await board.next()).payload.params).toEqual({ action: 'trigger' });

    await t.as('DELETE', `/certificates/${issued.serialNumber}`);
    expect((await t.untilLogged('client_certificate_refused')).data['why']).toBe('revoked');
    expect((await publish()).code).not.toBe(0);
  });
});
