import { describe, expect, test } from 'vitest';
import { formOf, REFERENCE } from '../../support/api-reference.js';
import { type CloudProcess, words } from '../support/cloud-process.js';

/** Chapter 3 of the API reference. */
export function products(cloud: CloudProcess): void {
  const REQUEST = REFERENCE['3.1 request'];

  const create = (body: unknown) => cloud.as('POST', '/products', body);
  const detail = async (productKey: string) => (await cloud.as('GET', `/products/${productKey}`)).body.data;

  describe('3.1 create', () => {
    test('answers as in the reference, and keeps every field', async () => {
      const answer = await create(REQUEST);
      expect(answer.body).toEqual({
        code: 200,
        message: 'success',
        data: { productId: expect.any(Number), productKey: 'SW-SERVO-002', name: '智能开关 v2' },
      });
      expect(await detail('SW-SERVO-002')).toEqual({ productId: answer.body.data.productId, ...REQUEST, status: 1 });
    });

    test('needs productKey, name, category and controlMode; the rest may be left out', async () => {
      const required = { productKey: 'BARE', name: 'Bare', category: 'switch', controlMode: 'generic' };
      for (const key of Object.keys(required) as (keyof typeof required)[]) {
        const { [key]: _left, ...rest } = required;
        const answer = await create(rest);
        expect(words(answer)).toBe('400 invalid_parameter');
        expect(answer.body.detail).toContain(key);
      }
      expect((await create(required)).status).toBe(200);
      expect(formOf(await detail('BARE'))).toEqual(formOf(REFERENCE['3.3'].data));
    });

    test.each(['toggle', 'pulse', 'dimmer', 'readonly', 'generic'])(
      'takes the control mode %s',
      async (controlMode) => {
        await cloud.product(`MODE-${controlMode}`, controlMode);
        expect((await detail(`MODE-${controlMode}`)).controlMode).toBe(controlMode);
      },
    );

    test.each([
      ['productKey', ''],
      ['productKey', 'A B'],
      ['productKey', 'A/B'],
      ['productKey', 'A+#'],
      ['productKey', '开关'],
      ['productKey', 'x'.repeat(33)],
      ['productKey', 7],
      ['name', ''],
      ['name', null],
      ['category', []],
      ['controlMode', 'TOGGLE'],
      ['controlMode', 'switch'],
      ['iconColor', 'red'],
      ['iconColor', '#GGGGGG'],
      ['iconName', 1],
      ['uiTemplate', {}],
      ['manufacturer', true],
      ['model', ['x']],
      ['description', 'x'.repeat(1025)],
      ['status', 2],
    ])('names the field %s when it is %j', async (field, value) => {
      const answer = await create({ ...REQUEST, productKey: 'WRONG', [field]: value });
      expect(words(answer)).toBe('400 invalid_parameter');
      expect(answer.body.detail).toContain(field);
      expect(words(await cloud.as('GET', '/products/WRONG'))).toBe('404 product_not_found');
    });

    test('takes a key of 32 characters, once', async () => {
      const productKey = 'a_Z-9'.padEnd(32, 'x');
      await cloud.product(productKey, 'toggle');
      expect(words(await create({ ...REQUEST, productKey }))).toBe('400 product_exists');
    });
  });

  describe('3.2 list', () => {
    test('has the form of the reference, from page 1 in pages of 20', async () => {
      const { body } = await cloud.as('GET', '/products');
      // `products` is the list by the name that one of the older apps reads (origin.md).
      const { products, ...data } = body.data;
      expect(formOf({ ...body, data })).toEqual(formOf(REFERENCE['3.2']));
      expect(products).toEqual(data.list);
      expect([data.page, data.size]).toEqual([1, 20]);
      expect(data.list).toContainEqual({
        ...REFERENCE['3.3'].data,
        name: expect.any(String),
        description: expect.any(String),
      });
    });

    test('shows the shipped product with the words of the reference', async () => {
      expect(await detail('SW-SERVO-001')).toEqual(REFERENCE['3.3'].data);
    });

    test('is filtered by category', async () => {
      await cloud.product('CAT-A', 'toggle', { category: '灯 & 开关' });
      await cloud.product('CAT-B', 'toggle', { category: 'other' });
      const { data } = (await cloud.as('GET', `/products?category=${encodeURIComponent('灯 & 开关')}`)).body;
      expect([data.total, data.list.map((one: { productKey: string }) => one.productKey)]).toEqual([1, ['CAT-A']]);
      expect((await cloud.as('GET', '/products?category=nothing')).body.data).toMatchObject({ list: [], total: 0 });
    });

    test('comes in pages that hold everything once', async () => {
      for (let index = 0; index < 5; index += 1) await cloud.product(`PAGE-${index}`, 'toggle', { category: 'paged' });
      const keys: string[] = [];
      for (const page of [1, 2, 3, 4]) {
        const { data } = (await cloud.as('GET', `/products?category=paged&page=${page}&size=2`)).body;
        expect([data.total, data.page, data.size]).toEqual([5, page, 2]);
        keys.push(...data.list.map((one: { productKey: string }) => one.productKey));
      }
      expect(keys.sort()).toEqual(['PAGE-0', 'PAGE-1', 'PAGE-2', 'PAGE-3', 'PAGE-4']);
    });

    test('answers at most 100 a page, and says so', async () => {
      expect((await cloud.as('GET', '/products?size=1000')).body.data.size).toBe(100);
    });

    test.each(['page=0', 'page=-1', 'page=x', 'page=1.5', 'size=0', 'size=-1', 'size=x', 'page=1&page=2'])(
      'refuses %s',
      async (query) => {
        const answer = await cloud.as('GET', `/products?${query}`);
        expect(words(answer)).toBe('400 invalid_parameter');
        expect(answer.body.detail).toContain(query.split('=', 1)[0]);
      },
    );
  });

  describe('3.3 detail', () => {
    test('is the same as the element of the list', async () => {
      const { list } = (await cloud.as('GET', '/products?category=switch&size=100')).body.data;
      for (const one of list) expect(await detail(one.productKey)).toEqual(one);
      expect(formOf(await cloud.as('GET', '/products/SW-SERVO-001').then(({ body }) => body))).toEqual(
        formOf(REFERENCE['3.3']),
      );
    });

    test.each(['NOPE', 'sw-servo-001', "x'%20OR%201=1--", '%00', '..%2F..%2Fusers'])(
      'of %s is 404 product_not_found',
      async (productKey) => {
        expect(words(await cloud.as('GET', `/products/${productKey}`))).toBe('404 product_not_found');
      },
    );
  });

  describe('3.4 update', () => {
    test('takes the body of a create, and changes what it names', async () => {
      await cloud.product('CHANGE', 'toggle');
      const changed = { ...REQUEST, productKey: 'CHANGE', name: '新名字', controlMode: 'pulse', iconColor: '#00ff00' };
      expect((await cloud.as('PUT', '/products/CHANGE', changed)).status).toBe(200);
      const { productId, ...fields } = await detail('CHANGE');
      expect(fields).toEqual({ ...changed, status: 1 });
      await cloud.as('PUT', '/products/CHANGE', { model: 'v3' });
      expect(await detail('CHANGE')).toEqual({ productId, ...changed, model: 'v3', status: 1 });
    });

    test('disables with status 0 and enables with 1', async () => {
      await cloud.product('OFF', 'toggle');
      await cloud.as('PUT', '/products/OFF', { status: 0 });
      expect((await detail('OFF')).status).toBe(0);
      const { list } = (await cloud.as('GET', '/products?category=test&size=100')).body.data;
      expect(list.find((one: { productKey: string }) => one.productKey === 'OFF').status).toBe(0);
      await cloud.as('PUT', '/products/OFF', { status: 1 });
      expect((await detail('OFF')).status).toBe(1);
    });

    test('checks as a create does, and never changes the key', async () => {
      await cloud.product('KEEP', 'toggle');
      for (const body of [
        { controlMode: 'x' },
        { name: '' },
        { status: 'on' },
        { productKey: 'OTHER' },
        [],
        'x',
        null,
      ]) {
        expect(words(await cloud.as('PUT', '/products/KEEP', body === 'x' ? '"x"' : body))).toBe(
          '400 invalid_parameter',
        );
      }
      expect(words(await cloud.as('PUT', '/products/NOPE', REQUEST))).toBe('404 product_not_found');
      expect(await detail('KEEP')).toMatchObject({ productKey: 'KEEP', name: 'KEEP', controlMode: 'toggle' });
    });
  });

  describe('3.5 delete', () => {
    test('removes a product; its number is not given again', async () => {
      await cloud.product('GONE', 'toggle');
      const { productId } = await detail('GONE');
      expect((await cloud.as('DELETE', '/products/GONE')).body).toEqual({ code: 200, message: 'success', data: null });
      expect(words(await cloud.as('GET', '/products/GONE'))).toBe('404 product_not_found');
      expect(words(await cloud.as('DELETE', '/products/GONE'))).toBe('404 product_not_found');
      await cloud.product('GONE', 'toggle');
      expect((await detail('GONE')).productId).toBeGreaterThan(productId);
    });

    test('takes no body, whatever its content type says', async () => {
      await cloud.product('AXIOS', 'toggle');
      const answer = await cloud.as('DELETE', '/products/AXIOS', undefined, { 'content-type': 'application/json' });
      expect(answer.status).toBe(200);
    });

    test('refuses a product with devices', async () => {
      await cloud.product('USED', 'toggle');
      const { deviceId } = await cloud.activate({ productKey: 'USED' });
      expect(words(await cloud.as('DELETE', '/products/USED'))).toBe('400 product_in_use');
      await cloud.as('DELETE', `/devices/${deviceId}`);
      expect((await cloud.as('DELETE', '/products/USED')).status).toBe(200);
    });
  });
}
