import { describe, expect, test } from 'vitest';
import { OwnSettings } from '../../../host-sim/cloud/domain/homes/own-settings.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { UserDeviceStore } from '../../../host-sim/cloud/store/user-device-store.js';
import { startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { type Ask, userOf, wordOf } from '../support/gateway.js';

const person = (t: TestCloud, name: string) => userOf(t, 'blusmartprod', name);
const BASIC = '/device/basic/v1';
const GROUP = '/device/group/v1';
const SPACE = '/user/space/v1';

const bind = (ask: Ask, deviceSN: string) => ask('POST', '/device/basic/v2/bind', { deviceSN });
const idsOf = async (ask: Ask, path: string): Promise<string[]> =>
  (await ask('GET', path)).body.data.list.map((one: { deviceId: string }) => one.deviceId);
const homeOf = (ask: Ask) => idsOf(ask, `${GROUP}/homeDevices`);
const byMac = async (ask: Ask, mac: string) =>
  (await ask('GET', `${BASIC}/findDeviceByBluetooth?mac=${mac}`)).body.data;

/** Anna has four boards in a space that Bob shares; Carl has nothing to do with them. */
async function household(t: TestCloud) {
  const [anna, bob, carl] = [await person(t, 'anna'), await person(t, 'bob'), await person(t, 'carl')];
  const deviceIds: string[] = [];
  for (const sn of ['SN-A', 'SN-B', 'SN-C', 'SN-D']) {
    deviceIds.push((await t.activate(sn)).deviceId);
    await bind(anna, sn);
  }
  const { spaceId } = (await byMac(anna, 'SN-A')) as { spaceId: string };
  const shared = await anna('POST', `${SPACE}/shareSpace`, { spaceId, username: 'bob' });
  const [, { userId: bobId }] = shared.body.data.list;
  const [{ userId: annaId }] = shared.body.data.list;
  return { t, anna, bob, carl, spaceId, deviceIds: deviceIds as [string, string, string, string], annaId, bobId };
}

describe('a user’s own view of a device', () => {
  test('is nobody else’s, and lasts over a restart', async () => {
    const dataDir = temporaryDirectory();
    const { t, anna, deviceIds } = await household(await startCloud({ dataDir }));
    const [a, b, c, d] = deviceIds;
    await anna('POST', `${BASIC}/updateUserDeviceInfo`, { deviceId: a, alias: 'Mine', remark: 'Left' });
    await anna('POST', `${BASIC}/updateEmissionRate`, { deviceId: a, emissionRate: 0.42 });
    await anna('POST', `${GROUP}/updateDeviceSortData`, { deviceIds: [d, b] });
    await anna('POST', `${GROUP}/deviceTop`, { deviceId: c, isTop: true });
    await t.cloud.close();
    const again = await startCloud({ dataDir });
    const [annaAgain, bobAgain] = [await person(again, 'anna'), await person(again, 'bob')];
    expect(await homeOf(annaAgain)).toEqual([c, d, b, a]);
    expect(await homeOf(bobAgain)).toEqual([a, b, c, d]);
    expect(await byMac(annaAgain, 'SN-A')).toMatchObject({ name: 'Mine', alias: 'Mine', remark: 'Left', sort: null });
    expect(await byMac(annaAgain, 'SN-A')).toMatchObject({ emissionRate: 0.42 });
    expect(await byMac(bobAgain, 'SN-A')).toMatchObject({ alias: null, remark: null, emissionRate: null });
  });

  test('can be taken back', async () => {
    const { anna, deviceIds } = await household(await startCloud());
    const [deviceId, other] = deviceIds;
    const set = async (path: string, body: object) => (await anna('POST', path, { deviceId, ...body })).body.data;
    const info = `${BASIC}/updateUserDeviceInfo`;
    await set(info, { alias: 'Mine', remark: 'Left' });
    expect(await set(info, { remark: null })).toMatchObject({ alias: 'Mine', remark: 'Left' });
    const { deviceName } = await set(info, { alias: '' });
    expect(await set(info, { remark: '' })).toMatchObject({ name: deviceName, alias: null, remark: null });
    await set(`${BASIC}/updateEmissionRate`, { emissionRate: 5 });
    expect((await set(`${BASIC}/updateEmissionRate`, { emissionRate: null })).emissionRate).toBeNull();
    await set(`${GROUP}/deviceTop`, { isTop: true });
    expect((await set(`${GROUP}/deviceTop`, { isTop: false })).isTop).toBe(false);
    await anna('POST', `${GROUP}/updateDeviceSortData`, { deviceIds: [other] });
    await anna('POST', `${GROUP}/updateDeviceSortData`, { deviceIds: [] });
    expect(await homeOf(anna)).toEqual(deviceIds);
  });

  test.each([-0.1, 5.1, '1', Number.MAX_VALUE])('takes no emission rate of %j', async (emissionRate) => {
    const { anna, deviceIds } = await household(await startCloud());
    const body = { deviceId: deviceIds[0], emissionRate };
    expect(wordOf(await anna('POST', `${BASIC}/updateEmissionRate`, body))).toBe('400 invalid_parameter');
  });

  test('is of what he sees, and an order with anything else in it is none', async () => {
    const { anna, carl, deviceIds } = await household(await startCloud());
    const [deviceId] = deviceIds;
    for (const [path, body] of [
      [`${BASIC}/updateUserDeviceInfo`, { alias: 'x' }],
      [`${BASIC}/updateEmissionRate`, { emissionRate: 1 }],
      [`${BASIC}/update`, { name: 'x' }],
      [`${GROUP}/deviceTop`, { isTop: true }],
    ] as const) {
      expect(wordOf(await carl('POST', path, { deviceId, ...body }))).toBe('404 device_not_found');
    }
    const order = { deviceIds: [...deviceIds].reverse().concat('dev_other') };
    expect(wordOf(await anna('POST', `${GROUP}/updateDeviceSortData`, order))).toBe('404 device_not_found');
    expect(await homeOf(anna)).toEqual(deviceIds);
  });
});

test('a user keeps settings of 2,000 devices; what he took back, or no longer sorts, is not counted', async () => {
  const database = await openDatabase(':memory:');
  // Settings alone, without the users and devices that they are about.
  database.exec('PRAGMA foreign_keys = OFF');
  const settings = new OwnSettings({
    store: new UserDeviceStore(database),
    access: { device: (_userId: number, deviceId: string) => ({ seq: Number(deviceId) }) } as never,
    transaction: (work) => database.transaction(work)(),
  });
  const user = { userId: 1, username: 'anna', email: null };
  const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => String(first + index));
  for (let first = 1; first <= 4_001; first += 500) settings.sort(user, from(first, 500));
  settings.sort(user, from(1, 1_999));
  settings.set(user, '5000', { alias: 'Mine' });
  settings.set(user, '5000', { isTop: true });
  const refusal = 'a user keeps settings of at most 2000 devices';
  expect(() => settings.set(user, '5001', { emissionRate: 0.4 })).toThrow(refusal);
  expect(settings.emissionRate(user, 5_001)).toBeNull();
  expect(() => settings.sort(user, from(1, 2_000))).toThrow(refusal);
  settings.set(user, '5000', { alias: null, isTop: false });
  settings.set(user, '5001', { emissionRate: 0.4 });
  expect(settings.emissionRate(user, 5_001)).toBe(0.4);
  database.close();
});

test('a device is renamed for everybody, by a member too', async () => {
  const { anna, bob, deviceIds } = await household(await startCloud());
  const renamed = await bob('POST', `${BASIC}/update`, { deviceId: deviceIds[0], name: 'Cellar' });
  expect(renamed.body.data).toMatchObject({ name: 'Cellar', deviceName: 'Cellar', role: 'member' });
  expect(await byMac(anna, 'SN-A')).toMatchObject({ name: 'Cellar', role: 'owner' });
});

describe('the page of devices', () => {
  test.each([1, 2, 3])('has all that the caller sees, filtered and page by page, in version %i', async (version) => {
    const { t, anna, carl, spaceId, deviceIds } = await household(await startCloud());
    const free = await t.activate('FREE', 'SW-DIM-001');
    const page = `/device/group/v${version}/findDevicePage`;
    expect(await idsOf(anna, page)).toEqual([...deviceIds, free.deviceId]);
    expect(await idsOf(carl, page)).toEqual([free.deviceId]);
    expect((await anna('GET', `${page}?pageNum=2&pageSize=2`)).body.data).toMatchObject({
      total: 5,
      pageNum: 2,
      pageSize: 2,
      list: [{ deviceId: deviceIds[2] }, { deviceId: deviceIds[3] }],
    });
    expect(await idsOf(anna, `${page}?productKey=SW-DIM-001`)).toEqual([free.deviceId]);
    expect(await idsOf(anna, `${page}?spaceId=${spaceId}&keyword=sn-b`)).toEqual([deviceIds[1]]);
    expect(await idsOf(carl, `${page}?spaceId=${spaceId}`)).toEqual([]);
    await anna('POST', `${BASIC}/updateUserDeviceInfo`, { deviceId: deviceIds[3], alias: 'Attic' });
    expect(await idsOf(anna, `${page}?keyword=ATTIC`)).toEqual([deviceIds[3]]);
    await t.online(free);
    expect(await idsOf(anna, `${page}?status=1`)).toEqual([free.deviceId]);
  });

  test('is searched for what was written, also where LIKE means something else by it', async () => {
    const t = await startCloud();
    const anna = await person(t, 'anna');
    const names = ['100% up', 'under_score', 'back\\slash', "quo'te"];
    for (const [index, name] of names.entries()) {
      const { deviceId } = await t.activate(`S${index}`);
      await anna('POST', `${BASIC}/update`, { deviceId, name });
    }
    const found = async (keyword: string) => {
      const answer = await anna('GET', `${BASIC}/deviceRemoteSearch?keyword=${encodeURIComponent(keyword)}`);
      return answer.body.data.list.map((one: { name: string }) => one.name);
    };
    expect(await found('%')).toEqual(['100% up']);
    expect(await found('r_s')).toEqual(['under_score']);
    for (const wild of ['u_der', 'u%r', '0_ up']) expect(await found(wild)).toEqual([]);
    expect(await found('\\')).toEqual(['back\\slash']);
    expect(await found("'")).toEqual(["quo'te"]);
    expect(await found("' OR 1=1 --")).toEqual([]);
  });
});

describe('a board that is near', () => {
  test('is found by its name over BLE, by its number, and while it is online', async () => {
    const t = await startCloud();
    const activation = await t.activate('A0B1C2D3E4F5');
    await t.online(activation);
    const anna = await person(t, 'anna');
    for (const query of [
      'name=IoT-Switch-E4F5',
      'mac=A0B1C2D3E4F5',
      'mac=a0:b1:c2:d3:e4:f5',
      'mac=A0-B1-C2-D3-E4-F5',
    ]) {
      const answer = await anna('GET', `${BASIC}/findDeviceByBluetooth?${query}`, undefined, {
        'accept-language': 'en',
      });
      expect(answer.body.data).toMatchObject({ deviceId: activation.deviceId, online: true, statusText: 'online' });
    }
  });

  test('is not found by a part of its name, nor by who does not see it, nor when two have that name', async () => {
    const { t, anna, carl } = await household(await startCloud());
    const ask = (who: Ask, query: string) => who('GET', `${BASIC}/findDeviceByBluetooth?${query}`);
    expect((await ask(anna, 'name=IoT-Switch-SN-A')).status).toBe(200);
    for (const name of ['IoT-Switch-', 'SN-A', 'IoT-Switch-%25', 'IoT-Switch-sn-a', 'SmartLink-SN-A']) {
      expect(wordOf(await ask(anna, `name=${name}`))).toBe('404 device_not_found');
    }
    expect(wordOf(await ask(carl, 'name=IoT-Switch-SN-A'))).toBe('404 device_not_found');
    await t.activate('OTHER-SN-A');
    expect((await ask(anna, 'name=IoT-Switch-SN-A')).body.msg).toMatch(/^invalid_parameter: several/);
    expect((await ask(anna, '')).body.msg).toBe('invalid_parameter: give either name or mac');
    expect((await ask(anna, 'name=a&mac=b')).body.msg).toBe('invalid_parameter: give either name or mac');
  });
});

describe('sharing', () => {
  test('is shown to who shares, the owner first, and of what is everybody’s nobody is named', async () => {
    const { t, anna, bob, carl, deviceIds, annaId, bobId } = await household(await startCloud());
    const path = `${BASIC}/shareGroupMemberList?deviceId=`;
    const members = [
      { userId: annaId, username: 'anna', role: 'owner' },
      { userId: bobId, username: 'bob', role: 'member' },
    ];
    for (const ask of [anna, bob]) {
      const { data } = (await ask('GET', path + deviceIds[0])).body;
      expect(data).toEqual({ total: 2, pageNum: 1, pageSize: 20, list: members });
    }
    expect((await anna('GET', `${path}${deviceIds[0]}&pageSize=1&pageNum=2`)).body.data.list).toEqual([members[1]]);
    expect(wordOf(await carl('GET', path + deviceIds[0]))).toBe('404 device_not_found');
    const { deviceId } = await t.activate('FREE');
    expect((await carl('GET', path + deviceId)).body.data).toMatchObject({ total: 0, list: [] });
  });

  test('ends by the owner for anybody, by a member for himself, and the owner stays', async () => {
    const { t, anna, bob, carl, deviceIds, annaId, bobId, spaceId } = await household(await startCloud());
    const [deviceId] = deviceIds;
    const end = (ask: Ask, userId: number, body?: object) =>
      ask('DELETE', `${BASIC}/delShareMember${body ? '' : `?deviceId=${deviceId}&userId=${userId}`}`, body);
    const shared = t.next('spaceShared');
    await anna('POST', `${SPACE}/shareSpace`, { spaceId, username: 'carl' });
    const { userId: carlId, by } = await shared;
    expect(by).toBe(annaId);
    expect(wordOf(await end(bob, carlId))).toBe('403 forbidden');
    expect(wordOf(await end(bob, annaId))).toBe('403 forbidden');
    expect(wordOf(await end(anna, annaId))).toBe('403 forbidden');
    expect((await end(anna, carlId)).status).toBe(200);
    expect(await homeOf(carl)).toEqual([]);
    expect(wordOf(await end(anna, carlId))).toBe('404 not_found');
    expect(wordOf(await end(carl, bobId))).toBe('404 device_not_found');
    expect((await end(bob, bobId, { deviceId, userId: bobId })).status).toBe(200);
    expect(await homeOf(bob)).toEqual([]);
    expect((await anna('DELETE', `${BASIC}/delShareMember`)).body.msg).toBe('invalid_parameter: deviceId is required');
  });
});

describe('spaces', () => {
  test('are projects of SmartLink’s API', async () => {
    const t = await startCloud();
    const anna = await person(t, 'anna');
    const { data } = (await anna('POST', `${SPACE}/createSpace`, { name: 'Attic', description: 'up' })).body;
    expect(data).toMatchObject({ name: 'Attic', description: 'up', role: 'owner', deviceCount: 0 });
    expect(wordOf(await anna('POST', `${SPACE}/createSpace`, { name: '' }))).toBe('400 invalid_parameter');
  });

  test('list what is in them, to who shares them', async () => {
    const { t, anna, bob, carl, spaceId, deviceIds } = await household(await startCloud());
    const path = `${SPACE}/getSpaceDeviceList`;
    const free = await t.activate('FREE');
    expect(await idsOf(bob, `${path}?spaceId=${spaceId}`)).toEqual(deviceIds);
    expect(await idsOf(anna, path)).toEqual(deviceIds);
    expect(await idsOf(carl, path)).toEqual([]);
    expect(await idsOf(carl, `${path}?spaceId=proj_default`)).toEqual([free.deviceId]);
    expect(wordOf(await carl('GET', `${path}?spaceId=${spaceId}`))).toBe('404 project_not_found');
  });

  test('take devices from everybody and from the owner’s other spaces, all or none', async () => {
    const { t, anna, bob, carl, spaceId, deviceIds } = await household(await startCloud());
    const free = await t.activate('FREE');
    const attic = (await anna('POST', `${SPACE}/createSpace`, { name: 'Attic' })).body.data.spaceId;
    const add = (ask: Ask, body: object) => ask('POST', `${SPACE}/spaceAddDevice`, body);
    await bob('POST', `${BASIC}/updateUserDeviceInfo`, { deviceId: deviceIds[0], alias: 'Bob’s' });
    const moved = await add(anna, { spaceId: attic, deviceId: free.deviceId, deviceIds: [deviceIds[0]] });
    expect(moved.body.data).toMatchObject({ total: 2 });
    expect(await homeOf(bob)).toEqual(deviceIds.slice(1));
    await add(anna, { spaceId, deviceId: deviceIds[0] });
    expect((await byMac(bob, 'SN-A')).alias).toBeNull();
    const dora = await person(t, 'dora');
    const mine = (await dora('POST', `${SPACE}/createSpace`, { name: 'Mine' })).body.data.spaceId;
    const bobs = (await bob('POST', `${SPACE}/createSpace`, { name: 'Bob’s' })).body.data.spaceId;
    const other = await t.activate('OTHER');
    expect(wordOf(await add(dora, { spaceId: mine, deviceIds: [other.deviceId, deviceIds[0]] }))).toBe(
      '404 device_not_found',
    );
    expect(await homeOf(dora)).toEqual([]);
    expect(wordOf(await add(bob, { spaceId: bobs, deviceId: deviceIds[0] }))).toBe('403 forbidden');
    expect(wordOf(await add(bob, { spaceId, deviceId: other.deviceId }))).toBe('403 forbidden');
    expect(wordOf(await add(carl, { spaceId, deviceId: other.deviceId }))).toBe('404 project_not_found');
    expect((await add(anna, { spaceId })).body.msg).toBe('invalid_parameter: deviceId or deviceIds is required');
    expect(await homeOf(anna)).toContain(deviceIds[0]);
  });

  test('are shared by their owner, by one name of a user, and a name of nobody tells as little as SmartLink', async () => {
    const { t, anna, bob, carl, spaceId } = await household(await startCloud());
    await t.call('POST', '/users/register', { username: 'dora', email: 'dora@example.com', password: 'password123' });
    const share = (ask: Ask, whom: object) => ask('POST', `${SPACE}/shareSpace`, { spaceId, ...whom });
    const { data } = (await share(anna, { email: 'dora@example.com' })).body;
    expect(data.list.map((one: { username: string }) => one.username)).toEqual(['anna', 'bob', 'dora']);
    const unknown = await share(anna, { username: 'nobody' });
    const { body } = await t.as('POST', '/projects', { projectName: 'x' });
    const known = await t.as('POST', `/projects/${body.data.projectId}/members`, { username: 'nobody' });
    expect(unknown.body.msg).toBe(`${known.body.message}: ${known.body.detail}`);
    expect((await share(anna, { phone: '+8613800138000' })).body.msg).toBe(unknown.body.msg);
    expect(wordOf(await share(anna, {}))).toBe('400 invalid_parameter');
    expect(wordOf(await share(anna, { username: 'carl', email: 'dora@example.com' }))).toBe('400 invalid_parameter');
    expect(wordOf(await share(bob, { username: 'carl' }))).toBe('403 forbidden');
    expect(wordOf(await share(carl, { username: 'carl' }))).toBe('404 project_not_found');
    expect(wordOf(await share(anna, { username: 'carl', spaceId: 'proj_default' }))).toBe('403 forbidden');
  });
});
