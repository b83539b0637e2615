import { describe, expect, test } from 'vitest';
import { TestClock } from '../support/clock.js';
import { startCloud, temporaryDirectory } from '../support/fixture.js';
import { type Ask, wordOf } from '../support/gateway.js';
import { keyHolder } from '../support/key-holder.js';
import { signUp } from '../support/people.js';

const UP = '/dynamicElectricityPrice/user/v1/policyInformationUp';
const PROGRAMS = '/vpp/v1/programs';
const ENROLL = '/vpp/v1/enrollment';
const DISPATCHES = '/vpp/v1/dispatches';
const SITE = '/vpp/site/v1/create';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The clock of these tests starts at 15:30. */
const PERIODS = [
  { from: '06:00', to: '16:30', price: 0.3 },
  { from: '16:30', to: '20:30', price: 0.5 },
  { from: '20:30', to: '06:00', price: 0.2 },
];
const PLAN = { name: 'Three prices', currency: 'EUR', utcOffset: 0, periods: PERIODS, enabled: true };
const OFF = { action: 'toggle', position: 'down' };
const ON = { action: 'toggle', position: 'up' };
const COMMANDS = { maxPrice: 0.3, above: OFF, below: ON };

describe('a device that follows a price', () => {
  test('is commanded when the price goes over its limit, and when it falls to it or under', async () => {
    const { ask, clock, boards, programId, deviceIds } = await home();
    const { data } = (await ask('POST', ENROLL, { programId, deviceId: deviceIds[0], ...COMMANDS })).body;
    const enrollment = { programId, deviceId: deviceIds[0], ...COMMANDS, lastRun: null };
    expect(data.list).toEqual([{ ...enrollment, nextRunAt: '2026-01-10T16:30:00.000Z' }]);
    clock.advance(HOUR - 1);
    expect(boards[0]!.received).toEqual([]);
    clock.advance(1);
    expect((await boards[0]!.next()).payload.params).toEqual(OFF);
    clock.advance(4 * HOUR);
    expect((await boards[0]!.next()).payload.params).toEqual(ON);
    const dispatches = async () => (await ask('GET', DISPATCHES)).body.data.list;
    const sent = { programId, deviceId: deviceIds[0], currency: 'EUR', result: 'sent' };
    await expect.poll(dispatches).toEqual([
      { ...sent, at: '2026-01-10T20:30:00.000Z', price: 0.2, params: ON },
      { ...sent, at: '2026-01-10T16:30:00.000Z', price: 0.5, params: OFF },
    ]);
    const [program] = (await ask('GET', PROGRAMS)).body.data.list;
    expect(program).toMatchObject({ programId, name: PLAN.name, currency: 'EUR', utcOffset: 0, periods: PERIODS });
    expect(program.enrollments).toMatchObject([
      {
        nextRunAt: '2026-01-11T16:30:00.000Z',
        lastRun: { at: '2026-01-10T20:30:00.000Z', results: [{ result: 'sent' }] },
      },
    ]);
    expect(boards[1]!.received).toEqual([]);
  });

  test('hears of no price that does not cross its limit', async () => {
    const { ask, clock, boards, programId, deviceIds } = await home();
    const enroll = async (maxPrice: number) =>
      (await ask('POST', ENROLL, { programId, deviceId: deviceIds[0], ...COMMANDS, maxPrice })).body.data.list[0];
    expect((await enroll(0.5)).nextRunAt).toBeNull();
    clock.advance(DAY);
    expect((await enroll(0.25)).nextRunAt).toBe('2026-01-11T20:30:00.000Z');
    expect(boards[0]!.received).toEqual([]);
    expect((await ask('GET', DISPATCHES)).body.data.total).toBe(0);
  });

  test('follows what its plan becomes, and nothing while that is not enabled', async () => {
    const { ask, prices, clock, boards, programId, deviceIds } = await home();
    await ask('POST', ENROLL, { programId, deviceId: deviceIds[0], ...COMMANDS });
    await prices({ ...PLAN, name: 'Other' });
    expect((await ask('GET', PROGRAMS)).body.data.list).toMatchObject([{ name: 'Other', enrollments: [] }]);
    clock.advance(2 * HOUR);
    await prices({ ...PLAN, utcOffset: -120 });
    const [program] = (await ask('GET', PROGRAMS)).body.data.list;
    expect(program).toMatchObject({ programId, enrollments: [{ nextRunAt: '2026-01-10T18:30:00.000Z' }] });
    clock.advance(HOUR);
    expect((await boards[0]!.next()).payload.params).toEqual(OFF);
    await prices({ ...PLAN, enabled: false });
    expect((await ask('GET', PROGRAMS)).body.data).toMatchObject({ total: 0, list: [] });
    clock.advance(2 * DAY);
    await ask('GET', PROGRAMS);
    expect(boards[0]!.received).toEqual([]);
  });

  test('may be one of a site, whose devices follow together', async () => {
    const { ask, clock, boards, programId, deviceIds, t } = await home();
    const site = (await ask('POST', SITE, { name: 'Home', address: 'Main Street 1', deviceIds })).body.data;
    const siteId = expect.stringMatching(/^site_[0-9a-f]{16}$/);
    expect(site).toEqual({ siteId, name: 'Home', address: 'Main Street 1', deviceIds });
    const other = (await t.activate('OTHER')).deviceId;
    await ask('POST', ENROLL, { programId, deviceId: other, ...COMMANDS });
    const enrolled = (await ask('POST', ENROLL, { programId, siteId: site.siteId, ...COMMANDS })).body.data;
    expect(enrolled).toMatchObject({ total: 2, list: deviceIds.map((deviceId) => ({ deviceId })) });
    const inProgram = async (query = '') =>
      (await ask('GET', `${PROGRAMS}${query}`)).body.data.list[0].enrollments.length;
    expect([await inProgram(), await inProgram(`?siteId=${site.siteId}`)]).toEqual([3, 2]);
    clock.advance(HOUR);
    for (const board of boards) expect((await board.next()).payload.params).toEqual(OFF);
    const ended = { programId, siteId: site.siteId, enrolled: false };
    expect((await ask('POST', ENROLL, ended)).body.data).toMatchObject({ total: 0 });
    expect(await inProgram()).toBe(1);
    // A site of the same name is the same.
    const moved = (await ask('POST', SITE, { name: 'Home', deviceIds: [other] })).body.data;
    expect(moved).toEqual({ siteId: site.siteId, name: 'Home', address: null, deviceIds: [other] });
  });

  test('is skipped, and that is said, once its user does not see it', async () => {
    const { ask, clock, boards, programId, deviceIds, t } = await home();
    await ask('POST', ENROLL, { programId, deviceId: deviceIds[0], ...COMMANDS });
    const owner = await signUp(t, 'owner');
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Elsewhere' })).body.data;
    await owner('PUT', `/devices/${deviceIds[0]}`, { projectId });
    clock.advance(HOUR);
    const results = async () => (await ask('GET', DISPATCHES)).body.data.list;
    await expect.poll(results).toMatchObject([{ result: 'device_not_found' }]);
    expect(boards[0]!.received).toEqual([]);
  });

  test('is still one after a restart, and what it was sent is known', async () => {
    const dataDir = temporaryDirectory();
    const { ask, clock, boards, programId, deviceIds, t, activations } = await home(dataDir);
    await ask('POST', ENROLL, { programId, deviceId: deviceIds[0], ...COMMANDS });
    clock.advance(HOUR);
    await boards[0]!.next();
    await expect.poll(async () => (await ask('GET', DISPATCHES)).body.data.total).toBe(1);
    await t.cloud.close();
    const again = await startCloud({ environment: clock.environment, dataDir });
    const board = await again.online(activations[0]!, { time: clock.now });
    clock.advance(4 * HOUR);
    expect((await board.next()).payload.params).toEqual(ON);
    const asked = await keyHolder(again, 'blusmartprod', 'somebody');
    await expect.poll(async () => (await asked('GET', DISPATCHES)).body.data.total).toBe(2);
    // Two a day: after 30 days the first are gone.
    clock.advance(31 * DAY);
    const kept = async () => (await asked('GET', `${DISPATCHES}?pageSize=100`)).body.data;
    await expect.poll(async () => (await kept()).list.at(-1)?.at > '2026-01-11').toBe(true);
  });

  test('is asked for in full, and by its user alone', async () => {
    const { ask, programId, deviceIds, t } = await home();
    const deviceId = deviceIds[0]!;
    const enroll = async (more: object, by: Ask = ask) =>
      wordOf(await by('POST', ENROLL, { programId, deviceId, ...COMMANDS, ...more }));
    expect(await enroll({ maxPrice: undefined })).toBe('400 invalid_parameter');
    expect(await enroll({ above: null })).toBe('400 invalid_parameter');
    expect(await enroll({ below: {} })).toBe('400 no_control_params');
    expect(await enroll({ below: { angle: 181 } })).toBe('400 invalid_parameter');
    expect(await enroll({ deviceId: null })).toBe('400 invalid_parameter');
    expect(await enroll({ siteId: 'site_1' })).toBe('400 invalid_parameter');
    expect(await enroll({ deviceId: null, siteId: 'site_1' })).toBe('404 not_found');
    expect(await enroll({ deviceId: 'none' })).toBe('404 device_not_found');
    expect(await enroll({ programId: 'price_1' })).toBe('404 not_found');
    const empty = (await ask('POST', SITE, { name: 'Empty' })).body.data.siteId;
    expect(await enroll({ deviceId: null, siteId: empty })).toBe('400 invalid_parameter');
    const stranger = await keyHolder(t, 'blusmartprod', 'stranger');
    expect(await enroll({}, stranger)).toBe('404 not_found');
    expect(wordOf(await stranger('GET', `${PROGRAMS}?siteId=${empty}`))).toBe('404 not_found');
    expect((await ask('GET', PROGRAMS)).body.data.list[0].enrollments).toEqual([]);
    for (let count = 1; count < 50; count += 1) await ask('POST', SITE, { name: `Site ${count}` });
    expect(wordOf(await ask('POST', SITE, { name: 'One more' }))).toBe('403 forbidden');
    expect(wordOf(await ask('POST', SITE, { name: 'Other', deviceIds: ['none'] }))).toBe('404 device_not_found');
  });
});

/** Two boards that are online, and somebody with a price plan. */
async function home(dataDir = ':memory:') {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment, dataDir });
  const activations = [await t.activate('LEFT'), await t.activate('RIGHT')];
  const boards = [];
  for (const activation of activations) boards.push(await t.online(activation, { time: clock.now }));
  const ask = await keyHolder(t, 'blusmartprod', 'somebody');
  const priced = await keyHolder(t, 'bluiotvpp', 'somebody');
  const prices = async (plan: object) => (await priced('POST', UP, plan)).body.data;
  const { planId: programId } = await prices(PLAN);
  return { t, clock, activations, boards, ask, prices, programId, deviceIds: activations.map((one) => one.deviceId) };
}
