import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formOf, REFERENCE } from '../support/api-reference.js';
import { CloudProcess, words } from './support/cloud-process.js';
import type { FrameClient } from './support/frame-client.js';

const cloud = new CloudProcess('up');
let deviceId: string;
let watcher: FrameClient;
const topic = (path: string) => `/sys/SW-SERVO-001/${deviceId}/${path}`;

/** The dev cloud and one simulated board in one process; the test is an app beside them. */
beforeAll(async () => {
  await cloud.start();
  deviceId = (cloud.ready['boards'] as { deviceId: string }[])[0]!.deviceId;
  watcher = await cloud.webSocket();
  await watcher.ask({ action: 'auth', token: await cloud.token() });
  await watcher.ask({ action: 'subscribe', topic: topic('#') });
});

afterAll(() => cloud.stop());

const control = (body: object, query = '') => cloud.as('POST', `/devices/${deviceId}/control${query}`, body);
/** The next post in which the servo stands there. */
const postWith = (position: string) =>
  watcher.next(
    (frame) => frame.topic === topic('thing/event/property/post') && frame.payload.params?.position === position,
  );

describe('an app and a board, through the cloud', () => {
  test('the board is there, online, and has told its state', async () => {
    expect(cloud.ready['boards']).toEqual([
      { deviceId, productKey: 'SW-SERVO-001', deviceSN: expect.stringMatching(/^[0-9A-F]{12}$/) },
    ]);
    const { data } = (await cloud.as('GET', '/devices?productKey=SW-SERVO-001&status=1')).body;
    expect(data).toMatchObject({ total: 1, list: [{ deviceId, status: 'online', statusText: '在线' }] });
    expect(await watcher.on(topic('status'))).toEqual({
      topic: topic('status'),
      payload: { status: 'online', time: expect.any(Number) },
    });
  });

  test('a toggle goes to the board as 5.3, comes back as 5.2, and is what 4.4 says', async () => {
    const answer = await control({ action: 'toggle', position: 'up' });
    expect(answer.text).toBe(JSON.stringify(REFERENCE['4.5']));
    const set = await watcher.on(topic('thing/service/property/set'));
    expect(formOf(set.payload)).toEqual(formOf(REFERENCE['5.3']));
    expect(set.payload.params).toEqual({ action: 'toggle', position: 'up' });
    const post = await postWith('up');
    const { params, ...envelope } = post.payload;
    const { params: example, ...reference } = REFERENCE['5.2'];
    expect(formOf(envelope)).toEqual(formOf(reference));
    expect(envelope.id).toMatch(/^\d+$/);
    expect(formOf(params)).toMatchObject(formOf(example) as object);
    expect(params).toMatchObject({ position: 'up', angle: 180 });
    const { data } = (await cloud.as('GET', `/devices/${deviceId}/status`)).body;
    expect(data).toMatchObject({
      online: true,
      status: 'online',
      position: 'up',
      properties: { angle: { value: 180 } },
    });
  });

  test('the old form turns the servo too', async () => {
    await control({ switch: true, angle: 90 });
    expect((await postWith('middle')).payload.params.angle).toBe(90);
    await control({ switch: false });
    expect((await postWith('down')).payload.params.angle).toBe(0);
  });

  test('a pulse goes there and back', async () => {
    await control({ action: 'pulse', duration: 50 });
    await postWith('middle');
    const turns = cloud.program.lines.filter(({ event }) => event === 'output').map((line) => line['value']);
    expect(turns.at(-1)).toBe(90);
  });

  test('?wait tells what the board answered', async () => {
    const { data } = (await control({ action: 'toggle', position: 'up' }, '?wait=5000')).body;
    expect(data).toMatchObject({ message: 'command_sent', reply: { code: 200 } });
    await postWith('up');
  });

  test('its properties can be asked for, and its log', async () => {
    const get = await cloud.as('POST', `/devices/${deviceId}/services/property.get`);
    expect(get.body.data.reply).toMatchObject({ code: 200, data: { position: 'up', angle: 180 } });
    const log = await cloud.as('POST', `/devices/${deviceId}/services/getLog`, {});
    expect(log.body.data.reply).toMatchObject({ code: 200, data: { count: expect.any(Number) } });
    expect((await watcher.on(topic('thing/log/post'))).payload.params.length).toBeGreaterThan(0);
    const none = await cloud.as('POST', `/devices/${deviceId}/services/fly`, {});
    expect(none.body.data.reply.code).toBe(460);
  });

  test('its history holds every place that it came to', async () => {
    const { data } = (await cloud.as('GET', `/devices/${deviceId}/properties?key=position`)).body;
    const values = data.list.map(({ value }: { value: string }) => value);
    expect(values).toEqual(expect.arrayContaining(['up', 'middle', 'down']));
    expect(values[0]).toBe('up');
  });

  test('nobody who knows its serial number can take its place', async () => {
    const { deviceSN } = (await cloud.as('GET', `/devices/${deviceId}`)).body.data;
    const request = { ...REFERENCE['4.1 request'], deviceSN };
    expect(words(await cloud.call('POST', '/devices/activate', request))).toBe('403 device_in_use');
  });

  test('disabling it takes it off, and its word is disabled', async () => {
    await cloud.as('PUT', `/devices/${deviceId}`, { status: 3 });
    expect((await watcher.next((frame) => frame.payload?.status === 'offline')).topic).toBe(topic('status'));
    expect((await cloud.as('GET', `/devices/${deviceId}`)).body.data.status).toBe('disabled');
    expect(words(await control({ action: 'trigger' }))).toBe('403 device_disabled');
  });
});
