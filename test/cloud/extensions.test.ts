import { describe, expect, test } from 'vitest';
import type { TestBoard } from './support/board.js';
import { TestClock } from './support/clock.js';
import { type Activation, matches, startCloud, type TestCloud } from './support/fixture.js';

const invoke = (t: TestCloud, { deviceId }: Activation, name: string, body?: unknown, query = '') =>
  t.as('POST', `/devices/${deviceId}/services/${name}${query}`, body);

/** A board that listens on everything that was announced to it. */
async function onlineWithAll(t: TestCloud, activation: Activation): Promise<TestBoard> {
  const { topics } = activation;
  const board = await t.connect(activation);
  await board.client.subscribeAsync(
    [topics.propertySet, topics.propertyGet, topics.serviceInvoke, topics.ntpResponse, topics.propertyPostReply],
    { qos: 1 },
  );
  const online = t.next('deviceOnline');
  await board.say(topics.status, { status: 'online', time: Date.now() }, { retain: true });
  await online;
  return board;
}

test('activation announces the extension topics by name, below the root of the board', async () => {
  const t = await startCloud();
  const { deviceId, topics } = await t.activate();
  const root = `/sys/SW-SERVO-001/${deviceId}`;
  expect(topics).toEqual({
    propertyPost: `${root}/thing/event/property/post`,
    propertySet: `${root}/thing/service/property/set`,
    status: `${root}/status`,
    propertySetReply: `${root}/thing/service/property/set_reply`,
    propertyPostReply: `${root}/thing/event/property/post_reply`,
    propertyGet: `${root}/thing/service/property/get`,
    serviceInvoke: `${root}/thing/service/+`,
    eventPost: `${root}/thing/event/+/post`,
    logPost: `${root}/thing/log/post`,
    otaInform: `${root}/ota/device/inform`,
    otaUpgrade: `${root}/ota/device/upgrade`,
    otaProgress: `${root}/ota/device/progress`,
    ntpRequest: `${root}/ext/ntp/request`,
    ntpResponse: `${root}/ext/ntp/response`,
  });
});

describe('a property post', () => {
  test('is answered in the Alink form, once it is stored', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await onlineWithAll(t, activation);
    await board.say(activation.topics.propertyPost, { id: '7', params: { position: 'up' } });
    expect(await board.next()).toMatchObject({
      topic: activation.topics.propertyPostReply,
      qos: 0,
      retain: false,
      payload: {
        id: '7',
        code: 200,
        message: 'success',
        data: {},
        method: 'thing.event.property.post',
        version: '1.0',
      },
    });
    expect((await t.as('GET', `/devices/${activation.deviceId}/status`)).body.data.position).toBe('up');
  });

  test('without params is answered with 460, and one without an id with nothing', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await onlineWithAll(t, activation);
    await board.say(activation.topics.propertyPost, { params: { position: 'up' } });
    await board.say(activation.topics.propertyPost, { id: 8 });
    expect((await board.next()).payload).toMatchObject({ id: '8', code: 460 });
  });
});

describe('a service', () => {
  test('is invoked on its own topic, and the answer of the board is the answer of the API', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const board = await onlineWithAll(t, activation);
    const waiting = invoke(t, activation, 'getLog', { since: 5 });
    const { topic, qos, retain, payload } = await board.next();
    expect([topic, qos, retain]).toEqual([activation.topics.serviceInvoke.replace('+', 'getLog'), 1, false]);
    expect(payload).toEqual({
      method: 'thing.service.getLog',
      id: expect.stringMatching(/^\d+$/),
      params: { since: 5 },
      time: clock.now,
    });
    await board.say(`${topic}_reply`, { id: payload.id, code: 200, data: { count: 3 } });
    const answer = await waiting;
    expect(answer.body.data).toEqual({ message: 'command_sent', reply: { code: 200, data: { count: 3 } } });
    matches('invokeService', answer);
  });

  test('needs no body, and the board does not hear its own answer', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await onlineWithAll(t, activation);
    const waiting = invoke(t, activation, 'restart');
    const { topic, payload } = await board.next();
    expect(payload.params).toEqual({});
    await board.say(`${topic}_reply`, { id: payload.id, code: 460, message: 'unknown service', data: {} });
    expect((await waiting).body.data.reply).toEqual({ code: 460, message: 'unknown service', data: {} });
    await board.say(activation.topics.propertyPost, { id: '1', params: { position: 'up' } });
    expect((await board.next()).topic).toBe(activation.topics.propertyPostReply);
  });

  test('of property.get takes a list of keys, and no other does', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await onlineWithAll(t, activation);
    const waiting = invoke(t, activation, 'property.get', ['position']);
    const { topic, payload } = await board.next();
    expect(topic).toBe(activation.topics.propertyGet);
    expect(payload).toMatchObject({ method: 'thing.service.property.get', params: ['position'] });
    await board.say(`${topic}_reply`, { id: payload.id, code: 200, data: { position: 'up' } });
    expect((await waiting).body.data.reply).toEqual({ code: 200, data: { position: 'up' } });
    for (const [service, body] of [
      ['getLog', ['position']],
      ['getLog', []],
      ['property.get', [1]],
      ['property.get', [['position']]],
      ['property.get', ['x'.repeat(65)]],
    ] as const) {
      expect((await invoke(t, activation, service, body)).body).toMatchObject({
        code: 400,
        message: 'invalid_parameter',
      });
    }
  });

  test('is device_timeout after 10 s, or after ?wait, and then given up', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    for (const [query, waitMs] of [
      ['', 10_000],
      ['?wait=2500', 2_500],
    ] as const) {
      const started = clock.untilTimer(waitMs);
      const waiting = invoke(t, activation, 'restart', {}, query);
      await started;
      clock.advance(waitMs);
      expect((await waiting).body).toMatchObject({ code: 504, message: 'device_timeout', data: null });
    }
    const board = await onlineWithAll(t, activation);
    const waiting = invoke(t, activation, 'getLog');
    expect((await board.next()).payload.method).toBe('thing.service.getLog');
    await board.end();
    await t.next('deviceOffline');
    clock.advance(10_000);
    expect((await waiting).status).toBe(504);
  });

  test('reaches a board that comes in time', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const started = clock.untilTimer(31_000);
    const waiting = invoke(t, activation, 'restart', {}, '?wait=31000');
    await started;
    const board = await onlineWithAll(t, activation);
    const { topic, payload } = await board.next();
    clock.advance(5_000);
    expect((await board.next()).payload.id).toBe(payload.id);
    await board.say(`${topic}_reply`, { id: payload.id, code: 200 });
    expect((await waiting).body.data.reply).toEqual({ code: 200 });
  });

  test('is control_not_supported where the firmware knows no services, and commands still reach it', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    expect((await invoke(t, activation, 'restart')).body).toMatchObject({
      code: 400,
      message: 'control_not_supported',
    });
    await t.as('POST', `/devices/${activation.deviceId}/control`, { action: 'trigger' });
    expect((await board.next()).topic).toBe(activation.topics.propertySet);
  });

  test.each(['set_reply', 'property.set', 'a-b', '1st', 'a%2Fb', '%2B', '%23', 'x'.repeat(65)])(
    'is invalid_parameter by the name %s',
    async (name) => {
      const t = await startCloud();
      const answer = await invoke(t, await t.activate(), name);
      expect(answer.body).toMatchObject({
        code: 400,
        message: 'invalid_parameter',
        detail: expect.stringContaining('name'),
      });
    },
  );

  test('of an unknown device is device_not_found, without a token unauthorized, with a list for a body invalid_parameter', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    expect((await invoke(t, { ...activation, deviceId: 'dev_00000000' }, 'restart')).body.message).toBe(
      'device_not_found',
    );
    expect((await t.call('POST', `/devices/${activation.deviceId}/services/restart`)).status).toBe(401);
    expect((await invoke(t, activation, 'restart', [])).body).toMatchObject({
      code: 400,
      message: 'invalid_parameter',
    });
  });

  test('property.get asks on propertyGet, and the values that come are known from then on', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await onlineWithAll(t, activation);
    const waiting = invoke(t, activation, 'property.get');
    const { topic, payload } = await board.next();
    expect(topic).toBe(activation.topics.propertyGet);
    expect(payload.method).toBe('thing.service.property.get');
    await board.say(`${topic}_reply`, { id: payload.id, code: 200, data: { position: 'down', angle: 0 } });
    expect((await waiting).body.data.reply.data).toEqual({ position: 'down', angle: 0 });
    expect((await t.as('GET', `/devices/${activation.deviceId}/status`)).body.data.position).toBe('down');
  });
});

describe('an event of a board', () => {
  test('is told to listeners and answered on its topic', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const topic = activation.topics.eventPost.replace('+', 'session_lost');
    const board = await t.connect(activation);
    await board.subscribe(`${topic}_reply`);
    const posted = t.next('eventPosted');
    const at = Date.now() - 60_000;
    await board.say(topic, { id: '3', version: '1.0', params: { value: { reason: 'closed' }, time: at } });
    expect(await posted).toMatchObject({
      deviceId: activation.deviceId,
      name: 'session_lost',
      params: { value: { reason: 'closed' }, time: at },
      reportedAt: at,
    });
    expect((await board.next()).payload).toMatchObject({ id: '3', code: 200, method: 'thing.event.session_lost.post' });
    await board.say(topic, { id: '4', params: [] });
    expect((await board.next()).payload).toMatchObject({ id: '4', code: 460 });
  });

  test.each(['thing/event/a/b/post', 'thing/event//post', 'thing/event/post', 'thing/event/a-b/post'])(
    'is dropped on %s',
    async (path) => {
      const t = await startCloud();
      const activation = await t.activate();
      const board = await t.connect(activation);
      await board.say(activation.topics.status.replace('status', path), { id: '1', params: {} });
      await t.untilLogged('publish_refused');
    },
  );
});

test('a log of a board is told to listeners, and answered', async () => {
  const t = await startCloud();
  const activation = await t.activate();
  const board = await t.connect(activation);
  await board.subscribe(`${activation.topics.logPost}_reply`);
  const posted = t.next('logPosted');
  await board.say(activation.topics.logPost, { id: '1', params: [{ name: 'booted', level: 'info' }] });
  expect((await posted).lines).toEqual([{ name: 'booted', level: 'info' }]);
  expect((await board.next()).payload).toMatchObject({ id: '1', code: 200, method: 'thing.log.post' });
  await board.say(activation.topics.logPost, { id: '2', params: 'lines' });
  expect((await board.next()).payload).toMatchObject({ id: '2', code: 460 });
});

describe('a request for the time', () => {
  test('is answered with both times of the cloud, in the form of the request', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const board = await onlineWithAll(t, activation);
    for (const deviceSendTime of ['1571724098000', 1571724098000]) {
      await board.say(activation.topics.ntpRequest, { deviceSendTime }, { qos: 0 });
      const form = (time: number) => (typeof deviceSendTime === 'string' ? String(time) : time);
      expect(await board.next()).toMatchObject({
        topic: activation.topics.ntpResponse,
        payload: { deviceSendTime, serverRecvTime: form(clock.now), serverSendTime: form(clock.now) },
      });
    }
  });

  test.each([{}, { deviceSendTime: 'now' }, { deviceSendTime: null }, []])(
    '%j is dropped and logged',
    async (request) => {
      const t = await startCloud();
      const activation = await t.activate();
      const board = await onlineWithAll(t, activation);
      await board.say(activation.topics.ntpRequest, request);
      await t.untilLogged('message_malformed');
    },
  );
});

test("a board may not use another board's extension topics", async () => {
  const t = await startCloud();
  const mine = await t.activate('A');
  const other = await t.activate('B');
  for (const topic of ['eventPost', 'logPost', 'ntpRequest'] as const) {
    const board = await t.connect(mine);
    const closed = board.closed();
    board.say(other.topics[topic].replace('+', 'x'), { id: '1', params: {} }).catch(() => {});
    await closed;
  }
  const board = await t.connect(mine);
  for (const topic of ['serviceInvoke', 'propertyGet', 'ntpResponse', 'propertyPostReply'] as const) {
    await expect(board.subscribe(other.topics[topic])).rejects.toThrow();
  }
});

describe('a message that nests without end', () => {
  const deep = `${'['.repeat(7_500)}${']'.repeat(7_500)}`;

  test.each([
    ['an event', 'thing/event/deep/post', `{"id":"7","params":{"a":${deep}}}`],
    ['a log', 'thing/log/post', `{"id":"7","params":[${deep}]}`],
    ['a property post', 'thing/event/property/post', `{"id":"7","params":{"position":${deep}}}`],
    ['an answer', 'thing/service/property/set_reply', `{"id":"7","code":200,"data":{"a":${deep}}}`],
    ['a question for the time', 'ext/ntp/request', `{"deviceSendTime":${deep}}`],
  ])('as %s is dropped, acknowledged, and the cloud goes on', async (_what, path, payload) => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    await board.say(`/sys/SW-SERVO-001/${activation.deviceId}/${path}`, payload);
    expect(board.client.connected).toBe(true);
    expect((await t.as('GET', `/devices/${activation.deviceId}/events`)).body.data.total).toBe(0);
  });
});

describe('messages of a board', () => {
  test('other than its status are never retained, whatever it asks for', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    const root = `/sys/SW-SERVO-001/${activation.deviceId}`;
    await board.say(activation.topics.propertyPost, { id: '1', params: { position: 'up' } }, { retain: true });
    await board.say(`${root}/thing/event/hot/post`, { id: '2', params: { a: 1 } }, { retain: true });
    await board.say(`${root}/thing/log/post`, { id: '3', params: [] }, { retain: true });
    const late = await t.connect(await t.activate('LATE'));
    await late.end();
    await board.subscribe(`${root}/#`);
    expect(await board.next()).toMatchObject({ topic: `${root}/status`, retain: true });
    await board.subscribe(`${root}/thing/log/post`);
    expect(board.received).toEqual([]);
  });

  test('of which nothing can be kept are answered with 460', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    await board.subscribe(activation.topics.propertyPostReply);
    await board.say(activation.topics.propertyPost, { id: '1', params: { 温度: 1, x: 'x'.repeat(1_100) } });
    expect((await board.next()).payload).toMatchObject({ id: '1', code: 460 });
  });
});
