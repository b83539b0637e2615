import { describe, expect, test } from 'vitest';
import { startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { type Ask, userOf, wordOf } from '../support/gateway.js';
import { published, UpdatableBoard } from '../support/packages.js';
import { signUp } from '../support/people.js';

const person = (t: TestCloud, name: string) => userOf(t, 'blusmartprod', name);
const bind = (ask: Ask, deviceSN: string) => ask('POST', '/device/basic/v2/bind', { deviceSN });
const upgrade = (ask: Ask, body: object) => ask('POST', '/device/firmware/v1/appSentDeviceRemoteUpgrade', body);
const upgradeAll = (ask: Ask, body: object) => ask('POST', '/device/firmware/v1/aeccSentDeviceRemoteUpgrade', body);
const save = (ask: Ask, body: object) => ask('POST', '/device/upgrade/record/v1/save', body);
const versions = async (ask: Ask, query: string, version = 1) =>
  (await ask('GET', `/device/firmware/v${version}/latest/firmwareVerList/batch?${query}`)).body.data;
const until = (t: TestCloud, state: string) => t.next('updateChanged', (event) => event.state === state);

/** Anna's board, which is online and can be told of updates. */
async function withBoard() {
  const t = await startCloud();
  const board = await UpdatableBoard.online(t, await t.activate());
  const [anna, bob] = [await person(t, 'anna'), await person(t, 'bob')];
  await bind(anna, 'AABBCCDDEEFF');
  return { t, board, anna, bob, deviceId: board.activation.deviceId };
}

describe('an update that an app asks for', () => {
  test('reaches the board, which proves it; then there is nothing to update', async () => {
    const { t, board, anna, deviceId } = await withBoard();
    const packageId = await published(t, { version: '1.1.0' });
    const [before] = (await versions(anna, `deviceIds=${deviceId}`)).list;
    expect(before).toMatchObject({
      deviceId,
      currentVersion: '1.0.0',
      latestVersion: '1.1.0',
      packageId,
      fileId: packageId,
      isUpgradable: true,
      update: null,
      note: null,
    });
    const { campaignId, ...begun } = (await upgrade(anna, { deviceId })).body.data;
    expect(begun).toEqual({ packageId, version: '1.1.0', state: 'told' });
    const message = await board.told();
    expect(message.data).toMatchObject({ version: '1.1.0', size: before.size });
    const downloading = until(t, 'downloading');
    await board.progress('40');
    await downloading;
    const [during] = (await versions(anna, `deviceIds=${deviceId}`)).list;
    expect(during.update).toMatchObject({ campaignId, state: 'downloading', percent: 40 });
    const updated = until(t, 'updated');
    await board.inform('1.1.0');
    await updated;
    for (const version of [1, 2, 3]) {
      const { total, list } = await versions(anna, 'deviceSNs=AABBCCDDEEFF', version);
      expect(total).toBe(1);
      expect(list[0]).toMatchObject({ currentVersion: '1.1.0', isUpgradable: false, update: { state: 'updated' } });
    }
    expect((await upgrade(anna, { deviceId })).body.msg).toBe(
      'invalid_parameter: nothing to update: the latest package is 1.1.0, and no board is below it',
    );
  });

  test('while the board is at it is answered as it stands, and the board is told once', async () => {
    const { t, board, anna, deviceId } = await withBoard();
    await published(t);
    const first = (await upgrade(anna, { deviceId })).body.data;
    const downloading = until(t, 'downloading');
    await board.told();
    await board.progress('5');
    await downloading;
    expect((await upgrade(anna, { deviceId })).body.data).toEqual({ ...first, state: 'downloading' });
    expect((await t.as('GET', '/ota/campaigns')).body.data.total).toBe(0);
    expect(board.board.received).toEqual([]);
  });

  test('that failed can be asked for again', async () => {
    const { t, board, anna, deviceId } = await withBoard();
    await published(t);
    const first = (await upgrade(anna, { deviceId })).body.data;
    await board.told();
    const failed = until(t, 'failed');
    await board.progress('-2', 'the file did not come');
    await failed;
    const again = (await upgrade(anna, { deviceId })).body.data;
    expect(again.campaignId).not.toBe(first.campaignId);
    expect(again.state).toBe('told');
    await board.told();
  });

  test('waits for a board that is away', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    const anna = await person(t, 'anna');
    await published(t);
    const first = (await upgrade(anna, { deviceId })).body.data;
    expect(first.state).toBe('pending');
    expect((await upgrade(anna, { deviceId })).body.data).toEqual(first);
    // A campaign that is paused would not tell it.
    const call = await signUp(t, 'anna');
    expect((await call('POST', `/ota/campaigns/${first.campaignId}/pause`)).status).toBe(200);
    expect((await upgrade(anna, { deviceId })).body.data.campaignId).not.toBe(first.campaignId);
  });

  test('is of the named package, where one is named, and of none that is not there or not for it', async () => {
    const { t, anna, deviceId } = await withBoard();
    expect((await upgrade(anna, { deviceId })).body.msg).toBe(
      'package_not_found: there is no firmware package for SW-SERVO-001 with ESP32: upload one first',
    );
    const older = await published(t, { version: '1.1.0' });
    await published(t, { version: '1.2.0' });
    const other = await published(t, { version: '9.0.0', productKey: 'SW-DIM-001' });
    expect((await upgrade(anna, { deviceId, packageId: older })).body.data.version).toBe('1.1.0');
    expect(wordOf(await upgrade(anna, { deviceId, packageId: 'pkg_none' }))).toBe('404 package_not_found');
    expect(wordOf(await upgrade(anna, { deviceId, packageId: other }))).toBe('400 invalid_parameter');
  });

  test('is for who may command the board: its owner and members, nobody else', async () => {
    const { t, anna, bob, deviceId } = await withBoard();
    await published(t);
    expect(wordOf(await upgrade(bob, { deviceId }))).toBe('404 device_not_found');
    expect(wordOf(await upgradeAll(bob, { deviceIds: [deviceId] }))).toBe('404 device_not_found');
    expect(wordOf(await save(bob, { deviceId, result: 'success' }))).toBe('404 device_not_found');
    expect((await t.as('GET', '/ota/campaigns')).body.data.total).toBe(0);
    const { spaceId } = (await bind(anna, 'AABBCCDDEEFF')).body.data;
    await anna('POST', '/user/space/v1/shareSpace', { spaceId, username: 'bob' });
    expect((await upgrade(bob, { deviceId })).status).toBe(200);
  });

  test('for several boards of one product is one campaign', async () => {
    const t = await startCloud();
    const boards = [await t.activate('A1'), await t.activate('A2')];
    const board = await UpdatableBoard.online(t, boards[0]!);
    const lamp = await t.activate('L1', 'SW-DIM-001');
    const anna = await person(t, 'anna');
    const packageId = await published(t);
    const deviceIds = boards.map(({ deviceId }) => deviceId);
    const { data } = (await upgradeAll(anna, { deviceIds })).body;
    expect(data).toMatchObject({
      packageId,
      version: '1.1.0',
      status: 'running',
      boards: { total: 2 },
    });
    await board.told();
    const downloading = until(t, 'downloading');
    await board.progress('30');
    await downloading;
    // Those that are at it, or are told when they come, go on; what is asked for again is for the others.
    const again = (await upgradeAll(anna, { deviceIds })).body.data;
    expect(again).toMatchObject({ campaignId: data.campaignId, boards: { total: 2, downloading: 1, pending: 1 } });
    const third = await t.activate('A3');
    const more = (await upgradeAll(anna, { deviceIds: [...deviceIds, third.deviceId] })).body.data;
    expect(more.campaignId).not.toBe(data.campaignId);
    expect(more.boards).toMatchObject({ total: 1, pending: 1 });
    const [during] = (await versions(anna, `deviceIds=${deviceIds[0]}`)).list;
    expect(during.update).toMatchObject({ campaignId: data.campaignId, state: 'downloading' });
    const mixed = await upgradeAll(anna, { deviceIds: [...deviceIds, lamp.deviceId] });
    expect(wordOf(mixed)).toBe('400 invalid_parameter');
  });
});

describe('the list of versions', () => {
  test('chooses by the precedence of versions, for the chip of the board', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    const anna = await person(t, 'anna');
    for (const version of ['1.9.0', '1.10.0', '1.10.0-rc.1', '1.2.0']) await published(t, { version });
    await published(t, { version: '2.0.0', chip: 'ESP32-C3' });
    expect((await versions(anna, `deviceIds=${deviceId}`)).list[0].latestVersion).toBe('1.10.0');
  });

  test('leaves out what the caller does not see, and names no board twice', async () => {
    const { t, anna, bob, deviceId } = await withBoard();
    const free = await t.activate('FREE');
    const query = `deviceIds=${deviceId},${free.deviceId},dev_unknown&deviceSNs=FREE,AABBCCDDEEFF`;
    const ids = async (ask: Ask) => (await versions(ask, query)).list.map((one: { deviceId: string }) => one.deviceId);
    expect(await ids(anna)).toEqual([deviceId, free.deviceId]);
    expect(await ids(bob)).toEqual([free.deviceId]);
  });

  test('wants to know which boards, and not too many', async () => {
    const t = await startCloud();
    const anna = await person(t, 'anna');
    const path = '/device/firmware/v1/latest/firmwareVerList/batch';
    expect((await anna('GET', path)).body.msg).toMatch(/deviceIds or deviceSNs is required/);
    const many = Array.from({ length: 60 }, (_, index) => `d${index}`).join();
    expect(wordOf(await anna('GET', `${path}?deviceIds=${many}&deviceSNs=${many}`))).toBe('400 invalid_parameter');
    expect(wordOf(await anna('GET', `${path}?deviceIds=${many},${many}`))).toBe('400 invalid_parameter');
    expect((await anna('GET', `${path}?deviceIds=${many}`)).body.data.list).toEqual([]);
  });

  test('says of a board for which there is nothing just that', async () => {
    const { anna, deviceId } = await withBoard();
    expect((await versions(anna, `deviceIds=${deviceId}`)).list[0]).toMatchObject({
      latestVersion: null,
      packageId: null,
      fileId: null,
      size: null,
      isUpgradable: false,
    });
  });
});

describe('the record of an update', () => {
  test('keeps what the app says beside what the board has said, which decides', async () => {
    const { t, board, anna, deviceId } = await withBoard();
    await published(t);
    const { campaignId } = (await upgrade(anna, { deviceId })).body.data;
    await board.told();
    const failed = until(t, 'failed');
    await board.progress('-3', 'the signature does not fit');
    await failed;
    const { record } = (await save(anna, { deviceId, campaignId, result: 'success', remark: 'looks fine' })).body.data;
    expect(record).toEqual({
      campaignId,
      version: '1.1.0',
      state: 'failed',
      step: -3,
      desc: 'the signature does not fit',
      note: { result: 'success', remark: 'looks fine', notedAt: expect.any(String) },
    });
    expect((await versions(anna, `deviceIds=${deviceId}`)).list[0].isUpgradable).toBe(true);
    expect((await save(anna, { deviceId, result: 'failed' })).body.data.record.note).toMatchObject({ remark: '' });
  });

  test('is of an update that the board had', async () => {
    const { t, anna, deviceId } = await withBoard();
    expect(wordOf(await save(anna, { deviceId, result: 'success' }))).toBe('404 not_found');
    await published(t);
    await upgrade(anna, { deviceId });
    expect(wordOf(await save(anna, { deviceId, campaignId: 'camp_other', result: 'success' }))).toBe('404 not_found');
    expect(wordOf(await save(anna, { deviceId, result: 'splendid' }))).toBe('400 invalid_parameter');
  });

  test('is kept over a restart, and goes with its board', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const { deviceId } = await t.activate();
    const anna = await person(t, 'anna');
    await published(t);
    await upgrade(anna, { deviceId });
    await save(anna, { deviceId, result: 'cancelled', remark: 'not tonight' });
    await t.cloud.close();
    const again = await startCloud({ dataDir });
    const [kept] = (await versions(await person(again, 'anna'), `deviceIds=${deviceId}`)).list;
    expect(kept.note).toMatchObject({ result: 'cancelled', remark: 'not tonight' });
    expect((await again.as('DELETE', `/devices/${deviceId}`)).status).toBe(200);
  });
});
