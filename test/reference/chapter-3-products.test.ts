import { describe, expect, test } from 'vitest';
import { NEW_PRODUCT, SERVO } from '../support/api-reference.js';
import { useReferenceCloud, words } from './reference-cloud.js';

const cloud = useReferenceCloud();

describe('3.1 to 3.5, the life of a product', () => {
  test('is made', async () => {
    expect(await cloud().data(cloud().as('POST', '/products', NEW_PRODUCT))).toEqual({
      productId: 2,
      productKey: 'SW-SERVO-002',
      name: '智能开关 v2',
    });
    expect(words(await cloud().as('POST', '/products', NEW_PRODUCT))).toBe('400 product_exists');
  });

  test('is listed, by category and in pages', async () => {
    const page = await cloud().data(cloud().as('GET', '/products?category=switch&page=1&size=20'));
    expect(page).toMatchObject({ total: 2, page: 1, size: 20 });
    expect(page.list[0]).toEqual(SERVO);
    expect((await cloud().data(cloud().as('GET', '/products?page=2&size=1'))).list).toMatchObject([NEW_PRODUCT]);
    expect(await cloud().data(cloud().as('GET', '/products?category=none'))).toMatchObject({ list: [], total: 0 });
  });

  test('is shown like an item of the list', async () => {
    const expected = { ...NEW_PRODUCT, productId: 2, status: 1 };
    expect(await cloud().data(cloud().as('GET', '/products/SW-SERVO-002'))).toEqual(expected);
    expect(words(await cloud().as('GET', '/products/NOPE'))).toBe('404 product_not_found');
  });

  test('is changed with the body of its making', async () => {
    await cloud().data(cloud().as('PUT', '/products/SW-SERVO-002', { ...NEW_PRODUCT, name: 'v3', status: 0 }));
    const changed = await cloud().data(cloud().as('GET', '/products/SW-SERVO-002'));
    expect(changed).toMatchObject({ name: 'v3', status: 0 });
    const activation = { productKey: 'SW-SERVO-002', deviceSN: 'A' };
    expect(words(await cloud().call('POST', '/devices/activate', activation))).toBe('403 product_disabled');
  });

  test('is deleted, but not while it has devices', async () => {
    await cloud().data(cloud().as('DELETE', '/products/SW-SERVO-002'));
    expect(words(await cloud().as('GET', '/products/SW-SERVO-002'))).toBe('404 product_not_found');
    await cloud().activate('A');
    expect(words(await cloud().as('DELETE', '/products/SW-SERVO-001'))).toBe('400 product_in_use');
  });
});

describe('3.1', () => {
  test.each([
    ['productKey', { productKey: 'with space' }],
    ['productKey', { productKey: undefined }],
    ['name', { name: undefined }],
    ['name', { name: 7 }],
    ['category', { category: undefined }],
    ['controlMode', { controlMode: 'blink' }],
    ['controlMode', { controlMode: undefined }],
    ['iconColor', { iconColor: 'red' }],
  ])('names %s when it is %j', async (field, change) => {
    const answer = await cloud().as('POST', '/products', { ...NEW_PRODUCT, productKey: 'X', ...change });
    expect(words(answer)).toBe('400 invalid_parameter');
    expect(answer.body.detail).toContain(field);
  });

  test.each(['toggle', 'pulse', 'dimmer', 'readonly', 'generic'])('takes the control mode %s', async (controlMode) => {
    const required = { productKey: `M-${controlMode}`, name: 'n', category: 'c', controlMode };
    await cloud().data(cloud().as('POST', '/products', required));
  });

  test('needs a token, as all of chapter 3', async () => {
    for (const [method, path] of [
      ['POST', ''],
      ['GET', ''],
      ['GET', '/SW-SERVO-001'],
      ['PUT', '/SW-SERVO-001'],
      ['DELETE', '/SW-SERVO-001'],
    ] as const) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : NEW_PRODUCT;
      expect(words(await cloud().call(method, `/products${path}`, body))).toBe('401 unauthorized');
    }
  });
});
