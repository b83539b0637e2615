import { describe, expect, test } from 'vitest';
import { formOf, REFERENCE } from '../../support/api-reference.js';
import type { Activation, CloudProcess } from '../support/cloud-process.js';

/** Section 5.4 of the API reference, and the announced topics beyond it. */
export function status(cloud: CloudProcess): void {
  const statusOf = async ({ deviceId }: Activation) => (await cloud.as('GET', `/devices/${deviceId}/status`)).body.data;

  /** Somebody who sees a device's status topic: a WebSocket with its credentials. */
  async function watch(activation: Activation) {
    const client = await cloud.webSocket();
    const { username, password } = activation.mqtt;
    expect(await client.ask({ action: 'auth', username, password })).toMatchObject({ code: 200 });
    expect(await client.ask({ action: 'subscribe', topic: activation.topics['status'] })).toMatchObject({ code: 200 });
    return { next: async () => (await client.on(activation.topics['status'])).payload };
  }

  describe('5.4 status', () => {
    test('travels as the board wrote it, and makes the device online and offline', async () => {
      const activation = await cloud.activate();
      const watcher = await watch(activation);
      const board = await cloud.connect(activation);
      expect((await statusOf(activation)).online).toBe(false);
      for (const [word, online] of [
        ['online', true],
        ['offline', false],
        ['online', true],
      ] as const) {
        const message = { ...REFERENCE[`5.4 ${word}`], time: Date.now() };
        await board.say(activation.topics['status'], message, { retain: true });
        expect(await watcher.next()).toEqual(message);
        expect(await statusOf(activation)).toMatchObject({ online, status: word });
      }
    });

    test('is taken without a time, as the older firmware sends it, and not retained too', async () => {
      const activation = await cloud.activate();
      const board = await cloud.connect(activation);
      await board.say(activation.topics['status'], { status: 'online' });
      expect((await statusOf(activation)).online).toBe(true);
      await board.say(activation.topics['status'], { status: 'offline' });
      expect((await statusOf(activation)).online).toBe(false);
    });

    test('is retained: who subscribes later learns it', async () => {
      const activation = await cloud.activate();
      const board = await cloud.connect(activation);
      const message = { status: 'online', time: Date.now() };
      await board.say(activation.topics['status'], message, { retain: true });
      expect(await (await watch(activation)).next()).toEqual(message);
      // Both ways: the board too reads its own status topic.
      await board.subscribe(activation.topics['status']!);
      expect(await board.on(activation.topics['status'])).toMatchObject({ payload: message, retain: true });
    });

    test('becomes offline by the last will when the board is cut off', async () => {
      const activation = await cloud.activate();
      const will = { status: 'offline', time: Date.now() };
      const board = await cloud.online(activation, { will: { topic: activation.topics['status']!, payload: will } });
      const watcher = await watch(activation);
      await watcher.next();
      await board.cut();
      expect(await watcher.next()).toEqual(will);
      expect(await statusOf(activation)).toMatchObject({ online: false, status: 'offline' });
    });

    test('becomes offline by the cloud itself where a board had no will and said nothing', async () => {
      const activation = await cloud.activate();
      for (const leave of ['cut', 'disconnect'] as const) {
        const board = await cloud.online(activation);
        const watcher = await watch(activation);
        expect((await watcher.next()).status).toBe('online');
        await board[leave]();
        const message = await watcher.next();
        expect(formOf(message)).toEqual(formOf(REFERENCE['5.4 offline']));
        expect(message.status).toBe('offline');
        expect((await statusOf(activation)).online).toBe(false);
      }
    });

    test('is not spoilt by the will of a session that a newer one replaced', async () => {
      const activation = await cloud.activate();
      const will = { topic: activation.topics['status']!, payload: { status: 'offline', time: Date.now() } };
      const older = await cloud.online(activation, { will });
      const newer = await cloud.online(activation, { will });
      await older.closed;
      await newer.settled();
      expect((await statusOf(activation)).online).toBe(true);
      const late = await (await watch(activation)).next();
      expect(late.status).toBe('online');
    });

    test('ignores an offline that is older than the last online', async () => {
      const activation = await cloud.activate();
      const board = await cloud.connect(activation);
      const now = Date.now();
      await board.say(activation.topics['status'], { status: 'online', time: now }, { retain: true });
      await board.say(activation.topics['status'], { status: 'offline', time: now - 1 }, { retain: true });
      expect((await statusOf(activation)).online).toBe(true);
      expect(await (await watch(activation)).next()).toEqual({ status: 'online', time: now });
    });

    test('that is none of the two words changes nothing', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      for (const payload of ['offline', '{"status":"away"}', '{"status":false}', '{}', '']) {
        await board.say(activation.topics['status'], payload, { retain: true });
      }
      expect((await statusOf(activation)).online).toBe(true);
      expect(await (await watch(activation)).next()).toMatchObject({ status: 'online' });
    });

    test('a board that is connected and has not said so is not online', async () => {
      const activation = await cloud.activate();
      const board = await cloud.connect(activation);
      await board.subscribe(activation.topics['propertySet']!);
      await board.say(activation.topics['propertyPost'], { id: '1', params: { position: 'up' } });
      expect(await statusOf(activation)).toMatchObject({ online: false, position: 'up' });
    });
  });

  describe('what the cloud answers beyond the reference, on announced topics', () => {
    test('a property post, an event and a log are answered in the forms of Alink', async () => {
      const activation = await cloud.activate();
      const { topics } = activation;
      const board = await cloud.online(activation);
      await board.subscribe(`/sys/SW-SERVO-001/${activation.deviceId}/#`);
      const eventTopic = topics['eventPost']!.replace('+', 'overheated');
      for (const [topic, method, params] of [
        [topics['propertyPost']!, 'thing.event.property.post', { position: 'up' }],
        [eventTopic, 'thing.event.overheated.post', { level: 'warn', value: 80 }],
        [topics['logPost']!, 'thing.log.post', [{ name: 'booted' }]],
      ] as const) {
        await board.say(topic, { id: '42', version: '1.0', params, method });
        expect((await board.on(`${topic}_reply`)).payload).toEqual({
          id: '42',
          code: 200,
          message: 'success',
          data: {},
          method,
          version: '1.0',
        });
        await board.say(topic, { id: '43', version: '1.0', params: 'none', method });
        expect((await board.on(`${topic}_reply`)).payload).toMatchObject({ id: '43', code: 460 });
      }
      expect(`${topics['propertyPost']}_reply`).toBe(topics['propertyPostReply']);
    });

    test('a board that did not ask for answers gets none', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      await board.say(activation.topics['propertyPost'], { id: '1', params: { position: 'up' } });
      await board.settled();
      expect(board.inbox.all).toEqual([]);
    });

    test('the time, in the form that the board asked in', async () => {
      const activation = await cloud.activate();
      const { ntpRequest, ntpResponse } = activation.topics;
      const board = await cloud.connect(activation);
      await board.subscribe(ntpResponse!);
      await board.say(ntpRequest, { deviceSendTime: 1000 }, { qos: 0 });
      const { deviceSendTime, serverRecvTime, serverSendTime } = (await board.on(ntpResponse)).payload;
      expect(deviceSendTime).toBe(1000);
      expect(Math.abs(serverRecvTime - Date.now())).toBeLessThan(60_000);
      expect(serverSendTime).toBeGreaterThanOrEqual(serverRecvTime);
      await board.say(ntpRequest, { deviceSendTime: '1571724098000' });
      expect((await board.on(ntpResponse)).payload).toEqual({
        deviceSendTime: '1571724098000',
        serverRecvTime: expect.stringMatching(/^\d{13}$/),
        serverSendTime: expect.stringMatching(/^\d{13}$/),
      });
    });
  });
}
