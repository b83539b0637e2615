import { describe, expect, test } from 'vitest';
import { restPositions } from '../../../host-sim/cloud/domain/automation/rest-positions.js';
import { loadProduct } from '../../../host-sim/products/load.js';
import { TestClock } from '../support/clock.js';
import { startCloud } from '../support/fixture.js';
import { askGateway, userOf, wordOf } from '../support/gateway.js';
import { INVERTER } from '../support/inverter.js';
import { keyHolder } from '../support/key-holder.js';
import { signUp } from '../support/people.js';
import { PRODUCTS } from '../support/products.js';

const GET = '/aecc/advancedSetting/v1/getSettings';
const SAVE = '/aecc/advancedSetting/v1/saveSetting';
const RESET = '/aecc/advancedSetting/v1/resetToDefault';
const AGING = '/device/batteryAgingMaintenance/v1/handleAging';
const POWER = '/aecc/command/v1/querySystemPowerData';

describe('the settings of a device', () => {
  test('are the writable properties of its thing model, with their last values', async () => {
    const { t, ask, deviceId, board, topics } = await home();
    await board.say(topics.propertyPost, { params: { flap: 'middle' } });
    const path = `/api/blusmartprod${GET}?deviceId=${deviceId}`;
    const { token } = (await t.login()).body.data;
    const english = { authorization: `Bearer ${token}`, 'accept-language': 'en' };
    expect((await askGateway(t, 'GET', path, undefined, english)).body.data).toMatchObject({
      total: 2,
      list: [
        {
          key: 'flap',
          name: 'Flap',
          type: 'enum',
          unit: null,
          min: null,
          values: ['up', 'middle', 'down'],
          value: 'middle',
          reportedAt: '2026-01-10T15:30:00.000Z',
        },
        { key: 'batteryAging', name: 'Battery care', type: 'boolean', values: null, value: null, reportedAt: null },
      ],
    });
    expect((await ask('GET', `${GET}?deviceId=${deviceId}`)).body.data.list[0].name).toBe('风门');
    await t.as('POST', '/products', { productKey: 'BARE', name: 'Bare', category: 'x', controlMode: 'generic' });
    const bare = (await t.activate('BARE', 'BARE')).deviceId;
    expect((await ask('GET', `${GET}?deviceId=${bare}`)).body.data.list).toEqual([]);
    expect(wordOf(await ask('POST', SAVE, { deviceId: bare, settings: { flap: 'up' } }))).toBe(
      '400 control_not_supported',
    );
  });

  test('are saved by one command, whose answer may be waited for', async () => {
    const { ask, deviceId, board, topics } = await home();
    const settings = { flap: 'up', batteryAging: true };
    const answer = ask('POST', SAVE, { deviceId, settings, wait: 5_000 });
    const { payload } = await board.next();
    expect(payload.params).toEqual(settings);
    await board.say(topics.propertySetReply, { id: payload.id, code: 200, data: {} });
    const reply = { code: 200, data: {} };
    expect((await answer).body.data).toEqual({ deviceId, settings, result: 'sent', reply });
    expect((await ask('POST', SAVE, { deviceId, settings })).body.data).toMatchObject({ result: 'sent', reply: null });
    expect((await board.next()).payload.params).toEqual(settings);
  });

  test('are refused as a whole where one is wrong, and nothing is sent', async () => {
    const { t, ask, deviceId, board } = await home();
    const save = (settings: unknown, device = deviceId) => ask('POST', SAVE, { deviceId: device, settings });
    for (const settings of [{ flap: 'sideways' }, { flap: 'up', power: 7 }, { action: 'toggle' }, { unknown: 1 }, {}]) {
      const answer = await save(settings);
      expect(wordOf(answer)).toBe('400 invalid_parameter');
      expect(answer.body.msg).toContain(Object.keys(settings).at(-1) ?? 'settings');
    }
    const servo = (await t.activate('SERVO')).deviceId;
    expect(wordOf(await save({ position: 'up' }, servo))).toBe('400 control_not_supported');
    expect(wordOf(await ask('POST', RESET, { deviceId: servo }))).toBe('400 control_not_supported');
    const owner = await signUp(t, 'owner');
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Elsewhere' })).body.data;
    await owner('PUT', `/devices/${deviceId}`, { projectId });
    expect(wordOf(await save({ flap: 'up' }))).toBe('404 device_not_found');
    expect(wordOf(await ask('POST', RESET, { deviceId }))).toBe('404 device_not_found');
    expect(wordOf(await ask('POST', AGING, { deviceId, enable: true }))).toBe('404 device_not_found');
    for (const path of [GET, POWER]) {
      expect(wordOf(await ask('GET', `${path}?deviceId=${deviceId}`))).toBe('404 device_not_found');
    }
    expect(board.received).toEqual([]);
  });

  test('are reset by one command that brings every output to rest', async () => {
    const { ask, deviceId, board } = await home();
    const { data } = (await ask('POST', RESET, { deviceId })).body;
    const settings = { flap: 'middle', batteryAging: false };
    expect(data).toEqual({ deviceId, settings, result: 'sent', reply: null });
    expect((await board.next()).payload.params).toEqual(settings);
  });

  test('are none where the control mode of its product takes no properties', async () => {
    const t = await startCloud();
    const { deviceId } = await t.activate();
    const ask = await userOf(t, 'blusmartprod', 'anna');
    expect((await ask('GET', `${GET}?deviceId=${deviceId}`)).body.data.list).toEqual([]);
    expect(wordOf(await ask('POST', SAVE, { deviceId, settings: { angle: 10 } }))).toBe('400 control_not_supported');
  });

  test('at rest are those of each shipped product that has outputs to set', () => {
    expect(restPositions(loadProduct('SW-GEN-001'))).toEqual({ position: 'middle', relay: false, level: 0 });
    expect(restPositions(loadProduct('SW-SENSE-001'))).toEqual({});
  });
});

describe('the care for an aging battery', () => {
  test('is switched where the product has it, and nowhere else', async () => {
    const { t, ask, deviceId, board } = await home();
    expect((await ask('POST', AGING, { deviceId, enable: true })).body.data).toMatchObject({ result: 'sent' });
    expect((await board.next()).payload.params).toEqual({ batteryAging: true });
    const servo = (await t.activate('SERVO')).deviceId;
    const refused = await ask('POST', AGING, { deviceId: servo, enable: true });
    expect(wordOf(refused)).toBe('400 control_not_supported');
    expect(refused.body.msg).toContain('battery');
  });
});

describe('the power of a system', () => {
  test('is what its product measures, as it was last reported, and null for the rest', async () => {
    const { t, ask, deviceId, board, topics } = await home();
    const params = { power: 350, battery_power: -120.5, battery_soc: 71, pv_power: 0.8, flap: 'up' };
    await board.say(topics.propertyPost, { params });
    const reportedAt = '2026-01-10T15:30:00.000Z';
    expect((await ask('GET', `${POWER}?deviceId=${deviceId}`)).body.data).toEqual({
      deviceId,
      online: true,
      power: { value: 350, unit: 'W', reportedAt },
      battery: { value: -120.5, unit: 'W', reportedAt },
      pv: { value: 800, unit: 'W', reportedAt },
      grid: { value: null, unit: 'W', reportedAt: null },
      load: null,
      soc: { value: 71, unit: '%', reportedAt },
    });
    const servo = (await t.activate('SERVO')).deviceId;
    expect((await ask('GET', `${POWER}?deviceId=${servo}`)).body.data).toEqual({
      deviceId: servo,
      online: false,
      power: null,
      battery: null,
      pv: null,
      grid: null,
      load: null,
      soc: null,
    });
  });
});

/** An inverter that is online, and somebody who sets it. */
async function home() {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment, products: [...PRODUCTS, INVERTER] });
  const activation = await t.activate('INVERTER', INVERTER.productKey);
  const board = await t.online(activation, { time: clock.now });
  const ask = await keyHolder(t, 'blusmartprod', 'somebody');
  return { t, ask, board, deviceId: activation.deviceId, topics: activation.topics };
}
