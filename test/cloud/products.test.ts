import { describe, expect, test } from 'vitest';
import { shippedProducts } from '../../host-sim/products/load.js';
import { REFERENCE } from '../support/api-reference.js';
import { matches, startCloud, type TestCloud, temporaryDirectory } from './support/fixture.js';
import { signUp, words } from './support/people.js';

const NEW_PRODUCT = REFERENCE['3.1 request'];

const MINIMAL = { productKey: 'P', name: 'P', category: 'c', controlMode: 'generic' };
const path = (productKey: string) => `/products/${productKey}`;
const create = (t: TestCloud, body: object) => t.as('POST', '/products', body);

describe('products (API reference, 3)', () => {
  test('have a thing model, that of their definition, which any user may read', async () => {
    const definitions = shippedProducts();
    const t = await startCloud({ products: definitions });
    const anna = await signUp(t, 'anna');
    for (const { productKey, controlMode, outputs, properties } of definitions) {
      const answer = await anna('GET', `${path(productKey)}/thing-model`);
      matches('getThingModel', answer);
      expect(answer.body.data).toEqual({
        productKey,
        controlMode,
        channels: outputs.map(({ type }, channel) => ({ channel, type })),
        properties: properties.map(({ key, min, max, ...rest }) => ({
          identifier: key,
          ...(min !== undefined && { range: { min, max } }),
          ...rest,
        })),
      });
    }
    expect(words(await t.call('GET', `${path('SW-DIM-001')}/thing-model`))).toBe('401 unauthorized');
  });

  test('have no thing model where nothing defines them, and the control mode that they are in', async () => {
    const t = await startCloud();
    await create(t, MINIMAL);
    expect(words(await t.as('GET', `${path('P')}/thing-model`))).toBe('404 not_found');
    expect(words(await t.as('GET', `${path('NOPE')}/thing-model`))).toBe('404 product_not_found');
    await t.as('PUT', path('SW-DIM-001'), { controlMode: 'generic' });
    expect((await t.as('GET', `${path('SW-DIM-001')}/thing-model`)).body.data.controlMode).toBe('generic');
  });

  test('that are made by the key of a known definition have its thing model, and what it lets be written', async () => {
    const t = await startCloud({ products: [], definitions: shippedProducts() });
    expect((await t.as('GET', '/products')).body.data.total).toBe(0);
    const lamp = { ...MINIMAL, productKey: 'SW-DIM-001', controlMode: 'dimmer' };
    await create(t, lamp);
    const keys = async () => {
      const { properties } = (await t.as('GET', `${path('SW-DIM-001')}/thing-model`)).body.data;
      return properties.map(({ identifier }: { identifier: string }) => identifier);
    };
    expect(await keys()).toEqual(['position', 'level', 'on']);
    expect((await t.as('GET', path('SW-DIM-001'))).body.data.name).toBe('P');
    const device = await t.activate('A', 'SW-DIM-001');
    const told = await t.as('POST', `/devices/${device.deviceId}/control`, { level: 45 });
    expect(told.status).toBe(200);
  });

  test('that are deleted and made again have their thing model again', async () => {
    const t = await startCloud();
    const before = (await t.as('GET', `${path('SW-DIM-001')}/thing-model`)).body.data;
    await t.as('DELETE', path('SW-DIM-001'));
    await create(t, { ...MINIMAL, productKey: 'SW-DIM-001', controlMode: 'dimmer' });
    expect((await t.as('GET', `${path('SW-DIM-001')}/thing-model`)).body.data).toEqual(before);
  });

  test('are made, and shown as they were made', async () => {
    const t = await startCloud();
    const made = await create(t, NEW_PRODUCT);
    matches('createProduct', made);
    expect(made.body.data).toEqual({ productId: 5, productKey: 'SW-SERVO-002', name: '智能开关 v2' });
    const shown = await t.as('GET', path('SW-SERVO-002'));
    matches('getProduct', shown);
    expect(shown.body.data).toEqual({ productId: 5, ...NEW_PRODUCT, status: 1 });
    expect((await t.as('GET', '/products?category=switch')).body.data.total).toBe(3);
  });

  test('have optional fields that are empty where nothing was said', async () => {
    const t = await startCloud();
    await create(t, MINIMAL);
    expect((await t.as('GET', path('P'))).body.data).toEqual({
      productId: 5,
      ...MINIMAL,
      description: '',
      uiTemplate: '',
      iconName: '',
      iconColor: '',
      manufacturer: '',
      model: '',
      status: 1,
    });
  });

  test('take null for an optional field that nothing was said of', async () => {
    const t = await startCloud();
    const nothing = {
      description: null,
      uiTemplate: null,
      iconName: null,
      iconColor: null,
      manufacturer: null,
      model: null,
      status: null,
      activationMode: null,
    };
    expect(words(await create(t, { ...MINIMAL, ...nothing }))).toBe('200 success');
    expect((await t.as('GET', path('P'))).body.data).toMatchObject({ description: '', status: 1 });
    await t.as('PUT', path('P'), { description: 'About it', status: 0 });
    expect(words(await t.as('PUT', path('P'), nothing))).toBe('200 success');
    expect((await t.as('GET', path('P'))).body.data).toMatchObject({ description: 'About it', status: 0 });
    expect((await t.as('GET', '/products?category=')).body.data.total).toBe(5);
    for (const field of ['name', 'category', 'controlMode']) {
      expect(words(await create(t, { ...MINIMAL, productKey: 'Q', [field]: null }))).toBe('400 invalid_parameter');
    }
  });

  test('have a key of their own', async () => {
    const t = await startCloud();
    expect(words(await create(t, { ...MINIMAL, productKey: 'SW-SERVO-001' }))).toBe('400 product_exists');
  });

  test.each([
    ['productKey', 'with space'],
    ['productKey', 'x'.repeat(33)],
    ['productKey', ''],
    ['productKey', 'a/b'],
    ['name', ''],
    ['category', ''],
    ['controlMode', 'Toggle'],
    ['iconColor', 'red'],
    ['status', 2],
    ['activationMode', 'closed'],
    ['productKey', undefined],
    ['name', undefined],
    ['category', undefined],
    ['controlMode', undefined],
  ])('are not made with %s %j', async (field, value) => {
    const t = await startCloud();
    const answer = await create(t, { ...MINIMAL, [field]: value });
    expect(words(answer)).toBe('400 invalid_parameter');
    expect(answer.body.detail).toContain(field);
  });

  test('are changed by what a request names, by any user', async () => {
    const t = await startCloud();
    await create(t, NEW_PRODUCT);
    const anna = await signUp(t, 'anna');
    const changed = await anna('PUT', path('SW-SERVO-002'), { name: 'New', iconColor: '#fff', status: 0 });
    matches('updateProduct', changed);
    expect(changed.body.data).toEqual({ productId: 5, ...NEW_PRODUCT, name: 'New', iconColor: '#fff', status: 0 });
    expect((await anna('PUT', path('SW-SERVO-002'), NEW_PRODUCT)).body.data).toEqual({
      productId: 5,
      ...NEW_PRODUCT,
      status: 0,
    });
    expect(words(await anna('PUT', path('SW-SERVO-002'), { productKey: 'X' }))).toBe('400 invalid_parameter');
    expect(words(await anna('PUT', path('NOPE'), {}))).toBe('404 product_not_found');
  });

  test('that are disabled refuse activation and end the sessions of their boards, until they are enabled', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    const board = await t.online(activation);
    const [closed, offline] = [board.closed(), t.next('deviceOffline')];
    await t.as('PUT', path('SW-SERVO-001'), { status: 0 });
    await Promise.all([closed, offline]);
    const request = { productKey: 'SW-SERVO-001', deviceSN: 'AABBCCDDEEFF' };
    expect(words(await t.call('POST', '/devices/activate', request))).toBe('403 product_disabled');
    await expect(t.connect(activation)).rejects.toMatchObject({ code: 5 });
    await t.as('PUT', path('SW-SERVO-001'), { status: 1 });
    await t.online(activation);
  });

  test('without devices can be deleted, others are in use', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    expect(words(await t.as('DELETE', path('SW-SERVO-001')))).toBe('400 product_in_use');
    await t.as('DELETE', `/devices/${deviceId}`);
    const deleted = await t.as('DELETE', path('SW-SERVO-001'));
    matches('deleteProduct', deleted);
    expect(words(await t.as('DELETE', path('SW-SERVO-001')))).toBe('404 product_not_found');
    expect(words(await t.call('POST', '/devices/activate', { productKey: 'SW-SERVO-001', deviceSN: 'A' }))).toBe(
      '400 invalid_product_key',
    );
  });

  test('made here are commanded by their control mode', async () => {
    const t = await startCloud();
    await create(t, { ...MINIMAL, controlMode: 'readonly' });
    const { deviceId } = await t.activate('A', 'P');
    const control = () => t.as('POST', `/devices/${deviceId}/control`, { action: 'trigger' });
    expect(words(await control())).toBe('400 control_not_supported');
    await t.as('PUT', path('P'), { controlMode: 'toggle' });
    expect(words(await control())).toBe('200 success');
  });

  test('keep over a restart what a user set', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    await first.as('PUT', path('SW-SERVO-001'), { name: 'Mine' });
    await create(first, MINIMAL);
    await first.cloud.close();
    const second = await startCloud({ dataDir });
    expect((await second.as('GET', path('SW-SERVO-001'))).body.data.name).toBe('Mine');
    expect((await second.as('GET', path('P'))).status).toBe(200);
  });
});
