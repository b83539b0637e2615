import { describe, expect, test } from 'vitest';
import { askGateway, userOf, wordOf } from '../support/gateway.js';
import { DIMMER, PRODUCTS, STATION } from '../support/products.js';
import { inSpaceOf, startStation } from '../support/station.js';

const EN = { 'accept-language': 'en' };
const part = (name: string, deviceId: string) => `/aecc/v1/getDevice${name}DetailData?deviceId=${deviceId}`;
const lastAlive = (deviceId: string) => `/realtime/v1/getDeviceLastAlive?deviceId=${deviceId}`;

describe('what a device reports now', () => {
  test('is shown with the names of its thing model, in the caller’s language', async () => {
    const { deviceId, ask, post, clock } = await startStation();
    await post({ battery_soc: 63.5 });
    clock.advance(60_000);
    await post({ wifi_rssi: -61 });
    const path = `/aecc/v1/getDeviceRealTimeData?deviceId=${deviceId}`;
    const { data } = (await ask('GET', path, undefined, EN)).body;
    expect(data).toEqual({
      deviceId,
      online: true,
      status: 'online',
      reportedAt: '2026-01-10T15:31:00.000Z',
      properties: {
        battery_soc: { value: 63.5, reportedAt: '2026-01-10T15:30:00.000Z', name: 'Charge', unit: '%' },
        wifi_rssi: { value: -61, reportedAt: '2026-01-10T15:31:00.000Z', name: null, unit: null },
      },
    });
    expect((await ask('GET', path)).body.data.properties.battery_soc.name).toBe('电量');
  });

  test('of battery, panels, load and grid is in W, kWh and %, by the thing model of a maker’s own product', async () => {
    const { deviceId, ask, post } = await startStation();
    await post({ battery_soc: 63.5, battery_power: -120, pv_power: 1.25, pv_energy: 12_345, load_energy: 7.5 });
    const told = async (name: string) => (await ask('GET', part(name, deviceId))).body.data;
    expect(await told('Battery')).toMatchObject({ isPresent: true, power: -120, energy: null, soc: 63.5 });
    expect(await told('Pv')).toMatchObject({ isPresent: true, power: 1_250, energy: 12.345 });
    expect(await told('Load')).toMatchObject({
      power: null,
      energy: 7.5,
      properties: { load_power: { value: null, reportedAt: null, unit: 'W' }, load_energy: { value: 7.5 } },
    });
    expect(await told('Grid')).toEqual({
      deviceId,
      isPresent: false,
      power: null,
      energy: null,
      reportedAt: null,
      properties: {},
    });
  });

  test('of a lamp, or of a product without a definition, are no watts', async () => {
    const { t, ask } = await startStation();
    const lamp = await t.activate('LAMP', DIMMER.productKey);
    const board = await t.online(lamp);
    await board.say(lamp.topics.propertyPost, { params: { power: true, level: 80, load_power: 40 } });
    await t.as('POST', '/products', { productKey: 'OWN-1', name: 'Own', category: 'own', controlMode: 'generic' });
    const own = await t.activate('OWN', 'OWN-1');
    for (const { deviceId } of [lamp, own]) {
      for (const name of ['Battery', 'Pv', 'Load', 'Grid']) {
        const { data } = (await ask('GET', part(name, deviceId))).body;
        expect(data).toMatchObject({ isPresent: false, power: null, energy: null, reportedAt: null });
      }
    }
  });

  test('is no number where the board posted none', async () => {
    const { deviceId, ask, post } = await startStation();
    await post({ pv_power: 'much', pv_energy: null, battery_soc: { a: 1 } });
    expect((await ask('GET', part('Pv', deviceId))).body.data).toMatchObject({ power: null, energy: null });
    expect((await ask('GET', part('Battery', deviceId))).body.data.soc).toBeNull();
  });

  test('is shown to members of its space, and to nobody else', async () => {
    const { t, deviceId, ask: stranger, post, complain } = await startStation();
    const { ask: owner } = await inSpaceOf(t, deviceId, 'olga');
    await post({ pv_power: 1 });
    await complain('update_failed', 'error');
    const paths = [
      `/aecc/v1/getDeviceRealTimeData?deviceId=${deviceId}`,
      ...['Battery', 'Pv', 'Load', 'Grid'].map((name) => part(name, deviceId)),
      `/aecc/v1/getDeviceAlarmList?deviceId=${deviceId}`,
      lastAlive(deviceId),
      ...['v2/getDeviceEnergyStatistics', 'v2/getDevicePowerStatistics', 'v1/getElectricCostSaveStatistics'].map(
        (name) => `/dashboard/${name}?deviceId=${deviceId}`,
      ),
      `/dashboard/v1/getSocChangeList?deviceId=${deviceId}`,
      `/device/iotData/v1/blackout/stats?deviceId=${deviceId}`,
    ];
    for (const path of paths) {
      expect([path, wordOf(await owner('GET', path))]).toEqual([path, '200 success']);
      const [refused, unknown] = [await stranger('GET', path), await stranger('GET', path.replace(deviceId, 'dev_x'))];
      expect([path, wordOf(refused)]).toEqual([path, '404 device_not_found']);
      expect(refused.body).toEqual(unknown.body);
      expect((await askGateway(t, 'GET', `/api/bluiotdata${path}`)).status).toBe(401);
    }
    const body = { deviceId };
    for (const path of ['/dashboard/v1/exportDeviceEnergyStatistics', '/device/iotData/v1/blackout/clear']) {
      expect(wordOf(await stranger('POST', path, body))).toBe('404 device_not_found');
    }
    expect((await stranger('GET', '/aecc/v1/getDeviceAlarmList')).body.data.total).toBe(0);
    expect((await owner('GET', '/aecc/v1/getDeviceAlarmList')).body.data.total).toBe(1);
  });
});

describe('when a device was heard of last', () => {
  test('is its last post, event, coming or going', async () => {
    const { t, clock, deviceId, board, ask, post, complain } = await startStation();
    const told = async () => (await ask('GET', lastAlive(deviceId))).body.data;
    expect(await told()).toEqual({
      deviceId,
      online: true,
      lastAlive: '2026-01-10T15:30:00.000Z',
      lastOnlineAt: '2026-01-10T15:30:00.000Z',
    });
    clock.advance(60_000);
    await post({ pv_power: 1 });
    expect((await told()).lastAlive).toBe('2026-01-10T15:31:00.000Z');
    clock.advance(60_000);
    await complain('jammed', 'info');
    expect(await told()).toMatchObject({
      lastAlive: '2026-01-10T15:32:00.000Z',
      lastOnlineAt: '2026-01-10T15:30:00.000Z',
    });
    clock.advance(60_000);
    const gone = t.next('deviceOffline');
    await board.cut();
    await gone;
    clock.advance(60_000);
    expect(await told()).toMatchObject({ online: false, lastAlive: '2026-01-10T15:33:00.000Z' });
  });

  test('is null for one that was registered and never there, and lasts when the history is gone', async () => {
    const { t, clock, ask, deviceId, post, board } = await startStation();
    const { deviceId: ahead } = (await t.as('POST', '/devices', { productKey: STATION.productKey, deviceSN: 'AHEAD' }))
      .body.data;
    expect((await ask('GET', lastAlive(ahead))).body.data).toMatchObject({ lastAlive: null, lastOnlineAt: null });
    clock.advance(60_000);
    await post({ pv_power: 1 });
    const gone = t.next('deviceOffline');
    await board.cut();
    await gone;
    clock.advance(8 * 86_400_000);
    const again = await userOf(t, 'bluiotdata', 'anna');
    expect((await again('GET', lastAlive(deviceId))).body.data.lastAlive).toBe('2026-01-10T15:31:00.000Z');
  });
});

describe('the weather', () => {
  test('is unknown here: there are no notices', async () => {
    const { ask } = await startStation();
    const { data } = (await ask('GET', '/device/openWeatherAlert/v1/queryDeviceWeatherNoticePage?pageSize=500')).body;
    expect(data).toEqual({ total: 0, pageNum: 1, pageSize: 100, list: [] });
  });

  test('finds the devices with a battery that the caller sees, page by page, over several products', async () => {
    const other = { ...STATION, productKey: 'PS-900' };
    const { t, deviceId, ask, post } = await startStation({ products: [...PRODUCTS, STATION, other] });
    await post({ battery_soc: 63.5 });
    const second = (await t.activate('PS501', 'PS-500')).deviceId;
    const third = (await t.activate('PS900', 'PS-900')).deviceId;
    await t.activate('LAMP', DIMMER.productKey);
    await inSpaceOf(t, second, 'olga');
    const path = '/device/openWeatherAlert/v1/queryDisasterDeviceBackupPowerPage';
    const page = async (query: string) => (await ask('GET', `${path}${query}`)).body.data;
    expect(await page('')).toMatchObject({
      total: 2,
      list: [
        { deviceId, online: true, soc: 63.5, reportedAt: '2026-01-10T15:30:00.000Z' },
        { deviceId: third, online: false, soc: null, reportedAt: null },
      ],
    });
    expect((await page('?pageSize=1&pageNum=2')).list).toMatchObject([{ deviceId: third }]);
    expect(await page('?pageSize=2&pageNum=2')).toMatchObject({ total: 2, list: [] });
  });
});
