import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../host-sim/cloud/store/database.js';
import { containing } from '../../host-sim/cloud/store/like.js';
import { onCleanup, startCloud, type TestCloud } from './support/fixture.js';
import { signUp } from './support/people.js';

const query = (search: string, more: Record<string, string> = {}) => `?${new URLSearchParams({ search, ...more })}`;

describe('devices that are looked for', () => {
  const NAMES = { A1B2: 'Küche 100%', C3D4: 'hall_lamp', E5F6: "O'Brien \\ <b>" };

  async function withDevices() {
    const t = await startCloud();
    for (const [deviceSN, name] of Object.entries(NAMES)) {
      await t.as('POST', '/devices', { productKey: 'SW-SERVO-001', deviceSN, name });
    }
    return t;
  }
  const serials = async (t: TestCloud, search: string, more: Record<string, string> = {}): Promise<string[]> => {
    const { list, total } = (await t.as('GET', `/devices${query(search, more)}`)).body.data;
    expect(total).toBe(list.length);
    return list.map(({ deviceSN }: { deviceSN: string }) => deviceSN);
  };

  test('are found by a part of name, serial number or id, in any case of A to Z', async () => {
    const t = await withDevices();
    expect(await serials(t, 'HALL')).toEqual(['C3D4']);
    expect(await serials(t, '1b2')).toEqual(['A1B2']);
    expect(await serials(t, "o'brien")).toEqual(['E5F6']);
    const { list } = (await t.as('GET', '/devices')).body.data;
    const { deviceId, deviceSN } = list[1];
    expect(await serials(t, deviceId.slice(4).toUpperCase())).toEqual([deviceSN]);
    expect(await serials(t, 'dev_')).toEqual(Object.keys(NAMES));
    expect(await serials(t, 'nothing like it')).toEqual([]);
  });

  test('are found by what means something to LIKE, as it is written', async () => {
    const t = await withDevices();
    expect(await serials(t, '%')).toEqual(['A1B2']);
    expect(await serials(t, '0%')).toEqual(['A1B2']);
    expect(await serials(t, 'l_l')).toEqual(['C3D4']);
    expect(await serials(t, 'h_ll')).toEqual([]);
    expect(await serials(t, '\\')).toEqual(['E5F6']);
    expect(await serials(t, "' OR 1=1 --")).toEqual([]);
  });

  test('are those that fit the other filters, too, page by page', async () => {
    const t = await withDevices();
    await t.activate('C3D4', 'SW-DIM-001');
    expect(await serials(t, 'c3', { productKey: 'SW-SERVO-001' })).toEqual(['C3D4']);
    expect(await serials(t, 'c3', { productKey: 'SW-DIM-001', status: '2' })).toEqual(['C3D4']);
    expect(await serials(t, 'c3', { status: '1' })).toEqual([]);
    expect(await serials(t, 'hall', { projectId: 'proj_default' })).toEqual(['C3D4']);
    const page = (await t.as('GET', `/devices${query('dev_', { page: '2', size: '3' })}`)).body.data;
    expect(page).toMatchObject({ list: [{ deviceSN: 'C3D4' }], total: 4, page: 2, size: 3 });
  });

  test('are all where nothing is looked for, and none for what is no line of 128 characters', async () => {
    const t = await withDevices();
    expect(await serials(t, '')).toEqual(Object.keys(NAMES));
    expect(await serials(t, 'x'.repeat(128))).toEqual([]);
    // LIKE would read no further than the zero.
    for (const search of ['x'.repeat(129), '\u0000', 'x\u0000', 'a\nb']) {
      const { body } = await t.as('GET', `/devices${query(search)}`);
      expect(body).toMatchObject({ code: 400, detail: expect.stringContaining('search') });
    }
  });

  test('are never those that somebody may not see', async () => {
    const t = await withDevices();
    const anna = await signUp(t, 'anna');
    const { projectId } = (await anna('POST', '/projects', { projectName: 'Home' })).body.data;
    await anna('POST', '/devices', { productKey: 'SW-SERVO-001', deviceSN: 'F00D', name: 'hall at home', projectId });
    expect(await serials(t, 'hall')).toEqual(['C3D4']);
    expect((await anna('GET', `/devices${query('hall')}`)).body.data.total).toBe(2);
  });
});

describe('products that are looked for', () => {
  const keys = async (t: TestCloud, search: string, more: Record<string, string> = {}): Promise<string[]> => {
    const { list, products, total } = (await t.as('GET', `/products${query(search, more)}`)).body.data;
    expect(products).toEqual(list);
    expect(total).toBe(list.length);
    return list.map(({ productKey }: { productKey: string }) => productKey);
  };

  test('are found by a part of name, key or category, and fit the other filter, too', async () => {
    const t = await startCloud();
    const made = { productKey: 'X_1', name: '50% Dimmer', category: 'Lamps', controlMode: 'dimmer' };
    expect((await t.as('POST', '/products', made)).body.message).toBe('success');
    expect(await keys(t, 'dim')).toContain('X_1');
    expect(await keys(t, 'lamps')).toEqual(['X_1']);
    expect(await keys(t, 'x_1')).toEqual(['X_1']);
    expect(await keys(t, '50%')).toEqual(['X_1']);
    expect(await keys(t, 'servo-')).toEqual(['SW-SERVO-001']);
    expect(await keys(t, 'servo-', { category: 'Lamps' })).toEqual([]);
    expect(await keys(t, '_')).toEqual(['X_1']);
    expect(await keys(t, '')).toHaveLength(5);
    const page = (await t.as('GET', `/products${query('sw-', { page: '2', size: '3' })}`)).body.data;
    expect(page).toMatchObject({ total: 4, page: 2, size: 3 });
    expect(page.list).toHaveLength(1);
  });
});

test('a part is found where JavaScript finds it, whatever characters it has', async () => {
  const database = await openDatabase(':memory:');
  onCleanup(() => {
    database.close();
  });
  const like = database.prepare<[string, string], { n: number }>("SELECT ? LIKE ? ESCAPE '\\' AS n");
  const lower = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  // Of few characters, so that it is often in there; those that mean something among them.
  const some = fc.string({ unit: fc.constantFrom('%', '_', '\\', 'a', 'A', 'K', '\u212a', 'ü', "'"), maxLength: 6 });
  fc.assert(
    fc.property(some, some, (text, part) => {
      expect(like.get(text, containing(part))!.n).toBe(lower(text).includes(lower(part)) ? 1 : 0);
    }),
    { numRuns: 2_000 },
  );
});
