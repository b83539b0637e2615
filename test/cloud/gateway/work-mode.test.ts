import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import { startCloud, temporaryDirectory } from '../support/fixture.js';
import { wordOf } from '../support/gateway.js';
import { INVERTER } from '../support/inverter.js';
import { keyHolder } from '../support/key-holder.js';
import { signUp } from '../support/people.js';
import { PRODUCTS } from '../support/products.js';

const GET = '/aecc/workMode/v1/getWorkMode';
const SET = '/aecc/workMode/v1/setWorkMode';
const ADD = '/aecc/workMode/v1/addCustomPlan';
const HOUR = 3_600_000;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
const UP = { flap: 'up' };
const DOWN = { flap: 'down' };
/** An hour and two after the clock of these tests starts. */
const ENTRIES = [
  { at: '16:30', days: EVERY_DAY, params: UP },
  { at: '17:30', days: EVERY_DAY, params: DOWN },
  { at: '17:30', days: EVERY_DAY, params: { batteryAging: true } },
];

describe('the work mode of a device', () => {
  test('is manual at first, beside what its product says of its own', async () => {
    const { ask, deviceId, board, topics } = await home();
    const get = async () => (await ask('GET', `${GET}?deviceId=${deviceId}`)).body.data;
    expect(await get()).toEqual({
      deviceId,
      controlMode: 'generic',
      workMode: 'manual',
      planId: null,
      property: { key: 'workMode', value: null, values: ['eco', 'boost'], reportedAt: null },
      plans: [],
    });
    await board.say(topics.propertyPost, { params: { workMode: 'eco' } });
    expect((await get()).property).toMatchObject({ value: 'eco', reportedAt: '2026-01-10T15:30:00.000Z' });
  });

  test('with a plan has the cloud command it at the times of that plan, until it is manual again', async () => {
    const { ask, clock, board, deviceId, addPlan, set } = await home();
    const { planId, nextRunAt } = await addPlan();
    expect(nextRunAt).toBeNull();
    expect(await set('plan', planId)).toMatchObject({
      workMode: 'plan',
      planId,
      plans: [{ planId, nextRunAt: '2026-01-10T16:30:00.000Z', lastRun: null }],
    });
    clock.advance(2 * HOUR);
    const told = [];
    for (let count = 0; count < 3; count += 1) told.push((await board.next()).payload.params);
    // Those of one time by the order of the plan.
    expect(told).toEqual([UP, DOWN, { batteryAging: true }]);
    const lastRun = async () => (await ask('GET', `${GET}?deviceId=${deviceId}`)).body.data.plans[0].lastRun;
    const sent = { deviceId, result: 'sent', detail: null };
    await expect.poll(lastRun).toEqual({ at: '2026-01-10T17:30:00.000Z', results: [sent, sent] });
    expect(await set('manual')).toMatchObject({ workMode: 'manual', planId: null, plans: [{ nextRunAt: null }] });
    clock.advance(48 * HOUR);
    await set('manual');
    expect(board.received).toEqual([]);
  });

  test('follows one plan at a time, also after a restart', async () => {
    const dataDir = temporaryDirectory();
    const { t, clock, activation, addPlan, set } = await home(dataDir);
    const first = await addPlan();
    const second = await addPlan({ name: 'Other', entries: [{ at: '16:30', days: EVERY_DAY, params: DOWN }] });
    await set('plan', first.planId);
    const { plans } = await set('plan', second.planId);
    expect(plans.map(({ nextRunAt }: { nextRunAt: string | null }) => nextRunAt !== null)).toEqual([false, true]);
    await t.cloud.close();
    const again = await startCloud({ environment: clock.environment, dataDir, products: [...PRODUCTS, INVERTER] });
    const board = await again.online(activation, { time: clock.now });
    clock.advance(HOUR);
    expect((await board.next()).payload.params).toEqual(DOWN);
    expect(board.received).toEqual([]);
  });

  test('goes on by a plan that is changed, which has the same name', async () => {
    const { clock, board, addPlan, set } = await home();
    const { planId } = await addPlan();
    await set('plan', planId);
    const changed = await addPlan({ entries: [{ at: '17:30', days: EVERY_DAY, params: DOWN }], utcOffset: 60 });
    expect(changed).toMatchObject({ planId, nextRunAt: '2026-01-10T16:30:00.000Z' });
    clock.advance(HOUR);
    expect((await board.next()).payload.params).toEqual(DOWN);
  });

  test('is of the device: whoever sees it may end a plan, which runs as the user who made it', async () => {
    const { t, clock, board, deviceId, addPlan, set, ask } = await home();
    const { planId } = await addPlan();
    const other = await keyHolder(t, 'blusmartprod', 'other');
    const asOther = (workMode: string, plan?: string) => other('POST', SET, { deviceId, workMode, planId: plan });
    // A plan that is not his, and that the device does not follow, he does not see.
    expect(wordOf(await asOther('plan', planId))).toBe('404 not_found');
    expect((await other('GET', `${GET}?deviceId=${deviceId}`)).body.data.plans).toEqual([]);
    await set('plan', planId);
    expect((await other('GET', `${GET}?deviceId=${deviceId}`)).body.data).toMatchObject({
      planId,
      plans: [{ planId }],
    });
    const owner = await signUp(t, 'owner');
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Elsewhere' })).body.data;
    await owner('PUT', `/devices/${deviceId}`, { projectId });
    clock.advance(HOUR);
    expect(wordOf(await asOther('manual'))).toBe('404 device_not_found');
    expect(wordOf(await ask('GET', `${GET}?deviceId=${deviceId}`))).toBe('404 device_not_found');
    await owner('PUT', `/devices/${deviceId}`, { projectId: 'proj_default' });
    const { plans } = (await ask('GET', `${GET}?deviceId=${deviceId}`)).body.data;
    expect(plans[0].lastRun.results).toEqual([{ deviceId, result: 'device_not_found', detail: null }]);
    expect(wordOf(await asOther('manual'))).toBe('200 success');
    expect(board.received).toEqual([]);
  });

  test('is manual for its owner while it follows a plan of somebody who no longer sees it', async () => {
    const { t, clock, board, deviceId, addPlan, set } = await home();
    const { planId } = await addPlan();
    await set('plan', planId);
    const owner = await keyHolder(t, 'blusmartprod', 'owner');
    await owner('POST', '/device/basic/v2/bind', { deviceSN: 'INVERTER' });
    const seen = async () => (await owner('GET', `${GET}?deviceId=${deviceId}`)).body.data;
    expect(await seen()).toMatchObject({ workMode: 'manual', planId: null, plans: [] });
    expect(wordOf(await owner('POST', SET, { deviceId, workMode: 'plan', planId }))).toBe('404 not_found');
    const own = (await owner('POST', ADD, { ...planOf(deviceId), name: 'Mine' })).body.data;
    await owner('POST', SET, { deviceId, workMode: 'plan', planId: own.planId });
    expect(await seen()).toMatchObject({ workMode: 'plan', planId: own.planId, plans: [{ planId: own.planId }] });
    clock.advance(HOUR);
    expect((await board.next()).payload.params).toEqual(UP);
    expect(board.received).toEqual([]);
  });

  test('takes 200 plans of a user at most, whatever devices they are for', async () => {
    const { t, ask } = await home();
    const deviceIds: string[] = [];
    for (let count = 0; count < 13; count += 1) {
      deviceIds.push((await t.activate(`INV${count}`, INVERTER.productKey)).deviceId);
    }
    const add = (count: number) =>
      ask('POST', ADD, {
        ...planOf(deviceIds[Math.floor(count / 16)]!),
        name: `Plan ${count % 16}`,
        entries: [ENTRIES[0]],
      });
    for (let count = 0; count < 200; count += 1) expect((await add(count)).status).toBe(200);
    expect((await add(200)).body.msg).toBe(
      'forbidden: a user has at most 200 plans; one of the same device and name is changed',
    );
    expect((await add(7)).status).toBe(200);
  });

  test('takes plans that say when and what, at most 16 of a user for a device', async () => {
    const { ask, deviceId, addPlan, set } = await home();
    const add = async (more: object) => wordOf(await ask('POST', ADD, { ...planOf(deviceId), ...more }));
    expect(await add({ entries: [] })).toBe('400 invalid_parameter');
    expect(await add({ entries: Array.from({ length: 33 }, () => ENTRIES[0]) })).toBe('400 invalid_parameter');
    expect(await add({ entries: [{ ...ENTRIES[0], params: { flap: 'sideways' } }] })).toBe('400 invalid_parameter');
    expect(await add({ entries: [{ ...ENTRIES[0], params: {} }] })).toBe('400 no_control_params');
    expect(await add({ deviceId: 'none' })).toBe('404 device_not_found');
    for (let count = 0; count < 16; count += 1) await addPlan({ name: `Plan ${count}` });
    expect(await add({ name: 'One more' })).toBe('403 forbidden');
    expect(await add({ name: 'Plan 3' })).toBe('200 success');
    expect(await set('plan')).toBeNull();
    expect(await set('plan', 'plan_none')).toBeNull();
  });
});

const planOf = (deviceId: string) => ({ deviceId, name: 'Day', entries: ENTRIES, utcOffset: 0 });

/** An inverter that is online, and somebody who plans for it. */
async function home(dataDir = ':memory:') {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment, dataDir, products: [...PRODUCTS, INVERTER] });
  const activation = await t.activate('INVERTER', INVERTER.productKey);
  const board = await t.online(activation, { time: clock.now });
  const ask = await keyHolder(t, 'blusmartprod', 'somebody');
  const { deviceId, topics } = activation;
  const addPlan = async (more: object = {}) => (await ask('POST', ADD, { ...planOf(deviceId), ...more })).body.data;
  const set = async (workMode: string, planId?: string) =>
    (await ask('POST', SET, { deviceId, workMode, planId })).body.data;
  return { t, clock, activation, deviceId, topics, board, ask, addPlan, set };
}
