import { describe, expect, test } from 'vitest';
import { TestClock } from './support/clock.js';
import { type Activation, matches, startCloud, type TestCloud, temporaryDirectory } from './support/fixture.js';

const status = async (t: TestCloud, { deviceId }: Activation) =>
  (await t.as('GET', `/devices/${deviceId}/status`)).body.data;

describe('presence', () => {
  test('a device that was activated and never connected is offline, and was never online', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    expect(await status(t, activation)).toEqual({
      deviceId: activation.deviceId,
      deviceName: 'Smart Servo Switch EEFF',
      online: false,
      position: null,
      status: 'offline',
      statusText: '离线',
      lastOnlineAt: null,
      properties: {},
    });
  });

  test('a board is online when it says so, and offline when it says so', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const board = await t.online(activation, { time: clock.now });
    expect(await status(t, activation)).toMatchObject({
      online: true,
      status: 'online',
      lastOnlineAt: '2026-01-10T15:30:00.000Z',
    });
    clock.advance(5_000);
    const offline = t.next('deviceOffline');
    await board.say(activation.topics.status, { status: 'offline', time: clock.now }, { retain: true });
    expect(await offline).toMatchObject({ reason: 'message' });
    expect(await status(t, activation)).toMatchObject({
      online: false,
      status: 'offline',
      lastOnlineAt: '2026-01-10T15:30:05.000Z',
    });
  });

  test('an offline older than the last online is neither believed nor retained', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation, { time: 2_000 });
    await board.say(activation.topics.status, { status: 'offline', time: 1_000 }, { retain: true });
    await t.untilLogged('status_ignored');
    expect((await status(t, activation)).online).toBe(true);
    await board.subscribe(activation.topics.status);
    expect(await board.next()).toMatchObject({ payload: { status: 'online', time: 2_000 }, retain: true });
  });

  test('the will of a session that a newer one replaced does not overwrite its online', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const will = (time: number) => ({
      topic: activation.topics.status,
      payload: JSON.stringify({ status: 'offline', time }),
    });
    await t.online(activation, { will: will(1_000), time: 1_001 });
    const second = await t.online(activation, { will: will(2_000), time: 2_001 });
    await second.subscribe(activation.topics.status);
    expect(await second.next()).toMatchObject({ payload: { status: 'online', time: 2_001 } });
    expect((await status(t, activation)).online).toBe(true);
  });

  test("the current session's own will counts, although its time is that of the connect", async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const will = { topic: activation.topics.status, payload: JSON.stringify({ status: 'offline', time: 1_000 }) };
    const board = await t.online(activation, { will, time: 1_001 });
    const offline = t.next('deviceOffline');
    await board.cut();
    expect(await offline).toMatchObject({ reason: 'will' });
    const again = await t.connect(activation);
    await again.subscribe(activation.topics.status);
    expect(await again.next()).toMatchObject({ payload: { status: 'offline', time: 1_000 }, retain: true });
  });

  test('a board that goes without will and without a word is offline, and the retained online is replaced', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    const offline = t.next('deviceOffline');
    await board.cut();
    expect(await offline).toMatchObject({ reason: 'connection' });
    const again = await t.connect(activation);
    await again.subscribe(activation.topics.status);
    expect(await again.next()).toMatchObject({ payload: { status: 'offline' }, retain: true });
  });

  test('malformed status messages change nothing', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    for (const payload of ['', 'offline', '[]', '{"status":"away"}', '{"status":1}', 'null', '{'])
      await board.say(activation.topics.status, payload);
    expect((await status(t, activation)).online).toBe(true);
    expect(t.logged.filter((event) => event.name === 'message_malformed')).toHaveLength(7);
  });

  test('nobody is online after a restart until he says so again', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    const activation = await first.activate();
    await first.online(activation);
    await first.cloud.close();
    const t = await startCloud({ dataDir });
    expect(await status(t, activation)).toMatchObject({ online: false, lastOnlineAt: expect.any(String) });
    await t.online(activation);
    expect((await status(t, activation)).online).toBe(true);
  });
});

describe('property posts', () => {
  test('set position and properties, whatever Alink form the values have', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const board = await t.connect(activation);
    const posted = t.next('propertyPosted');
    await board.say(activation.topics.propertyPost, {
      method: 'thing.event.property.post',
      id: '123456',
      params: { position: 'up', angle: 90, wifi_rssi: { value: -45, time: clock.now - 2_000 } },
      time: clock.now - 1_000,
    });
    expect((await posted).properties).toEqual({ position: 'up', angle: 90, wifi_rssi: -45 });
    const answer = await t.as('GET', `/devices/${activation.deviceId}/status`);
    matches('deviceStatus', answer);
    expect(answer.body.data).toMatchObject({
      position: 'up',
      properties: {
        position: { value: 'up', reportedAt: '2026-01-10T15:29:59.000Z' },
        angle: { value: 90, reportedAt: '2026-01-10T15:29:59.000Z' },
        wifi_rssi: { value: -45, reportedAt: '2026-01-10T15:29:58.000Z' },
      },
    });
  });

  test('an older sample does not replace a newer value, and a clock that is not set is not believed', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const activation = await t.activate();
    const board = await t.connect(activation);
    await board.say(activation.topics.propertyPost, { params: { position: 'up' }, time: 5 });
    await board.say(activation.topics.propertyPost, {
      params: { position: { value: 'down', time: clock.now - 60_000 } },
    });
    expect((await status(t, activation)).properties.position).toEqual({
      value: 'up',
      reportedAt: '2026-01-10T15:30:00.000Z',
    });
  });

  test('are stored when PUBACK arrives, and survive a restart', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    const activation = await first.activate();
    const board = await first.connect(activation);
    await board.say(activation.topics.propertyPost, { params: { position: 'middle' } });
    await first.cloud.close();
    const t = await startCloud({ dataDir });
    expect((await status(t, activation)).position).toBe('middle');
  });

  test('are bounded: keys and values that are not acceptable are left out, the rest is stored', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.connect(activation);
    await board.say(activation.topics.propertyPost, {
      params: { 'a/b': 1, long: 'x'.repeat(2000), position: 'up', __proto__x: null },
    });
    expect(Object.keys((await status(t, activation)).properties).sort()).toEqual(['__proto__x', 'position']);
    for (let round = 0; round < 5; round += 1) {
      const params = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`k${round}_${index}`, index]));
      await board.say(activation.topics.propertyPost, { params });
    }
    expect(Object.keys((await status(t, activation)).properties)).toHaveLength(200);
  });

  test('that are malformed are acknowledged and change nothing', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.connect(activation);
    const payloads = ['', '{', '[]', '"x"', '{}', '{"params":[]}', '{"params":null}', '\u0000', '['.repeat(8000)];
    for (const payload of payloads) await board.say(activation.topics.propertyPost, payload);
    expect((await status(t, activation)).properties).toEqual({});
    expect(t.logged.filter((event) => event.name === 'message_malformed')).toHaveLength(payloads.length);
  });
});
