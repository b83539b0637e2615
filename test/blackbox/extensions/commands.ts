import { describe, expect, test } from 'vitest';
import { TIME } from '../../support/api-reference.js';
import { type CloudProcess, words } from '../support/cloud-process.js';

/** Commands, services, history and events beyond the reference. */
export function commands(cloud: CloudProcess): void {
  describe('control with ?wait', () => {
    test('answers when the board has, with what it said', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      for (const reply of [
        { code: 200, data: {} },
        { code: 200, message: 'ok', data: { ignored: ['x'] } },
        { code: 460, message: 'angle' },
        { code: 100001 },
      ]) {
        const asked = cloud.as('POST', `/devices/${activation.deviceId}/control?wait=5000`, { action: 'trigger' });
        const { payload } = await board.on(activation.topics['propertySet']);
        await board.say(activation.topics['propertySetReply'], { id: payload.id, ...reply });
        expect((await asked).body.data).toEqual({ message: 'command_sent', reply });
      }
    });

    test('understands the answer on the property post topic, where the older firmware gives it', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const asked = cloud.as('POST', `/devices/${activation.deviceId}/control?wait=5000`, { action: 'trigger' });
      const { id } = (await board.on(activation.topics['propertySet'])).payload;
      await board.say(activation.topics['propertyPost'], { method: 'thing.service.property.set_reply', id, code: 200 });
      expect((await asked).body.data).toEqual({ message: 'command_sent', reply: { code: 200 } });
    });

    test('takes no answer for that of another command or another board', async () => {
      const activation = await cloud.activate();
      const stranger = await cloud.activate();
      const board = await cloud.online(activation);
      const other = await cloud.online(stranger);
      const asked = cloud.as('POST', `/devices/${activation.deviceId}/control?wait=150`, { action: 'trigger' });
      const { id } = (await board.on(activation.topics['propertySet'])).payload;
      await other.say(stranger.topics['propertySetReply'], { id, code: 200 });
      await board.say(activation.topics['propertySetReply'], { id: `${id}1`, code: 200 });
      expect(words(await asked)).toBe('504 device_timeout');
    });

    test('is 504 device_timeout for a board that says nothing, and the command does not act later', async () => {
      const activation = await cloud.activate();
      const asked = await cloud.as('POST', `/devices/${activation.deviceId}/control?wait=50`, { action: 'trigger' });
      expect(words(asked)).toBe('504 device_timeout');
      const late = await cloud.online(activation);
      await late.settled();
      expect(late.inbox.all).toEqual([]);
    });

    test.each(['0', '-1', '60001', 'x', '1.5', ''])('refuses wait=%s', async (wait) => {
      const { deviceId } = await cloud.activate();
      const answer = await cloud.as('POST', `/devices/${deviceId}/control?wait=${wait}`, { action: 'trigger' });
      expect(words(answer)).toBe('400 invalid_parameter');
    });
  });

  describe('services', () => {
    test('are invoked by name with their parameters, and answer what the board says', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      await board.subscribe(activation.topics['serviceInvoke']!);
      for (const body of [{ since: 5 }, undefined]) {
        const asked = cloud.as('POST', `/devices/${activation.deviceId}/services/getLog`, body);
        const { topic, payload } = await board.next();
        expect(topic).toBe(`/sys/SW-SERVO-001/${activation.deviceId}/thing/service/getLog`);
        expect(payload).toEqual({
          method: 'thing.service.getLog',
          id: expect.stringMatching(/^\d+$/),
          params: body ?? {},
          time: expect.any(Number),
        });
        await board.say(`${topic}_reply`, { id: payload.id, code: 200, data: { count: 3 } });
        expect((await asked).body.data).toEqual({
          message: 'command_sent',
          reply: { code: 200, data: { count: 3 } },
        });
      }
    });

    test('property.get asks the board, and its answer is as good as a post', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      await board.subscribe(activation.topics['propertyGet']!);
      const asked = cloud.as('POST', `/devices/${activation.deviceId}/services/property.get`);
      const { topic, payload } = await board.next();
      expect(topic).toBe(activation.topics['propertyGet']);
      await board.say(`${topic}_reply`, { id: payload.id, code: 200, data: { position: 'down' } });
      expect((await asked).body.data.reply.data).toEqual({ position: 'down' });
      const status = await cloud.as('GET', `/devices/${activation.deviceId}/status`);
      expect(status.body.data.position).toBe('down');
    });

    test('are refused where the firmware takes none, time out, and have names', async () => {
      const activation = await cloud.activate();
      const path = `/devices/${activation.deviceId}/services`;
      expect(words(await cloud.as('POST', `${path}/restart?wait=50`))).toBe('504 device_timeout');
      await cloud.online(activation);
      expect(words(await cloud.as('POST', `${path}/restart`))).toBe('400 control_not_supported');
      for (const name of ['property.set', 'a.b', '+', '%23', 'get_reply', '1x', 'x'.repeat(65)]) {
        expect(words(await cloud.as('POST', `${path}/${name}`))).toBe('400 invalid_parameter');
      }
      expect(words(await cloud.as('POST', '/devices/dev_00000000/services/restart'))).toBe('404 device_not_found');
      expect(words(await cloud.as('POST', `${path}/restart`, { x: 'x'.repeat(3_840) }))).toBe('413 invalid_parameter');
    });
  });

  describe('property history', () => {
    test('is listed newest first, by key, time and page', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const start = Date.now() - 60_000;
      for (let index = 0; index < 5; index += 1) {
        const params = { angle: index * 10, wifi_rssi: -index };
        await board.say(activation.topics['propertyPost'], { id: String(index), params, time: start + index * 1000 });
      }
      const history = async (query: string) =>
        (await cloud.as('GET', `/devices/${activation.deviceId}/properties?${query}`)).body.data;
      const angles = (data: { list: { value: unknown }[] }) => data.list.map(({ value }) => value);
      const all = await history('key=angle');
      expect(all).toMatchObject({ total: 5, page: 1, size: 100 });
      expect(all.list[0]).toEqual({ key: 'angle', value: 40, reportedAt: new Date(start + 4000).toISOString() });
      expect(angles(all)).toEqual([40, 30, 20, 10, 0]);
      expect(angles(await history('key=angle&size=2&page=2'))).toEqual([20, 10]);
      const from = new Date(start + 1000).toISOString();
      expect(angles(await history(`key=angle&from=${from}&to=${start + 3000}`))).toEqual([20, 10]);
      expect((await history('size=3')).total).toBe(10);
      expect((await history('key=nothing')).list).toEqual([]);
    });

    test.each(['from=yesterday', 'to=x', 'from=2026-13-45', 'size=0', 'page=x', 'size=x'])(
      'refuses %s',
      async (query) => {
        const { deviceId } = await cloud.activate();
        expect(words(await cloud.as('GET', `/devices/${deviceId}/properties?${query}`))).toBe('400 invalid_parameter');
      },
    );
  });

  describe('events of a board', () => {
    test('are kept with their name, parameters and times, newest first', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const post = (name: string, params: object, time: number) =>
        board.say(activation.topics['eventPost']!.replace('+', name), { id: '1', params, time });
      const at = Date.now() - 10_000;
      await post('overheated', { value: 80 }, at);
      await post('stalled', { channel: 0 }, at + 1000);
      await post('overheated', { value: 90 }, at + 2000);
      const events = async (query = '') =>
        (await cloud.as('GET', `/devices/${activation.deviceId}/events${query}`)).body.data;
      const all = await events();
      expect(all).toMatchObject({ total: 3, page: 1, size: 20 });
      expect(all.list[0]).toEqual({
        name: 'overheated',
        params: { value: 90 },
        reportedAt: new Date(at + 2000).toISOString(),
        receivedAt: expect.stringMatching(TIME),
      });
      expect((await events('?name=stalled')).list).toMatchObject([{ name: 'stalled', params: { channel: 0 } }]);
      expect((await events('?page=2&size=2')).list).toMatchObject([{ params: { value: 80 } }]);
    });
  });
}
