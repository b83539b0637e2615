import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import { startCloud } from '../support/fixture.js';
import { wordOf } from '../support/gateway.js';
import { INVERTER } from '../support/inverter.js';
import { keyHolder } from '../support/key-holder.js';
import { signUp } from '../support/people.js';
import { PRODUCTS } from '../support/products.js';

const USER = '/dynamicElectricityPrice/user/v1';
const UP = `${USER}/policyInformationUp`;
const DOWN = `${USER}/policyInformationDownApp`;
const STATUS = `${USER}/dyEpStatus`;
const COST = `${USER}/costStatistics`;
const CHEAPEST = `${USER}/aiCostStatistics`;
const HOUR = 3_600_000;
const PERIODS = [
  { from: '06:00', to: '16:00', price: 0.3 },
  { from: '16:00', to: '20:00', price: 0.5 },
  { from: '20:00', to: '06:00', price: 0.2 },
];
const PLAN = { name: 'Three prices', currency: 'EUR', utcOffset: 0, periods: PERIODS, enabled: true };

describe('a price plan', () => {
  test('is stored, and says what energy costs now and next', async () => {
    const { ask, clock } = await home();
    const enabled = async () => (await ask('GET', `${USER}/dyEpEnabled`)).body.data.enabled;
    const status = async () => (await ask('GET', STATUS)).body.data;
    expect(await enabled()).toBe(false);
    expect(await status()).toEqual({
      plan: null,
      currentPrice: null,
      until: null,
      nextPrice: null,
      cheapestPeriod: null,
    });
    const plan = (await ask('POST', UP, PLAN)).body.data;
    const planId = expect.stringMatching(/^price_[0-9a-f]{16}$/);
    expect(plan).toEqual({ planId, ...PLAN, updatedAt: '2026-01-10T15:30:00.000Z' });
    expect(await enabled()).toBe(true);
    expect(await status()).toEqual({
      plan,
      currentPrice: 0.3,
      until: '2026-01-10T16:00:00.000Z',
      nextPrice: 0.5,
      cheapestPeriod: PERIODS[2],
    });
    clock.advance(12 * HOUR);
    expect(await status()).toMatchObject({ currentPrice: 0.2, until: '2026-01-11T06:00:00.000Z', nextPrice: 0.3 });
  });

  test('is by the clock of its offset', async () => {
    const { ask } = await home();
    await ask('POST', UP, { ...PLAN, utcOffset: 330 });
    expect((await ask('GET', STATUS)).body.data).toMatchObject({
      currentPrice: 0.2,
      until: '2026-01-11T00:30:00.000Z',
    });
  });

  test('counts alone: another that is enabled takes its place, and one of its name changes it', async () => {
    const { ask } = await home();
    const first = (await ask('POST', UP, PLAN)).body.data;
    const second = (await ask('POST', UP, { ...PLAN, name: 'Other' })).body.data;
    expect((await ask('GET', STATUS)).body.data.plan.planId).toBe(second.planId);
    const plans = (await ask('GET', DOWN)).body.data;
    expect(plans).toMatchObject({ total: 2, pageNum: 1, list: [{ enabled: false }, { enabled: true }] });
    const changed = (await ask('POST', UP, { ...PLAN, currency: 'CNY' })).body.data;
    expect(changed).toMatchObject({ planId: first.planId, currency: 'CNY', enabled: true });
    expect((await ask('POST', UP, { ...PLAN, enabled: false })).body.data.enabled).toBe(false);
    expect((await ask('GET', `${USER}/dyEpEnabled`)).body.data.enabled).toBe(false);
  });

  test.each([
    ['periods', { periods: PERIODS.slice(1) }],
    ['periods', { periods: [] }],
    ['periods', { periods: [...PERIODS, PERIODS[0]] }],
    ['periods', { periods: [{ from: '00:00', to: '24:01', price: 1 }] }],
    ['periods', { periods: [{ from: '00:00', to: '24:00', price: '1' }] }],
    ['periods', { periods: [{ from: '00:00', to: '24:00', price: 1e9 }] }],
    ['currency', { currency: 'XYZ' }],
    ['currency', { currency: 'eur' }],
    ['utcOffset', { utcOffset: 900 }],
    ['name', { name: ' ' }],
    ['enabled', { enabled: undefined }],
  ])('is refused for its %s: %j', async (field, wrong) => {
    const { ask } = await home();
    const answer = await ask('POST', UP, { ...PLAN, ...wrong });
    expect(wordOf(answer)).toBe('400 invalid_parameter');
    expect(answer.body.msg).toContain(field);
    expect((await ask('GET', DOWN)).body.data.total).toBe(0);
  });

  test('is its user’s alone, and one of 20 at most', async () => {
    const { ask, t } = await home();
    for (let count = 0; count < 20; count += 1) await ask('POST', UP, { ...PLAN, name: `Plan ${count}` });
    expect(wordOf(await ask('POST', UP, PLAN))).toBe('403 forbidden');
    expect(wordOf(await ask('POST', UP, { ...PLAN, name: 'Plan 7' }))).toBe('200 success');
    const stranger = await keyHolder(t, 'bluiotvpp', 'stranger');
    expect((await stranger('GET', DOWN)).body.data.total).toBe(0);
    expect((await stranger('GET', STATUS)).body.data.plan).toBeNull();
  });
});

describe('what energy has cost', () => {
  test('is its counter’s rise by period, spread over the time between readings, times the price', async () => {
    const { ask, deviceId, post } = await home();
    await ask('POST', UP, PLAN);
    // Three hours, of which one and a half are in each of two periods; then five in two others.
    await post('2026-01-10T14:30:00Z', 100);
    await post('2026-01-10T17:30:00Z', 103);
    await post('2026-01-10T22:30:00Z', 108);
    const { data } = (await ask('GET', `${COST}?deviceId=${deviceId}`)).body;
    expect(data).toEqual({
      deviceId,
      from: expect.any(String),
      to: '2026-01-10T22:30:00.000Z',
      meter: 'grid_energy',
      energy: 8,
      currency: 'EUR',
      cost: 2.95,
      periods: [
        { ...PERIODS[0], energy: 1.5, cost: 0.45 },
        { ...PERIODS[1], energy: 4, cost: 2 },
        { ...PERIODS[2], energy: 2.5, cost: 0.5 },
      ],
    });
    expect((await ask('GET', `${CHEAPEST}?deviceId=${deviceId}`)).body.data).toMatchObject({
      energy: 8,
      cost: 2.95,
      cheapestPeriod: PERIODS[2],
      cheapestCost: 1.6,
      saving: 1.35,
    });
  });

  test('is of the span that is asked for, to which a rise counts by its share of the time', async () => {
    const { ask, deviceId, post } = await home();
    await ask('POST', UP, PLAN);
    await post('2026-01-10T16:00:00Z', 100);
    await post('2026-01-10T20:00:00Z', 104);
    const query = 'from=2026-01-10T17:00:00Z&to=2026-01-11';
    const { data } = (await ask('GET', `${COST}?deviceId=${deviceId}&${query}`)).body;
    expect(data).toMatchObject({ from: '2026-01-10T17:00:00.000Z', energy: 3, cost: 1.5 });
    const wrong = await ask('GET', `${COST}?deviceId=${deviceId}&from=2026-01-11&to=2026-01-10`);
    expect(wordOf(wrong)).toBe('400 invalid_parameter');
    expect(wordOf(await ask('GET', `${CHEAPEST}?deviceId=${deviceId}&from=yesterday`))).toBe('400 invalid_parameter');
  });

  test('leaves out what a counter counted around its reset', async () => {
    const { ask, deviceId, post } = await home();
    await ask('POST', UP, PLAN);
    await post('2026-01-10T16:00:00Z', 100);
    await post('2026-01-10T17:00:00Z', 101);
    await post('2026-01-10T18:00:00Z', 5);
    await post('2026-01-10T19:00:00Z', 6);
    expect((await ask('GET', `${COST}?deviceId=${deviceId}`)).body.data).toMatchObject({ energy: 2, cost: 1 });
  });

  test('is of numbers that a meter can show: what is beyond them is no reading', async () => {
    const { ask, deviceId, post } = await home();
    await ask('POST', UP, { ...PLAN, periods: [{ from: '00:00', to: '24:00', price: 1_000_000 }] });
    await post('2026-01-10T16:00:00Z', 100);
    await post('2026-01-10T17:00:00Z', 1e305);
    await post('2026-01-10T18:00:00Z', 102);
    expect((await ask('GET', `${COST}?deviceId=${deviceId}`)).body.data).toMatchObject({ energy: 2, cost: 2_000_000 });
    await post('2026-01-10T19:00:00Z', 1e303);
    for (const path of [COST, CHEAPEST]) {
      expect((await ask('GET', `${path}?deviceId=${deviceId}`)).body.data).toMatchObject({
        energy: 2,
        cost: 2_000_000,
      });
    }
  });

  test('is null where nothing is metered, nothing was reported, or there is no price', async () => {
    const { ask, t, deviceId, post } = await home();
    const servo = (await t.activate('SERVO')).deviceId;
    const cost = async (id: string) => (await ask('GET', `${COST}?deviceId=${id}`)).body.data;
    const nothing = { energy: null, currency: null, cost: null, periods: [] };
    expect(await cost(servo)).toMatchObject({ meter: null, ...nothing });
    expect(await cost(deviceId)).toMatchObject({ meter: 'grid_energy', ...nothing });
    await post('2026-01-10T16:00:00Z', 100);
    await post('2026-01-10T17:00:00Z', 101);
    expect(await cost(deviceId)).toMatchObject({ ...nothing, energy: 1 });
    expect((await ask('GET', `${CHEAPEST}?deviceId=${deviceId}`)).body.data).toMatchObject({
      energy: 1,
      cost: null,
      cheapestPeriod: null,
      cheapestCost: null,
      saving: null,
    });
  });

  test('is told to who sees the device', async () => {
    const { ask, t, deviceId } = await home();
    const owner = await signUp(t, 'owner');
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Elsewhere' })).body.data;
    await owner('PUT', `/devices/${deviceId}`, { projectId });
    for (const path of [COST, CHEAPEST]) {
      expect(wordOf(await ask('GET', `${path}?deviceId=${deviceId}`))).toBe('404 device_not_found');
    }
  });
});

/** An inverter that is online, and somebody who pays for its energy. */
async function home() {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment, products: [...PRODUCTS, INVERTER] });
  const { deviceId, ...activation } = await t.activate('INVERTER', INVERTER.productKey);
  const board = await t.online({ deviceId, ...activation }, { time: clock.now });
  const ask = await keyHolder(t, 'bluiotvpp', 'somebody');
  /** Reports how its counter stands, when that time has come. */
  const post = async (at: string, grid_energy: number) => {
    const time = Date.parse(at);
    clock.advance(Math.max(0, time - clock.now));
    await board.say(activation.topics.propertyPost, { params: { grid_energy }, time });
  };
  return { t, clock, ask, deviceId, post };
}
