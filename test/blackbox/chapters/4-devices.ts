import { beforeAll, describe, expect, test } from 'vitest';
import { formOf, REFERENCE, TIME } from '../../support/api-reference.js';
import { type Activation, type CloudProcess, words } from '../support/cloud-process.js';

/** Sections 4.2 to 4.4 and 4.6 of the API reference. */
export function devices(cloud: CloudProcess): void {
  let deviceId: string;
  let live: Activation;

  /** The device of the reference's example: named, online, its servo up. */
  beforeAll(async () => {
    const { productId: _id, status: _status, ...product } = REFERENCE['3.3'].data;
    await cloud.as('POST', '/products', { ...product, productKey: 'SW-SERVO-003' });
    live = await cloud.activate({ productKey: 'SW-SERVO-003', deviceSN: 'AABBCCDDEEFF' });
    deviceId = live.deviceId;
    await cloud.as('PUT', `/devices/${deviceId}`, { name: '客厅开关' });
    const board = await cloud.online(live);
    await board.say(live.topics['propertyPost'], { ...REFERENCE['5.2'], time: Date.now() });
  });

  const list = async (query: string) => (await cloud.as('GET', `/devices?${query}`)).body.data;
  const device = async (id: string) => (await cloud.as('GET', `/devices/${id}`)).body.data;

  describe('4.2 list', () => {
    test('has the form of the reference', async () => {
      const answer = await cloud.as('GET', '/devices?productKey=SW-SERVO-003&status=1&page=1&size=20');
      expect(formOf(answer.body)).toEqual(formOf(REFERENCE['4.2']));
      expect(answer.body.data).toEqual({
        list: [
          {
            ...REFERENCE['4.3'].data,
            deviceId,
            productKey: 'SW-SERVO-003',
            product: {
              ...REFERENCE['4.3'].data.product,
              productId: expect.any(Number),
              productKey: 'SW-SERVO-003',
            },
            lastOnlineAt: expect.stringMatching(TIME),
            activatedAt: expect.stringMatching(TIME),
            createdAt: expect.stringMatching(TIME),
          },
        ],
        total: 1,
        page: 1,
        size: 20,
      });
    });

    test('is filtered by productKey', async () => {
      await cloud.product('FILTER', 'toggle');
      await cloud.activate({ productKey: 'FILTER' });
      expect((await list('productKey=FILTER')).total).toBe(1);
      expect((await list('productKey=NOPE')).list).toEqual([]);
      expect((await list('')).total).toBeGreaterThan(1);
    });

    test('is filtered by status, a number that stands for a word', async () => {
      await cloud.product('STATES', 'toggle');
      const of = (status: number) => list(`productKey=STATES&status=${status}`);
      await cloud.as('POST', '/devices', { productKey: 'STATES', deviceSN: 'INACTIVE' });
      await cloud.online(await cloud.activate({ productKey: 'STATES', deviceSN: 'ONLINE' }));
      await cloud.activate({ productKey: 'STATES', deviceSN: 'OFFLINE' });
      const off = await cloud.activate({ productKey: 'STATES', deviceSN: 'DISABLED' });
      await cloud.as('PUT', `/devices/${off.deviceId}`, { status: 3 });
      const states = [
        ['INACTIVE', 'inactive', '未激活'],
        ['ONLINE', 'online', '在线'],
        ['OFFLINE', 'offline', '离线'],
        ['DISABLED', 'disabled', '已禁用'],
      ];
      for (const [status, [deviceSN, word, statusText]] of states.entries()) {
        const page = await of(status);
        expect(page.total).toBe(1);
        expect(page.list).toMatchObject([{ deviceSN, status: word, statusText }]);
      }
      expect((await list('productKey=STATES')).total).toBe(4);
    });

    test('comes in pages that hold everything once', async () => {
      await cloud.product('PAGED', 'toggle');
      for (let index = 0; index < 5; index += 1) await cloud.activate({ productKey: 'PAGED' });
      const ids: string[] = [];
      for (const page of [1, 2, 3, 4]) {
        const data = await list(`productKey=PAGED&page=${page}&size=2`);
        expect([data.total, data.page, data.size]).toEqual([5, page, 2]);
        ids.push(...data.list.map((one: { deviceId: string }) => one.deviceId));
      }
      expect(ids).toHaveLength(5);
      expect(new Set(ids).size).toBe(5);
    });

    test('has pages of 20 unless asked otherwise, and of 100 at most', async () => {
      await cloud.product('MANY', 'toggle');
      for (let index = 0; index < 21; index += 1) await cloud.activate({ productKey: 'MANY' });
      expect(await list('productKey=MANY')).toMatchObject({ total: 21, page: 1, size: 20, list: { length: 20 } });
      expect(await list('productKey=MANY&size=500')).toMatchObject({ size: 100, list: { length: 21 } });
    });

    test.each(['status=4', 'status=-1', 'status=x', 'status=1.5', 'page=0', 'page=x', 'size=0', 'size=x'])(
      'refuses %s',
      async (query) => {
        const answer = await cloud.as('GET', `/devices?${query}`);
        expect(words(answer)).toBe('400 invalid_parameter');
        expect(answer.body.detail).toContain(query.split('=', 1)[0]);
      },
    );
  });

  describe('4.3 detail', () => {
    test('is the same as the element of the list', async () => {
      const { list: all } = await list('size=100');
      for (const one of all.slice(0, 5)) expect(await device(one.deviceId)).toEqual(one);
      expect(formOf((await cloud.as('GET', `/devices/${deviceId}`)).body)).toEqual(formOf(REFERENCE['4.3']));
    });

    test('has its own times: created and activated together, online after that', async () => {
      const { createdAt, activatedAt, lastOnlineAt } = await device(deviceId);
      expect(createdAt).toBe(activatedAt);
      expect(Date.parse(lastOnlineAt)).toBeGreaterThanOrEqual(Date.parse(activatedAt));
      expect(Math.abs(Date.parse(activatedAt) - Date.now())).toBeLessThan(60_000);
    });

    test('says the status in the language that is asked for', async () => {
      const textFor = async (language?: string) => {
        const headers = language === undefined ? {} : { 'accept-language': language };
        return (await cloud.as('GET', `/devices/${deviceId}`, undefined, headers)).body.data.statusText;
      };
      expect(await textFor()).toBe('在线');
      expect(await textFor('zh-CN,zh;q=0.9,en;q=0.8')).toBe('在线');
      expect(await textFor('en')).toBe('online');
      expect(await textFor('en-GB,en;q=0.9')).toBe('online');
      expect(await textFor('zh;q=0.2, en;q=0.9')).toBe('online');
      expect(await textFor('fr')).toBe('在线');
      expect(await textFor(';;;=,q')).toBe('在线');
    });

    test.each(['dev_00000000', 'DEV_A1B2C3D4', 'x', "'%20OR%201=1", '%00', '..%2Fproducts'])(
      'of %s is 404 device_not_found, and so is all else',
      async (id) => {
        for (const [method, path, body] of [
          ['GET', `/devices/${id}`],
          ['GET', `/devices/${id}/status`],
          ['POST', `/devices/${id}/control`, { action: 'trigger' }],
          ['DELETE', `/devices/${id}`],
        ] as const) {
          expect(words(await cloud.as(method, path, body))).toBe('404 device_not_found');
        }
      },
    );
  });

  describe('4.4 status', () => {
    test('has the form of the reference; beyond it stand statusText and properties', async () => {
      const { body } = await cloud.as('GET', `/devices/${deviceId}/status`);
      const { statusText, properties, ...data } = body.data;
      expect(formOf({ ...body, data })).toEqual(formOf(REFERENCE['4.4']));
      expect(data).toEqual({
        deviceId,
        deviceName: '客厅开关',
        online: true,
        position: 'up',
        status: 'online',
        lastOnlineAt: expect.stringMatching(TIME),
      });
      expect(statusText).toBe('在线');
      const reportedAt = expect.stringMatching(TIME);
      expect(properties).toEqual({
        position: { value: 'up', reportedAt },
        angle: { value: 90, reportedAt },
        wifi_rssi: { value: -45, reportedAt },
      });
    });

    test('of a board that never came is offline, without position or time', async () => {
      const { deviceId: id } = await cloud.activate();
      expect((await cloud.as('GET', `/devices/${id}/status`)).body.data).toMatchObject({
        online: false,
        status: 'offline',
        position: null,
        lastOnlineAt: null,
        properties: {},
      });
    });

    test('follows the last post, even when the clock of the board is not set', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      const posts = [{ time: Date.now() }, { time: REFERENCE['5.2'].time }, { time: 12 }, {}, { time: 'noon' }];
      for (const [index, post] of posts.entries()) {
        const position = ['up', 'middle', 'down'][index % 3];
        await board.say(activation.topics['propertyPost'], { ...post, id: String(index), params: { position } });
        const { data } = (await cloud.as('GET', `/devices/${activation.deviceId}/status`)).body;
        expect(data.position).toBe(position);
      }
    });

    test('keeps position and time when the board goes', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      await board.say(activation.topics['propertyPost'], { id: '1', params: { position: 'down' } });
      const path = `/devices/${activation.deviceId}/status`;
      const before = (await cloud.as('GET', path)).body.data;
      await board.say(activation.topics['status'], { status: 'offline', time: Date.now() }, { retain: true });
      expect((await cloud.as('GET', path)).body.data).toMatchObject({
        online: false,
        status: 'offline',
        position: 'down',
        lastOnlineAt: expect.stringMatching(TIME),
      });
      expect(before.lastOnlineAt).toMatch(TIME);
    });
  });

  describe('4.6 delete', () => {
    test('closes the session, ends the credentials and forgets the device', async () => {
      const activation = await cloud.activate();
      const board = await cloud.online(activation);
      expect((await cloud.as('DELETE', `/devices/${activation.deviceId}`)).body).toEqual({
        code: 200,
        message: 'success',
        data: null,
      });
      await board.closed;
      await expect(cloud.connect(activation)).rejects.toMatchObject({ code: 4 });
      expect(words(await cloud.as('GET', `/devices/${activation.deviceId}`))).toBe('404 device_not_found');
      expect(words(await cloud.as('DELETE', `/devices/${activation.deviceId}`))).toBe('404 device_not_found');
      expect((await list('size=100')).list).not.toContainEqual(
        expect.objectContaining({ deviceId: activation.deviceId }),
      );
    });

    test('leaves nothing behind for the board when it comes back as a new device', async () => {
      const first = await cloud.activate();
      const board = await cloud.online(first);
      await board.say(first.topics['propertyPost'], { id: '1', params: { position: 'up' } });
      await cloud.as('DELETE', `/devices/${first.deviceId}`);
      const second = await cloud.activate({ deviceSN: first.deviceSN });
      const status = (await cloud.as('GET', `/devices/${second.deviceId}/status`)).body.data;
      expect(status).toMatchObject({ online: false, position: null, properties: {} });
    });
  });
}
