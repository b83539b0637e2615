import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import {
  ATTRIBUTES,
  ask,
  BIND,
  COMMAND,
  LIST,
  PHONE,
  signUpByPhone,
  startEndUserCloud,
  UNBIND,
  UPGRADE,
} from '../support/end-user.js';
import type { TestCloud } from '../support/fixture.js';
import { packageOf, published, UpdatableBoard } from '../support/packages.js';
import { signUp } from '../support/people.js';

const NOT_FOUND = { code: 5404, msg: expect.stringMatching(/^device_not_found/), data: null };

/** An end user, and a stranger's board beside one that is everybody's. */
async function start(options: Parameters<typeof startEndUserCloud>[0] = {}) {
  const clock = new TestClock();
  const t = await startEndUserCloud({ environment: clock.environment, ...options });
  const { accessToken } = await signUpByPhone(t, PHONE, clock.now);
  const authorization = accessToken.token;
  return {
    clock,
    t,
    authorization,
    list: async (query: Record<string, string | number> = {}) => {
      const told = await ask(t, 'GET', LIST, { query, authorization });
      expect(told.code).toBe(200);
      return told.data;
    },
    post: (path: string, body: unknown) => ask(t, 'POST', path, { body, authorization }),
    get: (path: string, query: Record<string, string>) => ask(t, 'GET', path, { query, authorization }),
    asUser: (method: string, path: string, body?: unknown) => t.call(method, path, body, { authorization }),
  };
}

/** A board that is somebody else's. */
async function foreignBoard(t: TestCloud, deviceSN = 'FOREIGN') {
  const stranger = await signUp(t, 'stranger');
  const { projectId } = (await stranger('POST', '/projects', { projectName: 'His' })).body.data;
  const activation = await t.activate(deviceSN);
  await stranger('PUT', `/devices/${activation.deviceId}`, { projectId });
  return { activation, stranger, projectId };
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
const ids = ({ list }: any): string[] => list.map(({ deviceKey }: { deviceKey: string }) => deviceKey);

describe('the list of devices', () => {
  test('holds everybody’s boards and the user’s own, and nobody else’s', async () => {
    const { t, list, post } = await start();
    const [one, two] = [await t.activate('A'), await t.activate('B')];
    await foreignBoard(t);
    await post(BIND, { pk: 'SW-SERVO-001', sn: 'B' });
    expect(ids(await list())).toEqual([one.deviceId, two.deviceId]);
    expect((await list()).list.map(({ bindStatus }: { bindStatus: number }) => bindStatus)).toEqual([0, 1]);
  });

  test('says of each board what is known of it, and null of what is not', async () => {
    const { t, clock, list, asUser } = await start();
    const activation = await t.activate();
    const [unseen] = (await list()).list;
    expect(unseen).toMatchObject({
      onlineStatus: 0,
      deviceStatus: 'Off',
      signalStrength: null,
      lastConnTime: null,
      lastOfflineTime: null,
    });
    clock.advance(1_500);
    const cameAt = clock.now;
    const board = await t.online(activation, { time: clock.now });
    await board.say(activation.topics.propertyPost, {
      method: 'thing.event.property.post',
      id: '1',
      params: { wifi_rssi: -70 },
      time: clock.now,
    });
    const { userId } = (await asUser('GET', '/users/me')).body.data;
    const [online] = (await list()).list;
    expect(online).toMatchObject({
      productKey: 'SW-SERVO-001',
      deviceKey: activation.deviceId,
      sn: 'AABBCCDDEEFF',
      deviceStatus: 'Online',
      onlineStatus: 1,
      signalStrength: '60',
      uid: `C${userId}`,
      phone: PHONE,
      deviceType: 1,
      ownerUid: null,
      bindStatus: 0,
      verified: 0,
      lastConnTime: new Date(cameAt).toISOString().slice(0, 19).replace('T', ' '),
      lastConnTimeTs: cameAt,
      lastOfflineTime: null,
      upgradeStatus: null,
      authKey: null,
    });
    clock.advance(60_000);
    const offline = t.next('deviceOffline');
    await board.cut();
    await offline;
    const [gone] = (await list()).list;
    expect(gone).toMatchObject({
      onlineStatus: 0,
      deviceStatus: 'Off',
      lastConnTimeTs: cameAt,
      lastOfflineTimeTs: cameAt + 60_000,
    });
  });

  test.each([
    [-30, '100'],
    [-50, '100'],
    [-75, '50'],
    [-100, '0'],
    [-120, '0'],
    [0, null],
    ['strong', null],
    [null, null],
  ])('shows a signal of %j as %j', async (rssi, shown) => {
    const { t, clock, list } = await start();
    const activation = await t.activate();
    const board = await t.online(activation, { time: clock.now });
    await board.say(activation.topics.propertyPost, {
      method: 'thing.event.property.post',
      id: '1',
      params: { wifi_rssi: rssi },
      time: clock.now,
    });
    expect((await list()).list[0].signalStrength).toBe(shown);
  });

  test('shows whose a board is that is shared with the user', async () => {
    const { t, list } = await start();
    const { stranger, projectId, activation } = await foreignBoard(t);
    await stranger('POST', `/projects/${projectId}/members`, { username: `+86${PHONE}` });
    const owner = (await stranger('GET', '/users/me')).body.data.userId;
    expect((await list()).list).toEqual([
      expect.objectContaining({
        deviceKey: activation.deviceId,
        deviceType: 2,
        ownerUid: `C${owner}`,
        bindStatus: 1,
        fid: projectId,
      }),
    ]);
  });

  test('can be filtered by products, device and a part of the name, and by nothing', async () => {
    const { t, list, asUser } = await start();
    const [one, two] = [await t.activate('A'), await t.activate('B')];
    const three = await t.activate('C', 'SW-DIM-001');
    await asUser('PUT', `/devices/${one.deviceId}`, { name: '100% Kitchen_1' });
    await asUser('PUT', `/devices/${two.deviceId}`, { name: '客厅 kitchen\\2' });
    const all = [one.deviceId, two.deviceId, three.deviceId];
    expect(ids(await list({ pkList: '', dk: '', deviceName: '', page: '', pageSize: '' }))).toEqual(all);
    expect(ids(await list({ pkList: 'SW-SERVO-001' }))).toEqual(all.slice(0, 2));
    expect(ids(await list({ pkList: 'SW-SERVO-001, SW-DIM-001' }))).toEqual(all);
    expect(ids(await list({ pkList: 'UNKNOWN' }))).toEqual([]);
    expect(ids(await list({ dk: two.deviceId }))).toEqual([two.deviceId]);
    expect(ids(await list({ dk: two.deviceId, pkList: 'SW-DIM-001' }))).toEqual([]);
    expect(ids(await list({ deviceName: 'kitchen' }))).toEqual(all.slice(0, 2));
    expect(ids(await list({ deviceName: '客厅' }))).toEqual([two.deviceId]);
    expect(ids(await list({ deviceName: '0%' }))).toEqual([one.deviceId]);
    expect(ids(await list({ deviceName: 'n_1' }))).toEqual([one.deviceId]);
    expect(ids(await list({ deviceName: 'n\\2' }))).toEqual([two.deviceId]);
    expect(ids(await list({ deviceName: '%' }))).toEqual([one.deviceId]);
    expect(ids(await list({ deviceName: "' OR 1=1 --" }))).toEqual([]);
  });

  test('comes page by page', async () => {
    const { t, list, get } = await start();
    const all = [];
    for (const sn of ['A', 'B', 'C', 'D', 'E']) all.push((await t.activate(sn)).deviceId);
    const pages = [
      await list({ pageSize: 2 }),
      await list({ page: 2, pageSize: 2 }),
      await list({ page: 3, pageSize: 2 }),
    ];
    expect(pages.flatMap(ids)).toEqual(all);
    expect(pages[2]).toMatchObject({
      total: 5,
      pages: 3,
      size: 1,
      startRow: 5,
      endRow: 5,
      isLastPage: true,
      navigatepageNums: [1, 2, 3],
    });
    expect(await list({ page: 4, pageSize: 2 })).toMatchObject({ list: [], size: 0, pageNum: 4 });
    for (const query of [{ pageSize: '101' }, { pageSize: '0' }, { page: '0' }, { page: 'x' }]) {
      expect((await get(LIST, query as never)).code).toBe(5400);
    }
  });
});

describe('a device', () => {
  test('is read: its thing model with what it reported, and what it reported beyond', async () => {
    const { t, clock, get } = await start();
    const activation = await t.activate();
    const board = await t.online(activation, { time: clock.now });
    await board.say(activation.topics.propertyPost, {
      method: 'thing.event.property.post',
      id: '1',
      params: { angle: 90, own_thing: 7 },
      time: clock.now,
    });
    const { data } = await get(ATTRIBUTES, { pk: 'SW-SERVO-001', dk: activation.deviceId });
    expect(data.deviceInfo).toMatchObject({ deviceKey: activation.deviceId, onlineStatus: 1 });
    const known = Object.fromEntries(data.attributes.map((one: { resourceCode: string }) => [one.resourceCode, one]));
    expect(known['angle']).toMatchObject({ resourceValue: 90, reportedTs: clock.now });
    expect(known['own_thing']).toMatchObject({ resourceName: null, dataType: null, writable: false, resourceValue: 7 });
  });

  test('is commanded, and its answer awaited', async () => {
    const { t, clock, post } = await start();
    const activation = await t.activate();
    const names = { pk: 'SW-SERVO-001', dk: activation.deviceId };
    const board = await t.online(activation, { time: clock.now });
    expect((await post(COMMAND, { ...names, params: { action: 'trigger' } })).data).toEqual({ reply: null });
    await board.next();
    const waiting = post(COMMAND, { ...names, params: { action: 'toggle', position: 'up' }, wait: 5_000 });
    const { payload } = await board.next();
    expect(payload.params).toMatchObject({ action: 'toggle', position: 'up' });
    await board.say(activation.topics.propertySetReply, { id: payload.id, code: 200, data: {} });
    expect((await waiting).data).toEqual({ reply: { code: 200, data: {} } });
    expect((await post(COMMAND, { ...names, params: {} })).code).toBe(5400);
    const late = post(COMMAND, { ...names, params: { action: 'trigger' }, wait: 1_000 });
    await board.next();
    clock.advance(1_000);
    expect(await late).toMatchObject({ code: 5504, msg: expect.stringMatching(/^device_timeout/) });
  });

  test('is updated: with the newest package, or with the one that is named', async () => {
    const { t, clock, post, authorization, list } = await start();
    const activation = await t.activate();
    const names = { pk: 'SW-SERVO-001', dk: activation.deviceId };
    expect(await post(UPGRADE, names)).toMatchObject({ code: 5404, msg: expect.stringMatching(/^package_not_found/) });
    const upload = async (version: string) => {
      const response = await fetch(`${t.cloud.apiUrl}/api/v1/ota/packages`, {
        method: 'POST',
        headers: { authorization, connection: 'close' },
        body: packageOf({ version }) as Buffer<ArrayBuffer>,
      });
      return ((await response.json()) as { data: { packageId: string } }).data.packageId;
    };
    const [newest, older] = [await upload('1.10.0'), await upload('1.9.0')];
    const board = await t.online(activation, { time: clock.now });
    await board.subscribe(activation.topics.otaUpgrade);
    expect((await post(UPGRADE, names)).data).toEqual({
      campaignId: expect.stringMatching(/^camp_/),
      packageId: newest,
      version: '1.10.0',
    });
    expect((await board.next()).payload.data.version).toBe('1.10.0');
    expect((await list()).list[0].upgradeStatus).toBe(1);
    expect((await post(UPGRADE, { ...names, packageId: older })).data).toMatchObject({
      packageId: older,
      version: '1.9.0',
    });
    expect((await post(UPGRADE, { ...names, packageId: 'pkg_none' })).code).toBe(5404);
  });

  test('that is at its update already goes on with it, and is told once', async () => {
    const { t, clock, post } = await start();
    const board = await UpdatableBoard.online(t, await t.activate(), clock.now);
    await published(t);
    const names = { pk: 'SW-SERVO-001', dk: board.activation.deviceId };
    const { data } = await post(UPGRADE, names);
    await board.told();
    const downloading = t.next('updateChanged', ({ state }) => state === 'downloading');
    await board.progress('40');
    await downloading;
    expect((await post(UPGRADE, names)).data).toEqual(data);
    expect(board.board.received).toEqual([]);
  });

  test('is bound by its serial number, and given back', async () => {
    const { t, clock, list, post, asUser } = await start();
    const { deviceId } = await t.activate('A');
    clock.advance(5_000);
    const told = await post(BIND, { pk: 'SW-SERVO-001', sn: 'A' });
    expect(told.data).toMatchObject({ deviceKey: deviceId, bindStatus: 1, deviceBindTimeTs: clock.now });
    const [project] = (await asUser('GET', '/projects')).body.data.list.filter(
      ({ role }: { role: string }) => role === 'owner',
    );
    expect(told.data.fid).toBe(project.projectId);
    expect((await post(UNBIND, { pk: 'SW-SERVO-001', dk: deviceId })).code).toBe(200);
    expect((await list()).list[0]).toMatchObject({ bindStatus: 0, fid: null, deviceBindTime: null });
    expect(await post(BIND, { pk: 'SW-SERVO-001', sn: 'NONE' })).toMatchObject(NOT_FOUND);
  });

  test('of a stranger is no device, whatever is asked, and nothing is done to it', async () => {
    const { t, clock, list, post, get } = await start();
    const { activation, stranger, projectId } = await foreignBoard(t);
    const board = await t.online(activation, { time: clock.now });
    const names = { pk: 'SW-SERVO-001', dk: activation.deviceId };
    expect(ids(await list({ dk: names.dk }))).toEqual([]);
    expect(await get(ATTRIBUTES, names)).toMatchObject(NOT_FOUND);
    expect(await post(COMMAND, { ...names, params: { action: 'trigger' } })).toMatchObject(NOT_FOUND);
    expect(await post(UPGRADE, { ...names, packageId: 'pkg_none' })).toMatchObject(NOT_FOUND);
    expect(await post(UPGRADE, names)).toMatchObject(NOT_FOUND);
    expect(await post(BIND, { pk: names.pk, sn: 'FOREIGN' })).toMatchObject(NOT_FOUND);
    expect(await post(UNBIND, names)).toMatchObject(NOT_FOUND);
    expect(board.received).toEqual([]);
    expect((await stranger('GET', `/devices/${names.dk}`)).body.data.projectId).toBe(projectId);
  });

  test('is named by its own product key alone', async () => {
    const { t, clock, post, get } = await start();
    const activation = await t.activate();
    const board = await t.online(activation, { time: clock.now });
    const names = { pk: 'SW-DIM-001', dk: activation.deviceId };
    expect(await get(ATTRIBUTES, names)).toMatchObject(NOT_FOUND);
    expect(await post(COMMAND, { ...names, params: { action: 'trigger' } })).toMatchObject(NOT_FOUND);
    expect(await post(UNBIND, names)).toMatchObject(NOT_FOUND);
    expect(await post(BIND, { pk: names.pk, sn: 'AABBCCDDEEFF' })).toMatchObject(NOT_FOUND);
    expect(board.received).toEqual([]);
  });

  test('that is shared is read and commanded by a member, and unbound by its owner alone', async () => {
    const { t, post, get } = await start();
    const { stranger, projectId, activation } = await foreignBoard(t);
    await stranger('POST', `/projects/${projectId}/members`, { username: `+86${PHONE}` });
    const names = { pk: 'SW-SERVO-001', dk: activation.deviceId };
    expect((await get(ATTRIBUTES, names)).code).toBe(200);
    expect((await post(COMMAND, { ...names, params: { action: 'trigger' } })).code).toBe(200);
    expect(await post(UNBIND, names)).toMatchObject({ code: 5403, msg: expect.stringMatching(/^forbidden/) });
    expect((await stranger('GET', `/devices/${names.dk}`)).body.data.projectId).toBe(projectId);
  });
});
