import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import { type Activation, startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { type Ask, userOf, wordOf } from '../support/gateway.js';
import { keyHolder } from '../support/key-holder.js';
import { signUp } from '../support/people.js';

const CREATE = '/device/scene/v2/createScene';
const ADD = '/device/scene/v1/sceneAddDevice';
const UNBIND = '/device/scene/v1/sceneUnbindDevice';
const LIST = '/device/scene/v1/getAeccBindDeviceList';
const UP = { action: 'toggle', position: 'up' };
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];
/** An hour after the clock of these tests starts. */
const AT_16_30 = { at: '16:30', days: EVERY_DAY, utcOffset: 0 };

describe('a scene with a schedule', () => {
  test('is run by the cloud at its time, to the minute, and its boards get their commands', async () => {
    const { clock, boards, sceneOf, lastRuns } = await home();
    const { sceneId, nextRunAt } = await sceneOf(AT_16_30);
    expect(nextRunAt).toBe('2026-01-10T16:30:00.000Z');
    clock.advance(HOUR - 1);
    expect(boards.map(({ received }) => received)).toEqual([[], []]);
    clock.advance(1);
    expect((await boards[0]!.next()).payload.params).toEqual(UP);
    expect((await boards[1]!.next()).payload.params).toEqual({ angle: 90 });
    const said = { at: '2026-01-10T16:30:00.000Z', result: 'sent', detail: null };
    await expect.poll(() => lastRuns(sceneId)).toEqual([said, said]);
  });

  test('runs day after day, also where much time passes at once', async () => {
    const { clock, boards, sceneOf } = await home();
    await sceneOf({ ...AT_16_30, days: [6, 7, 1] });
    clock.advance(7 * 24 * HOUR);
    for (let run = 0; run < 3; run += 1) await boards[0]!.next();
    clock.advance(2 * HOUR);
    const { time } = (await boards[0]!.next()).payload;
    expect(new Date(time).toISOString()).toBe('2026-01-17T16:30:00.000Z');
    expect(boards[0]!.received).toEqual([]);
  });

  test('runs by the clock of its offset', async () => {
    const { sceneOf } = await home();
    const next = async (utcOffset: number) => (await sceneOf({ ...AT_16_30, utcOffset })).nextRunAt;
    expect(await next(330)).toBe('2026-01-11T11:00:00.000Z');
    expect(await next(-300)).toBe('2026-01-10T21:30:00.000Z');
  });

  test('survives a restart; what passed in the meantime is not made up for, but by a minute', async () => {
    const dataDir = temporaryDirectory();
    const { clock, t, sceneOf, activations } = await home(dataDir);
    await sceneOf(AT_16_30);
    await t.cloud.close();
    clock.advance(HOUR + MINUTE + 1);
    const second = await startCloud({ dataDir, environment: clock.environment });
    const board = await second.online(activations[0]!, { time: clock.now });
    clock.advance(MINUTE);
    expect(await lastOf(second)).toEqual([null, null]);
    // The next day it is late by just that minute.
    await second.cloud.close();
    clock.advance(24 * HOUR - MINUTE - 1);
    const third = await startCloud({ dataDir, environment: clock.environment });
    const again = await third.online(activations[0]!, { time: clock.now });
    clock.advance(0);
    expect((await again.next()).payload.params).toEqual(UP);
    expect(board.received).toEqual([]);
  });

  test('runs nothing twice where the clock is set back, and nothing late where it is set on', async () => {
    const { clock, boards, sceneOf, lastRuns } = await home();
    const { sceneId } = await sceneOf(AT_16_30);
    clock.advance(HOUR);
    await boards[0]!.next();
    clock.set(-2 * HOUR);
    clock.advance(3 * HOUR);
    // Set on over the time of the next day, by hours.
    clock.set(26 * HOUR);
    clock.advance(MINUTE);
    await expect.poll(() => lastRuns(sceneId)).toMatchObject([{ at: '2026-01-10T16:30:00.000Z' }, {}]);
    expect(boards[0]!.received).toEqual([]);
    clock.advance(24 * HOUR);
    expect(new Date((await boards[0]!.next()).payload.time).toISOString()).toBe('2026-01-12T16:30:00.000Z');
  });

  test('forgets a time that a wrong clock put far ahead', async () => {
    const { clock, boards, sceneOf } = await home();
    clock.set(400 * 24 * HOUR);
    await sceneOf(AT_16_30);
    clock.set(-400 * 24 * HOUR);
    clock.advance(HOUR);
    expect((await boards[0]!.next()).payload.params).toEqual(UP);
  });

  test('skips a board that its user no longer sees, says so, and runs the others', async () => {
    const { t, clock, boards, activations, sceneOf, lastRuns, ask } = await home();
    const { sceneId } = await sceneOf(AT_16_30);
    const stranger = await signUp(t, 'stranger');
    const { projectId } = (await stranger('POST', '/projects', { projectName: 'Elsewhere' })).body.data;
    await stranger('PUT', `/devices/${activations[0]!.deviceId}`, { projectId });
    clock.advance(HOUR);
    expect((await boards[1]!.next()).payload.params).toEqual({ angle: 90 });
    await expect.poll(() => lastRuns(sceneId)).toMatchObject([{ result: 'device_not_found' }, { result: 'sent' }]);
    expect((await ask('GET', LIST)).body.data.list[0]).toMatchObject({ deviceName: null });
    expect(boards[0]!.received).toEqual([]);
  });

  test('ends with its scene', async () => {
    const { clock, boards, sceneOf, ask } = await home();
    const { sceneId } = await sceneOf(AT_16_30);
    expect(wordOf(await ask('POST', UNBIND, { sceneId }))).toBe('200 success');
    clock.advance(48 * HOUR);
    expect((await ask('GET', LIST)).body.data.total).toBe(0);
    expect(boards[0]!.received).toEqual([]);
  });
});

describe('a scene', () => {
  test('gains, changes and loses boards', async () => {
    const { ask, t, sceneOf } = await home();
    const { sceneId } = await sceneOf();
    const third = (await t.activate('THIRD')).deviceId;
    const add = async (body: object) => (await ask('POST', ADD, { sceneId, ...body })).body.data;
    expect(await add({ deviceId: third, params: UP })).toMatchObject({
      deviceCount: 3,
      schedule: null,
      nextRunAt: null,
    });
    expect(await add({ deviceId: third, params: { angle: 7, unknown: 1 } })).toMatchObject({ deviceCount: 3 });
    const { list, total } = (await ask('GET', `${LIST}?sceneId=${sceneId}&pageSize=1&pageNum=3`)).body.data;
    expect({ list, total }).toMatchObject({
      total: 3,
      list: [{ deviceId: third, params: { angle: 7 }, lastRun: null }],
    });
    expect(list[0].params).toEqual({ angle: 7 });
    expect(wordOf(await ask('POST', UNBIND, { sceneId, deviceId: third }))).toBe('200 success');
    expect(wordOf(await ask('POST', UNBIND, { sceneId, deviceId: third }))).toBe('404 device_not_found');
    expect((await ask('GET', LIST)).body.data.total).toBe(2);
  });

  test('takes what a control request takes, and says what is wrong in the same words', async () => {
    const { ask, t, activations } = await home();
    const deviceId = activations[0]!.deviceId;
    const sensor = (await t.activate('SENSOR', 'SW-SENSE-001')).deviceId;
    const create = async (...devices: object[]) => wordOf(await ask('POST', CREATE, { name: 'x', devices }));
    expect(await create({ deviceId, params: { angle: 181 } })).toBe('400 invalid_parameter');
    expect(await create({ deviceId, params: {} })).toBe('400 no_control_params');
    expect(await create({ deviceId: sensor, params: UP })).toBe('400 control_not_supported');
    expect(await create({ deviceId: 'none', params: UP })).toBe('404 device_not_found');
    expect(await create({ deviceId, params: UP }, { deviceId, params: UP })).toBe('400 invalid_parameter');
    expect(await create({ deviceId, params: 'up' })).toBe('400 invalid_parameter');
    expect((await ask('GET', LIST)).body.data.total).toBe(0);
  });

  test.each([
    { at: '24:00' },
    { at: '7:00' },
    { days: [] },
    { days: [0] },
    { days: [8] },
    { days: [1, 1] },
    { utcOffset: 841 },
    { utcOffset: 0.5 },
    { at: undefined },
  ])('takes no schedule with %o', async (wrong) => {
    const { ask } = await home();
    const answer = await ask('POST', CREATE, { name: 'x', devices: [], schedule: { ...AT_16_30, ...wrong } });
    expect(wordOf(answer)).toBe('400 invalid_parameter');
    expect(answer.body.msg).toContain(Object.keys(wrong)[0]);
  });

  test('is its user’s alone, and one of 100 at most', async () => {
    const { ask, t, sceneOf, activations } = await home();
    const { sceneId } = await sceneOf();
    const stranger = await userOf(t, 'blusmartprod', 'stranger');
    const deviceId = activations[0]!.deviceId;
    expect(wordOf(await stranger('GET', `${LIST}?sceneId=${sceneId}`))).toBe('404 not_found');
    expect(wordOf(await stranger('POST', ADD, { sceneId, deviceId, params: UP }))).toBe('404 not_found');
    expect(wordOf(await stranger('POST', UNBIND, { sceneId }))).toBe('404 not_found');
    const create = () => ask('POST', CREATE, { name: 'x', devices: [] });
    for (let count = 1; count < 100; count += 1) expect((await create()).status).toBe(200);
    const refused = await create();
    expect(wordOf(refused)).toBe('403 forbidden');
    expect(refused.body.msg).toContain('100 scenes');
  });
});

/** Two boards that are online, and somebody who makes scenes of them. */
async function home(dataDir = ':memory:') {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment, dataDir });
  const activations: Activation[] = [await t.activate('LEFT'), await t.activate('RIGHT')];
  const boards = [];
  for (const activation of activations) boards.push(await t.online(activation, { time: clock.now }));
  const ask: Ask = await keyHolder(t, 'blusmartprod', 'somebody');
  const [left, right] = activations.map(({ deviceId }) => deviceId);
  const devices = [
    { deviceId: left, params: UP },
    { deviceId: right, params: { angle: 90 } },
  ];
  const sceneOf = async (schedule?: object) =>
    (await ask('POST', CREATE, { name: 'Evening', devices, schedule })).body.data;
  const lastRuns = async (sceneId: string) =>
    (await ask('GET', `${LIST}?sceneId=${sceneId}`)).body.data.list.map(({ lastRun }: { lastRun: object }) => lastRun);
  return { clock, t, activations, boards, ask, sceneOf, lastRuns };
}

/** How the boards of all scenes fared, after a restart. */
async function lastOf(t: TestCloud): Promise<unknown[]> {
  const ask = await userOf(t, 'blusmartprod', 'somebody');
  return (await ask('GET', LIST)).body.data.list.map(({ lastRun }: { lastRun: object }) => lastRun);
}
