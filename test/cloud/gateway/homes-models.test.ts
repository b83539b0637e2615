import { describe, expect, test } from 'vitest';
import { exampleBodies } from '../../../host-sim/cloud/domain/homes/manual-examples.js';
import { shippedProducts } from '../../../host-sim/products/load.js';
import { startCloud, type TestCloud } from '../support/fixture.js';
import { userOf, wordOf } from '../support/gateway.js';

const person = (t: TestCloud) => userOf(t, 'blusmartprod', 'anna');
const EN = { 'accept-language': 'en' };
const MADE = { productKey: 'MADE-1', name: 'Made', category: 'other', controlMode: 'toggle' };

/** Every product that is shipped, and one that was made over the API. */
async function withProducts() {
  const t = await startCloud({ products: shippedProducts() });
  await t.as('POST', '/products', MADE);
  return { t, ask: await person(t) };
}

describe('the model of a product', () => {
  test('is told in the language of the request, in version 2 with the thing model', async () => {
    const { t, ask } = await withProducts();
    const at = (version: number, productKey: string) => `/device/model/v${version}/detail?productKey=${productKey}`;
    const zh = (await ask('GET', at(1, 'SW-SERVO-001'))).body.data;
    expect(zh).toMatchObject({ name: '智能舵机开关', chipModel: 'ESP32', firmwareVersion: '1.0.0', isEnabled: true });
    expect(zh).not.toHaveProperty('thingModel');
    const en = (await ask('GET', at(2, 'SW-SERVO-001'), undefined, EN)).body.data;
    const { thingModel, ...rest } = en;
    expect(rest).toMatchObject({ name: 'Smart Servo Switch', description: 'ESP32 smart servo switch' });
    expect(thingModel).toEqual((await t.as('GET', '/products/SW-SERVO-001/thing-model')).body.data);
    await t.as('PUT', '/products/SW-SERVO-001', { name: 'Renamed', status: 0 });
    expect((await ask('GET', at(1, 'SW-SERVO-001'))).body.data).toMatchObject({ name: 'Renamed', isEnabled: false });
    const made = (await ask('GET', at(2, 'MADE-1'))).body.data;
    expect(made).toMatchObject({ name: 'Made', chipModel: null, firmwareVersion: null, thingModel: null });
    for (const version of [1, 2]) expect(wordOf(await ask('GET', at(version, 'NONE')))).toBe('404 product_not_found');
  });

  test('stands in its category', async () => {
    const { ask } = await withProducts();
    const { data } = (await ask('GET', '/device/model/v1/category', undefined, EN)).body;
    const names = data.list.map((one: { category: string }) => one.category);
    expect(names).toEqual([...names].sort());
    expect(data.list.find((one: { category: string }) => one.category === 'other')).toEqual({
      category: 'other',
      productCount: 1,
      products: [expect.objectContaining({ productKey: 'MADE-1', name: 'Made' })],
    });
    const page = (await ask('GET', '/device/model/v1/category?pageNum=2&pageSize=1')).body.data;
    expect(page).toMatchObject({ total: names.length, list: [{ category: names[1] }] });
  });
});

describe('the manual', () => {
  const manualOf = async (t: TestCloud, productKey: string, headers = {}) =>
    (await (await person(t))('GET', `/device/manual/v1/getManual?productKey=${productKey}`, undefined, headers)).body
      .data;

  test.each(shippedProducts().map(({ productKey }) => productKey))('of %s gives bodies that are taken', async (key) => {
    const { t } = await withProducts();
    const { deviceId } = await t.activate('AABBCCDDEEFF', key);
    const { sections } = await manualOf(t, key, EN);
    const bodies = sections
      .find((section: { title: string }) => section.title === 'What it can be told')
      .text.split('\n')
      .filter((line: string) => line.startsWith('{'));
    const definition = shippedProducts().find(({ productKey }) => productKey === key)!;
    expect(bodies).toEqual(exampleBodies({ controlMode: definition.controlMode, definition }));
    expect(bodies.length > 0).toBe(definition.controlMode !== 'readonly');
    for (const body of bodies) {
      expect([body, (await t.as('POST', `/devices/${deviceId}/control`, body)).status]).toEqual([body, 200]);
    }
  });

  test('has the same chapters in both languages, none of them empty', async () => {
    const { t } = await withProducts();
    for (const { productKey } of shippedProducts()) {
      const [zh, en] = [await manualOf(t, productKey), await manualOf(t, productKey, EN)];
      expect([zh.language, en.language]).toEqual(['zh', 'en']);
      expect(zh.sections.length).toBe(en.sections.length);
      for (const { title, text } of [...zh.sections, ...en.sections]) {
        expect(title.length * text.length).toBeGreaterThan(0);
        expect(text).not.toMatch(/undefined|NaN|\[object/);
      }
      for (const { text } of en.sections) expect(text).not.toMatch(/\p{Script=Han}/u);
    }
  });

  test('of a product that nobody has defined says what is known', async () => {
    const { t } = await withProducts();
    const { sections } = await manualOf(t, 'MADE-1', EN);
    expect(sections.map(({ title }: { title: string }) => title)).toEqual([
      'What it is',
      'Setting it up',
      'What it can be told',
    ]);
    expect(wordOf(await (await person(t))('GET', '/device/manual/v1/getManual?productKey=NONE'))).toBe(
      '404 product_not_found',
    );
  });
});
