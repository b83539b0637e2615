import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import { ONE_REQUEST, startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { type Ask, askGateway, userOf, wordOf } from '../support/gateway.js';
import { FakeProvider } from '../support/identity-provider.js';
import { startTlsCloud } from '../support/tls.js';

const userOfCenter = (t: TestCloud, username: string): Promise<Ask> => userOf(t, 'bluuc', username);

const GET = '/uc/v1/basic/get';
const EXTEND = '/uc/v1/basic/updateExtendInfo';
const LIST = '/uc/v1/address/list/paged';
const ADD = '/uc/v1/address/add';
const UPDATE = '/uc/v3/address/update';
const DELETE = '/uc/v1/address/delete';

const HOME = { name: 'Ada', phone: '+44 20 7946 0958', country: 'GB', city: 'London', street: '12 St James’s Square' };

const profileOf = async (ask: Ask) => (await ask('GET', GET)).body.data;
const updateOf = async (ask: Ask) => `/uc/v1/basic/update/${(await profileOf(ask)).userId}`;

describe('a profile', () => {
  test('shows what its user registered with, and null for what he has not said', async () => {
    const clock = new TestClock(Date.UTC(2026, 0, 10, 10));
    const t = await startCloud({ environment: clock.environment });
    await t.call('POST', '/users/register', {
      username: 'ada',
      email: 'ada@example.com',
      name: 'A',
      password: 'pass-word',
    });
    const { token } = (await t.login({ name: 'ada', password: 'pass-word' })).body.data;
    const { body } = await askGateway(t, 'GET', `/api/bluuc${GET}`, undefined, { authorization: `Bearer ${token}` });
    expect(body.data).toEqual({
      userId: 2,
      username: 'ada',
      email: 'ada@example.com',
      phone: null,
      name: 'A',
      nickname: null,
      gender: null,
      birthday: null,
      country: null,
      avatar: null,
      extendInfo: {},
      createdAt: '2026-01-10T10:00:00.000Z',
    });
  });

  test('changes in what is named, and an empty text takes that away', async () => {
    const t = await startCloud();
    const ada = await userOfCenter(t, 'ada');
    const update = await updateOf(ada);
    const said = { name: 'Ada King', nickname: '阿达', gender: 'female', birthday: '1815-12-10', country: 'gb' };
    expect(wordOf(await ada('POST', update, said))).toBe('400 invalid_parameter');
    const answer = await ada('POST', update, { ...said, birthday: '1915-12-10' });
    const kept = { name: 'Ada King', nickname: '阿达', gender: 'female', birthday: '1915-12-10', country: 'GB' };
    expect(answer.body.data).toMatchObject(kept);
    expect((await ada('POST', update, { nickname: '' })).body.data).toMatchObject({ ...kept, nickname: null });
    expect((await ada('POST', update, {})).body.data).toMatchObject({ ...kept, nickname: null });
    const empty = { name: '', gender: '', birthday: '', country: '' };
    const none = { name: null, gender: null, birthday: null, country: null };
    expect((await ada('POST', update, empty)).body.data).toMatchObject(none);
  });

  test('takes only days that have been, countries that there are, and text of one line', async () => {
    const clock = new TestClock(Date.UTC(2026, 0, 10, 12));
    const t = await startCloud({ environment: clock.environment });
    const ada = await userOfCenter(t, 'ada');
    const update = await updateOf(ada);
    for (const body of [
      { birthday: '2025-02-29' },
      { birthday: '2025-13-01' },
      { birthday: '2026-01-12' },
      { birthday: '1899-12-31' },
      { country: 'ZZ' },
      { country: 'EU' },
      { gender: 'f' },
      { nickname: 'a\nb' },
      { name: 'x'.repeat(129) },
    ]) {
      const answer = await ada('POST', update, body);
      expect([body, wordOf(answer)]).toEqual([body, '400 invalid_parameter']);
      expect(answer.body.msg).toContain(Object.keys(body)[0]);
    }
    // It is the 11th already on Kiritimati.
    expect((await ada('POST', update, { birthday: '2026-01-11' })).status).toBe(200);
  });

  test('is its user’s alone', async () => {
    const t = await startCloud();
    const ada = await userOfCenter(t, 'ada');
    const eve = await userOfCenter(t, 'eve');
    const update = await updateOf(ada);
    expect(wordOf(await eve('POST', update, { nickname: 'x' }))).toBe('403 forbidden');
    for (const id of ['0', '-1', '02', '2%20', 'me', "'%20OR%201=1", '9'.repeat(300)]) {
      expect(wordOf(await ada('POST', `/uc/v1/basic/update/${id}`, { nickname: 'x' }))).toBe('403 forbidden');
    }
    expect((await profileOf(ada)).nickname).toBeNull();
  });

  test('keeps an object of its user’s apps, of 4 KiB at most, over a restart', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const ada = await userOfCenter(t, 'ada');
    const extendInfo = { theme: 'dark', nested: [{ a: null }], ключ: 'é'.repeat(100) };
    expect((await ada('POST', EXTEND, { extendInfo: { old: true } })).status).toBe(200);
    expect((await ada('POST', EXTEND, { extendInfo })).body.data.extendInfo).toEqual(extendInfo);
    const room = 4_096 - Buffer.byteLength('{"x":""}');
    const tooMuch = await ada('POST', EXTEND, { extendInfo: { x: 'é'.repeat(room / 2 + 1) } });
    expect(tooMuch.body.msg).toBe('invalid_parameter: extendInfo must be at most 4096 bytes of JSON');
    await t.cloud.close();
    const again = await userOfCenter(await startCloud({ dataDir }), 'ada');
    expect((await profileOf(again)).extendInfo).toEqual(extendInfo);
    expect((await again('POST', EXTEND, { extendInfo: { x: 'x'.repeat(room) } })).status).toBe(200);
  });
});

describe('a picture of a user', () => {
  async function upload(t: TestCloud, username: string, type: string): Promise<string> {
    const { token } = (await t.login({ name: username, password: 'password123' })).body.data;
    const form = new FormData();
    form.append('file', new File(['bytes'], 'me', { type }));
    const response = await fetch(`${t.cloud.apiUrl}/api/midpfilec/file/v1/upload`, {
      method: 'POST',
      headers: { ...ONE_REQUEST, authorization: `Bearer ${token}` },
      body: form,
    });
    return ((await response.json()) as { data: { fileId: string } }).data.fileId;
  }

  test('is an image that he uploaded, until he deletes it', async () => {
    const t = await startCloud();
    const ada = await userOfCenter(t, 'ada');
    const eve = await userOfCenter(t, 'eve');
    const { userId } = await profileOf(ada);
    const show = (fileId: string, ask = ada) => ask('POST', `/uc/v1/basic/update/avatar/${userId}`, { fileId });
    const fileId = await upload(t, 'ada', 'image/png');
    expect((await show(fileId)).body.data.avatar).toMatchObject({ fileId, contentType: 'image/png', size: 5 });
    expect(wordOf(await show(fileId, eve))).toBe('403 forbidden');
    expect(wordOf(await show(await upload(t, 'eve', 'image/png')))).toBe('404 not_found');
    expect(wordOf(await show('file_0'))).toBe('404 not_found');
    const text = await show(await upload(t, 'ada', 'text/plain'));
    expect(text.body.msg).toBe('invalid_parameter: fileId must be of an image: this one is text/plain');
    expect((await profileOf(ada)).avatar.fileId).toBe(fileId);
    const { token } = (await t.login({ name: 'ada', password: 'password123' })).body.data;
    const path = `/api/midpfilec/file/v1/files/${fileId}`;
    const deleted = await askGateway(t, 'DELETE', path, undefined, { authorization: `Bearer ${token}` });
    expect(deleted.status).toBe(200);
    expect((await profileOf(ada)).avatar).toBeNull();
  });
});

describe('postal addresses', () => {
  test('are added, changed in what is named, and deleted', async () => {
    const t = await startCloud();
    const ada = await userOfCenter(t, 'ada');
    const { addressId, createdAt, ...added } = (await ada('POST', ADD, HOME)).body.data;
    expect(added).toEqual({ ...HOME, province: '', postcode: '', isDefault: false });
    const changed = { addressId, createdAt, ...added, postcode: 'SW1Y 4LB', city: 'Londres' };
    const change = { addressId, postcode: 'SW1Y 4LB', city: 'Londres' };
    expect((await ada('POST', UPDATE, change)).body.data).toEqual(changed);
    expect((await ada('GET', LIST)).body.data).toEqual({ total: 1, pageNum: 1, pageSize: 20, list: [changed] });
    expect((await ada('DELETE', DELETE, { addressId })).body.data).toBeNull();
    expect(wordOf(await ada('DELETE', DELETE, { addressId }))).toBe('404 not_found');
    expect(wordOf(await ada('POST', UPDATE, change))).toBe('404 not_found');
    expect((await ada('GET', LIST)).body.data.total).toBe(0);
  });

  test('are deleted by their id in the query too, and never without one', async () => {
    const t = await startCloud();
    const ada = await userOfCenter(t, 'ada');
    const { addressId } = (await ada('POST', ADD, HOME)).body.data;
    for (const query of ['', '?addressId=']) {
      const answer = await ada('DELETE', `${DELETE}${query}`);
      expect(answer.body.msg).toBe('invalid_parameter: addressId is required');
    }
    expect((await ada('DELETE', `${DELETE}?addressId=${addressId}`)).status).toBe(200);
  });

  test('have one default at most, which moves to the one that was last called so', async () => {
    const t = await startCloud();
    const ada = await userOfCenter(t, 'ada');
    const ids: number[] = [];
    for (const isDefault of [true, true, false]) {
      ids.push((await ada('POST', ADD, { ...HOME, isDefault })).body.data.addressId);
    }
    const defaults = async () =>
      (await ada('GET', LIST)).body.data.list.map((address: { isDefault: boolean }) => address.isDefault);
    expect(await defaults()).toEqual([false, true, false]);
    await ada('POST', UPDATE, { addressId: ids[2], isDefault: true });
    expect(await defaults()).toEqual([false, false, true]);
    await ada('POST', UPDATE, { addressId: ids[0], isDefault: false });
    expect(await defaults()).toEqual([false, false, true]);
    await ada('POST', UPDATE, { addressId: ids[2], isDefault: false });
    expect(await defaults()).toEqual([false, false, false]);
  });

  test('of somebody else are as if they did not exist', async () => {
    const t = await startCloud();
    const ada = await userOfCenter(t, 'ada');
    const eve = await userOfCenter(t, 'eve');
    const { addressId } = (await ada('POST', ADD, { ...HOME, isDefault: true })).body.data;
    await eve('POST', ADD, { ...HOME, isDefault: true });
    expect(wordOf(await eve('POST', UPDATE, { addressId, street: 'x' }))).toBe('404 not_found');
    expect(wordOf(await eve('POST', UPDATE, { addressId, isDefault: false }))).toBe('404 not_found');
    expect(wordOf(await eve('DELETE', DELETE, { addressId }))).toBe('404 not_found');
    expect((await ada('GET', LIST)).body.data.list).toMatchObject([{ addressId, ...HOME, isDefault: true }]);
  });

  test('are 50 at most, in pages, and a wrong one is named', async () => {
    const t = await startCloud();
    const ada = await userOfCenter(t, 'ada');
    for (let count = 0; count < 50; count += 1) await ada('POST', ADD, { ...HOME, city: `City ${count}` });
    const refused = await ada('POST', ADD, HOME);
    expect(refused.body.msg).toBe('forbidden: a user has at most 50 addresses: delete one first');
    const page = (await ada('GET', `${LIST}?pageNum=3&pageSize=20`)).body.data;
    expect(page).toMatchObject({ total: 50, pageNum: 3, pageSize: 20 });
    expect(page.list).toHaveLength(10);
    expect(page.list[0].city).toBe('City 40');
    for (const wrong of [{ country: 'XX' }, { phone: 'call me' }, { city: '' }, { street: 'a\u0000b' }]) {
      const answer = await ada('POST', UPDATE, { addressId: page.list[0].addressId, ...wrong });
      expect([wrong, wordOf(answer)]).toEqual([wrong, '400 invalid_parameter']);
      expect(answer.body.msg).toContain(Object.keys(wrong)[0]);
    }
  });
});

describe('an application to become a merchant', () => {
  test('is kept as pending', async () => {
    const t = await startCloud();
    const ada = await userOfCenter(t, 'ada');
    const apply = (body: object) => ada('POST', '/uc/v1/merchant/apply/applyMerchant', body);
    const application = { companyName: 'Engines Ltd', contact: 'Ada' };
    expect((await apply(application)).body.data).toMatchObject({ ...application, phone: null, status: 'pending' });
    expect((await apply({ ...application, phone: '1', email: 'a@b', remark: '' })).body.data.phone).toBe('1');
    expect(wordOf(await apply({ companyName: 'Engines Ltd' }))).toBe('400 invalid_parameter');
  });
});

describe('the functions of a cloud', () => {
  const CHECK = '/uc/functionGrayscale/v1/checkFunction';
  const enabled = async (t: TestCloud): Promise<string[]> => {
    const ask = await userOfCenter(t, 'ada');
    const { list } = (await ask('GET', CHECK)).body.data as { list: { function: string; enabled: boolean }[] };
    return list.filter((one) => one.enabled).map((one) => one.function);
  };

  test('are those that it was started with', async () => {
    expect(await enabled(await startCloud())).toEqual(['ota', 'notifications']);
    const hooks = { addresses: ['127.0.0.1'], secret: 'the-secret-of-the-hooks' };
    const socialProviders = [(await FakeProvider.create()).provider];
    expect(await enabled(await startCloud({ wsPort: 0, mqttHooks: hooks, socialProviders }))).toEqual([
      'ota',
      'websocket',
      'mqtt_hooks',
      'social_login',
      'notifications',
    ]);
    expect(await enabled(await startTlsCloud())).toEqual(['ota', 'tls', 'mutual_tls', 'websocket', 'notifications']);
  });

  test('are asked for one by one, and one that nobody knows is off', async () => {
    const ask = await userOfCenter(await startCloud(), 'ada');
    const of = async (name: string) => (await ask('GET', `${CHECK}?function=${name}`)).body.data;
    const page = { total: 1, pageNum: 1, pageSize: 20 };
    expect(await of('ota')).toEqual({ ...page, list: [{ function: 'ota', enabled: true }] });
    expect(await of('teleport')).toEqual({ ...page, list: [{ function: 'teleport', enabled: false }] });
    expect(await of('constructor')).toEqual({ ...page, list: [{ function: 'constructor', enabled: false }] });
  });
});
