import { describe, expect, test } from 'vitest';
import { REFERENCE } from '../support/api-reference.js';
import { type Activation, matches, startCloud, type TestCloud } from './support/fixture.js';

const SERVO = REFERENCE['3.3'].data;
const SERVO_OF_DEVICE = REFERENCE['4.3'].data.product;

const list = (t: TestCloud, query = '', headers: Record<string, string> = {}) =>
  t.as('GET', `/devices${query}`, undefined, headers);
const serials = async (t: TestCloud, query: string) =>
  (await list(t, query)).body.data.list.map((device: { deviceSN: string }) => device.deviceSN);

describe('products', () => {
  test('are seeded from their definitions and listed, under both keys', async () => {
    const t = await startCloud();
    const answer = await t.as('GET', '/products');
    matches('listProducts', answer);
    const { list: products, products: twin, ...page } = answer.body.data;
    expect(page).toEqual({ total: 4, page: 1, size: 20 });
    expect(twin).toEqual(products);
    expect(products[0]).toEqual(SERVO);
    const one = await t.as('GET', '/products/SW-SERVO-001');
    matches('getProduct', one);
    expect(one.body.data).toEqual(products[0]);
  });

  test('can be filtered by category and paged', async () => {
    const t = await startCloud();
    expect((await t.as('GET', '/products?category=switch')).body.data.total).toBe(2);
    expect((await t.as('GET', '/products?category=none')).body.data).toMatchObject({ list: [], total: 0 });
    expect((await t.as('GET', '/products?page=2&size=3')).body.data).toMatchObject({
      list: [{ productKey: 'SW-PULSE-001' }],
      total: 4,
      page: 2,
      size: 3,
    });
  });

  test('an unknown one is product_not_found', async () => {
    const t = await startCloud();
    expect((await t.as('GET', '/products/NOPE')).body).toMatchObject({ code: 404, message: 'product_not_found' });
  });
});

describe('devices', () => {
  test('are shown as the reference has it, in the list and alone', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    const answer = await list(t);
    matches('listDevices', answer);
    const [device] = answer.body.data.list;
    expect(device).toEqual({
      deviceId,
      deviceSN: 'AABBCCDDEEFF',
      productKey: 'SW-SERVO-001',
      projectId: 'proj_default',
      name: 'Smart Servo Switch EEFF',
      status: 'offline',
      statusText: '离线',
      firmwareVersion: '1.0.0',
      chipModel: 'ESP32',
      lastOnlineAt: null,
      activatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      createdAt: expect.any(String),
      product: SERVO_OF_DEVICE,
    });
    const one = await t.as('GET', `/devices/${deviceId}`);
    matches('getDevice', one);
    expect(one.body.data).toEqual(device);
  });

  test('are filtered by product and status, and paged', async () => {
    const t = await startCloud();
    const a = await t.activate('A');
    await t.activate('B');
    await t.activate('C', 'SW-DIM-001');
    await t.online(a);
    expect(await serials(t, '')).toEqual(['A', 'B', 'C']);
    expect(await serials(t, '?productKey=SW-SERVO-001')).toEqual(['A', 'B']);
    expect(await serials(t, '?status=1')).toEqual(['A']);
    expect(await serials(t, '?status=2')).toEqual(['B', 'C']);
    expect(await serials(t, '?productKey=SW-DIM-001&status=2')).toEqual(['C']);
    expect(await serials(t, '?status=3')).toEqual([]);
    expect(await serials(t, '?productKey=NOPE')).toEqual([]);
    expect(await serials(t, '?page=2&size=2')).toEqual(['C']);
    // Filters that a form left empty.
    expect(await serials(t, '?productKey=&projectId=&status=&page=&size=')).toEqual(['A', 'B', 'C']);
    expect(await serials(t, '?productKey=SW-DIM-001&status=')).toEqual(['C']);
    expect((await list(t, '?size=500')).body.data).toMatchObject({ total: 3, page: 1, size: 100 });
  });

  test('are not listed for a query that is not valid', async () => {
    const t = await startCloud();
    for (const query of [
      'page=0',
      'page=x',
      'page=1.5',
      'size=0',
      'size=-1',
      'status=4',
      'status=online',
      'page=1&page=2',
    ]) {
      const answer = await list(t, `?${query}`);
      expect(answer.body).toMatchObject({
        code: 400,
        message: 'invalid_parameter',
        detail: expect.stringContaining(query.split('=')[0]!),
      });
    }
  });

  test.each([
    [{}, '离线'],
    [{ 'accept-language': 'en' }, 'offline'],
    [{ 'accept-language': 'en-GB,en;q=0.9,zh;q=0.1' }, 'offline'],
    [{ 'accept-language': 'en;q=0.5, zh-CN' }, '离线'],
    [{ 'accept-language': 'fr, de' }, '离线'],
    [{ 'accept-language': ';;;q=q' }, '离线'],
  ])('have the status text that %j asks for', async (headers, text) => {
    const t = await startCloud();
    await t.activate();
    expect((await list(t, '', headers)).body.data.list[0].statusText).toBe(text);
  });

  test('that are deleted lose session, credentials and properties; the board may activate again', async () => {
    const t = await startCloud();
    const activation: Activation = await t.activate();
    const board = await t.online(activation);
    await board.say(activation.topics.propertyPost, { params: { position: 'up' } });
    const closed = board.closed();
    const offline = t.next('deviceOffline');
    const answer = await t.as('DELETE', `/devices/${activation.deviceId}`);
    matches('deleteDevice', answer);
    expect(answer.status).toBe(200);
    await closed;
    expect(await offline).toMatchObject({ reason: 'deleted' });
    await expect(t.connect(activation)).rejects.toMatchObject({ code: 4 });
    expect((await t.as('GET', `/devices/${activation.deviceId}`)).body).toMatchObject({
      code: 404,
      message: 'device_not_found',
    });
    expect((await t.as('DELETE', `/devices/${activation.deviceId}`)).body.message).toBe('device_not_found');
    const again = await t.activate();
    expect(again.deviceId).not.toBe(activation.deviceId);
    expect((await t.as('GET', `/devices/${again.deviceId}/status`)).body.data.position).toBeNull();
    await t.online(again);
  });

  test('and products need a token', async () => {
    const t = await startCloud();
    const one = '/devices/dev_00000000';
    const routes = [
      ['GET', '/devices'],
      ['GET', one],
      ['GET', `${one}/status`],
      ['POST', `${one}/control`],
      ['DELETE', one],
      ['GET', '/products'],
      ['GET', '/products/SW-SERVO-001'],
      ['GET', '/users/me'],
    ] as const;
    for (const [method, path] of routes) {
      expect((await t.call(method, path)).body).toMatchObject({ code: 401, message: 'unauthorized' });
    }
  });

  test('with ids of any kind that are not known are device_not_found', async () => {
    const t = await startCloud();
    for (const id of ["dev_' OR 1=1", '%00', '..%2F..%2Fetc', 'x'.repeat(120), '__proto__']) {
      expect((await t.as('GET', `/devices/${id}`)).body).toMatchObject({ code: 404, message: 'device_not_found' });
    }
  });
});
