import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import { startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { type Ask, userOf, wordOf } from '../support/gateway.js';

const person = (t: TestCloud, name: string) => userOf(t, 'blusmartprod', name);
const BASIC = '/device/basic';
const SN = 'AABBCCDDEEFF';

const bind = (ask: Ask, body: object = { deviceSN: SN }) => ask('POST', `${BASIC}/v2/bind`, body);
const unbind = (ask: Ask, deviceId: string) => ask('POST', `${BASIC}/v2/unbind`, { deviceId });
const makeSpace = async (ask: Ask, name = 'Home'): Promise<string> =>
  (await ask('POST', '/user/space/v1/createSpace', { name })).body.data.spaceId;
const qrCodeOf = async (ask: Ask, deviceId: string): Promise<string> =>
  (await ask('GET', `${BASIC}/v1/getQrCodeEncrypt?deviceId=${deviceId}`)).body.data.qrCode;
const homeOf = async (ask: Ask): Promise<string[]> =>
  (await ask('GET', '/device/group/v1/homeDevices')).body.data.list.map((one: { deviceId: string }) => one.deviceId);
const people = (t: TestCloud, ...names: string[]) => Promise.all(names.map((name) => person(t, name)));

/** Anna has a board in her space, which Bob shares; Carl has nothing to do with them. */
async function household() {
  const t = await startCloud();
  const { deviceId } = await t.activate(SN);
  const [anna, bob, carl] = (await people(t, 'anna', 'bob', 'carl')) as [Ask, Ask, Ask];
  const { spaceId } = (await bind(anna)).body.data;
  await anna('POST', '/user/space/v1/shareSpace', { spaceId, username: 'bob' });
  return { t, deviceId, spaceId, anna, bob, carl };
}

describe('binding by the serial number', () => {
  test('puts a board of everybody’s into the given space, where others no longer see it', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate(SN);
    const [anna, bob] = (await people(t, 'anna', 'bob')) as [Ask, Ask];
    await makeSpace(anna, 'First');
    const spaceId = await makeSpace(anna, 'Second');
    const bound = await bind(anna, { deviceSN: SN, spaceId, name: 'Hall' });
    expect(bound.body.data).toMatchObject({ deviceId, spaceId, spaceName: 'Second', name: 'Hall', role: 'owner' });
    expect(bound.body.data.boundAt).toMatch(/Z$/);
    expect(wordOf(await bind(bob))).toBe('404 device_not_found');
    expect(await homeOf(anna)).toEqual([deviceId]);
    expect((await t.as('GET', `/devices/${deviceId}`)).status).toBe(404);
  });

  test.each([
    ['zh', '家'],
    ['en', 'Home'],
  ])('without a space chooses the oldest, or makes one in the language %s', async (language, name) => {
    const t = await startCloud();
    await t.activate(SN);
    await t.activate('OTHER');
    const anna = await person(t, 'anna');
    const first = await anna('POST', `${BASIC}/v2/bind`, { deviceSN: SN }, { 'accept-language': language });
    expect(first.body.data.spaceName).toBe(name);
    await makeSpace(anna, 'Later');
    expect((await bind(anna, { deviceSN: 'OTHER' })).body.data.spaceId).toBe(first.body.data.spaceId);
  });

  test('is answered the same again, and moves nothing', async () => {
    const { deviceId, spaceId, anna, bob } = await household();
    const again = await bind(anna, { deviceSN: SN, spaceId: await makeSpace(anna, 'Other'), name: 'New' });
    expect(again.body.data).toMatchObject({ deviceId, spaceId, role: 'owner' });
    expect(again.body.data.deviceName).not.toBe('New');
    expect((await bind(bob)).body.data).toMatchObject({ deviceId, spaceId, role: 'member' });
  });

  test('takes nobody’s board, and nothing into the spaces of others', async () => {
    const { t, spaceId, anna, bob, carl } = await household();
    await t.activate('FREE');
    expect(wordOf(await bind(carl))).toBe('404 device_not_found');
    expect(wordOf(await bind(carl, { deviceSN: 'FREE', spaceId }))).toBe('404 project_not_found');
    expect(wordOf(await bind(bob, { deviceSN: 'FREE', spaceId }))).toBe('403 forbidden');
    expect(wordOf(await bind(anna, { deviceSN: 'FREE', spaceId: 'proj_default' }))).toBe('403 forbidden');
    expect(wordOf(await bind(anna, { deviceSN: 'NEVER-MADE' }))).toBe('404 device_not_found');
    expect((await bind(carl, { deviceSN: 'FREE' })).status).toBe(200);
  });

  test('wants the product key where several products have the number, and names nobody else’s', async () => {
    const t = await startCloud();
    const [anna, bob] = (await people(t, 'anna', 'bob')) as [Ask, Ask];
    await t.activate(SN, 'SW-SERVO-001');
    await t.activate(SN, 'SW-DIM-001');
    const refused = await bind(anna);
    expect(refused.body.msg).toBe(
      'invalid_parameter: productKey is required: SW-SERVO-001, SW-DIM-001 have a board of this serial number',
    );
    const bound = await bind(anna, { deviceSN: SN, productKey: 'SW-DIM-001' });
    expect(bound.body.data.productKey).toBe('SW-DIM-001');
    expect((await bind(bob)).body.data.productKey).toBe('SW-SERVO-001');
  });

  test('by two users at once is one’s', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate(SN);
    const everybody = await people(t, ...Array.from({ length: 6 }, (_, index) => `user${index}`));
    const answers = await Promise.all(everybody.map((ask) => bind(ask)));
    expect(answers.map(wordOf).sort()).toEqual(['200 success', ...Array(5).fill('404 device_not_found')]);
    const homes = await Promise.all(everybody.map(homeOf));
    expect(homes.flat()).toEqual([deviceId]);
  });

  test.each([{}, { deviceSN: SN, qrCode: 'x' }, { deviceSN: null }])(
    'wants one of number and code: %j',
    async (body) => {
      const t = await startCloud();
      expect((await bind(await person(t, 'anna'), body)).body.msg).toBe(
        'invalid_parameter: give either deviceSN or qrCode',
      );
    },
  );
});

describe('unbinding', () => {
  test('by the owner gives the board to everybody, and forgets what users kept about it', async () => {
    const { t, deviceId, spaceId, anna, bob, carl } = await household();
    for (const ask of [anna, bob]) {
      await ask('POST', `${BASIC}/v1/updateUserDeviceInfo`, { deviceId, alias: 'Mine' });
      await ask('POST', '/device/group/v1/deviceTop', { deviceId, isTop: true });
    }
    const qrCode = await qrCodeOf(anna, deviceId);
    expect((await unbind(anna, deviceId)).status).toBe(200);
    expect([await homeOf(anna), await homeOf(bob)]).toEqual([[], []]);
    expect((await t.as('GET', `/devices/${deviceId}`)).body.data.projectId).toBe('proj_default');
    expect(wordOf(await bind(carl, { qrCode }))).toBe('400 invalid_code');
    const bound = (await bind(anna, { deviceSN: SN, spaceId })).body.data;
    expect(bound).toMatchObject({ alias: null, isTop: false });
  });

  test('is not for a member, who is told of his own way, nor for who does not see it', async () => {
    const { deviceId, bob, carl, anna } = await household();
    const refused = await unbind(bob, deviceId);
    expect(wordOf(refused)).toBe('403 forbidden');
    expect(refused.body.msg).toContain('delShareMember');
    expect(wordOf(await unbind(carl, deviceId))).toBe('404 device_not_found');
    expect(await homeOf(anna)).toEqual([deviceId]);
  });

  test('of a board that is everybody’s changes nothing', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate(SN);
    const [anna, bob] = (await people(t, 'anna', 'bob')) as [Ask, Ask];
    await anna('POST', `${BASIC}/v1/updateUserDeviceInfo`, { deviceId, alias: 'Mine' });
    expect((await unbind(bob, deviceId)).status).toBe(200);
    expect((await anna('GET', `${BASIC}/v1/findDeviceByBluetooth?mac=${SN}`)).body.data.alias).toBe('Mine');
  });

  test('and binding at once leave the board with one of them', async () => {
    const { deviceId, anna, carl } = await household();
    const [, taken] = await Promise.all([unbind(anna, deviceId), bind(carl)]);
    const again = await bind(carl);
    expect(again.status).toBe(200);
    expect([200, 404]).toContain(taken.status);
    expect([await homeOf(anna), await homeOf(carl)]).toEqual([[], [deviceId]]);
  });
});

describe('a QR code', () => {
  test('lets one user into the space of the board, once, and says nothing to who reads it', async () => {
    const { deviceId, spaceId, anna, carl, t } = await household();
    const answer = await anna('GET', `${BASIC}/v1/getQrCodeEncrypt?deviceId=${deviceId}`);
    const { qrCode } = answer.body.data;
    const bytes = Buffer.from(qrCode, 'base64url').toString('latin1');
    for (const secret of [deviceId, spaceId]) expect(bytes).not.toContain(secret);
    const shared = t.next('spaceShared');
    expect((await bind(carl, { qrCode })).body.data).toMatchObject({ deviceId, spaceId, role: 'member' });
    expect(await shared).toMatchObject({ spaceId, userId: expect.any(Number), by: expect.any(Number) });
    expect(wordOf(await bind(await person(t, 'dora'), { qrCode }))).toBe('400 invalid_code');
  });

  test('is not used up by who is in the space already', async () => {
    const { deviceId, anna, bob, carl } = await household();
    const qrCode = await qrCodeOf(anna, deviceId);
    expect((await bind(anna, { qrCode })).body.data.role).toBe('owner');
    expect((await bind(bob, { qrCode })).body.data.role).toBe('member');
    expect((await bind(carl, { qrCode })).status).toBe(200);
  });

  test('of two who show it at once lets one in', async () => {
    const { t, deviceId, anna } = await household();
    const qrCode = await qrCodeOf(anna, deviceId);
    const guests = await people(t, 'guest1', 'guest2', 'guest3');
    const answers = await Promise.all(guests.map((ask) => bind(ask, { qrCode })));
    expect(answers.map(wordOf).sort()).toEqual(['200 success', '400 invalid_code', '400 invalid_code']);
  });

  test('is for the owner to show', async () => {
    const { t, deviceId, bob, carl, anna } = await household();
    const path = (id: string) => `${BASIC}/v1/getQrCodeEncrypt?deviceId=${id}`;
    expect(wordOf(await bob('GET', path(deviceId)))).toBe('403 forbidden');
    expect(wordOf(await carl('GET', path(deviceId)))).toBe('404 device_not_found');
    const free = await t.activate('FREE');
    expect(wordOf(await anna('GET', path(free.deviceId)))).toBe('403 forbidden');
  });

  test('that was changed in any place, cut, or made for something else, is none', async () => {
    const { t, deviceId, anna, carl } = await household();
    const sealed = Buffer.from(await qrCodeOf(anna, deviceId), 'base64url');
    const forged = Array.from(sealed, (byte, at) => {
      const copy = Buffer.from(sealed);
      copy[at] = byte ^ 1;
      return copy;
    }).filter((_copy, at) => at % 12 === 0);
    const token = (await t.as('POST', '/projects/proj_default/bind-tokens')).body.data.bindToken;
    const codes = [...forged, sealed.subarray(0, -1), sealed.subarray(12)].map((code) => code.toString('base64url'));
    for (const qrCode of [...codes, token, 'A']) {
      expect(wordOf(await bind(carl, { qrCode }))).toBe('400 invalid_code');
    }
    expect(await homeOf(carl)).toEqual([]);
  });

  test('holds for ten minutes, while the board is in that space', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    const { deviceId } = await t.activate(SN);
    const [anna, bob, carl] = (await people(t, 'anna', 'bob', 'carl')) as [Ask, Ask, Ask];
    const { spaceId } = (await bind(anna)).body.data;
    const first = await qrCodeOf(anna, deviceId);
    clock.advance(599_999);
    const second = await qrCodeOf(anna, deviceId);
    expect((await bind(bob, { qrCode: first })).status).toBe(200);
    clock.advance(600_000);
    expect(wordOf(await bind(carl, { qrCode: second }))).toBe('400 invalid_code');
    const third = await qrCodeOf(anna, deviceId);
    const other = await makeSpace(anna, 'Other');
    await anna('POST', '/user/space/v1/spaceAddDevice', { spaceId: other, deviceId });
    expect(wordOf(await bind(carl, { qrCode: third }))).toBe('400 invalid_code');
    await anna('POST', '/user/space/v1/spaceAddDevice', { spaceId, deviceId });
    expect((await bind(carl, { qrCode: third })).status).toBe(200);
  });

  test('that was used stays so over a restart', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const { deviceId } = await t.activate(SN);
    const [anna, bob] = (await people(t, 'anna', 'bob')) as [Ask, Ask];
    await bind(anna);
    const [used, unused] = [await qrCodeOf(anna, deviceId), await qrCodeOf(anna, deviceId)];
    await bind(bob, { qrCode: used });
    await t.cloud.close();
    const again = await startCloud({ dataDir });
    const carl = await person(again, 'carl');
    expect(wordOf(await bind(carl, { qrCode: used }))).toBe('400 invalid_code');
    expect((await bind(carl, { qrCode: unused })).status).toBe(200);
  });
});
