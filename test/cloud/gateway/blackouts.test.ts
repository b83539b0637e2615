import { describe, expect, test } from 'vitest';
import type { TestBoard } from '../support/board.js';
import { TestClock } from '../support/clock.js';
import { type Activation, startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { type Ask, userOf, wordOf } from '../support/gateway.js';
import { PRODUCTS, STATION } from '../support/products.js';
import { inSpaceOf, startStation } from '../support/station.js';

const MINUTE = 60_000;
const DAY = 86_400_000;

const statsOf = async (ask: Ask, deviceId: string, query = '') =>
  (await ask('GET', `/device/iotData/v1/blackout/stats?deviceId=${deviceId}${query}`)).body.data;

async function cut(t: TestCloud, board: TestBoard): Promise<void> {
  const gone = t.next('deviceOffline');
  await board.cut();
  await gone;
}

async function comeBack(t: TestCloud, activation: Activation, clock: TestClock, boot?: object): Promise<TestBoard> {
  const board = await t.online(activation, { time: clock.now });
  if (boot) await board.say(activation.topics.propertyPost, { params: boot });
  return board;
}

describe('the times for which a board was away', () => {
  test('are from its going to its coming back, and one that goes on has no end', async () => {
    const { t, clock, activation, deviceId, board, ask } = await startStation();
    expect(await statsOf(ask, deviceId)).toMatchObject({ count: 0, totalSeconds: 0, longestSeconds: 0 });
    await cut(t, board);
    clock.advance(2 * MINUTE);
    const back = await comeBack(t, activation, clock);
    clock.advance(MINUTE);
    await cut(t, back);
    clock.advance(5 * MINUTE);
    expect(await statsOf(ask, deviceId)).toEqual({
      deviceId,
      count: 2,
      totalSeconds: 420,
      longestSeconds: 300,
      since: '2026-01-10T15:30:00.000Z',
      blackouts: {
        total: 2,
        pageNum: 1,
        pageSize: 20,
        list: [
          { from: '2026-01-10T15:33:00.000Z', to: null, seconds: 300, reason: 'unknown' },
          { from: '2026-01-10T15:30:00.000Z', to: '2026-01-10T15:32:00.000Z', seconds: 120, reason: 'unknown' },
        ],
      },
    });
    expect((await statsOf(ask, deviceId, '&pageSize=1&pageNum=2')).blackouts.list).toMatchObject([{ seconds: 120 }]);
  });

  test('have the reason that the board tells by its boot, or its connection where it ran on', async () => {
    const { t, clock, activation, deviceId, board, ask, post } = await startStation();
    await post({ boot_reason: 'restart', uptime: 3 });
    let current = board;
    const reasons: string[] = [];
    const boots = [
      { boot_reason: 'power_on', uptime: 4 },
      { boot_reason: 'power_on', uptime: 900 },
      { boot_reason: 'brown_out', uptime: 100 },
      { boot_reason: 'aliens', uptime: 4 },
      { boot_reason: 'power_on', uptime: '4' },
      undefined,
    ];
    for (const boot of boots) {
      clock.advance(MINUTE);
      await cut(t, current);
      clock.advance(2 * MINUTE);
      current = await comeBack(t, activation, clock, boot);
      reasons.push((await statsOf(ask, deviceId)).blackouts.list[0].reason);
    }
    expect(reasons).toEqual(['power_on', 'connection', 'brown_out', 'unknown', 'unknown', 'unknown']);
    await current.say(activation.topics.propertyPost, { params: { pv_power: 1 } });
    await current.say(activation.topics.propertyPost, { params: { boot_reason: 'watchdog', uptime: 9 } });
    const told = (await statsOf(ask, deviceId)).blackouts.list.map(({ reason }: { reason: string }) => reason);
    expect(told).toEqual(['watchdog', 'unknown', 'unknown', 'brown_out', 'connection', 'power_on']);
  });

  test('are the last 100, of 90 days, and say since when they are all', async () => {
    const { t, clock, activation, deviceId, board } = await startStation();
    let current = board;
    for (let count = 0; count < 103; count += 1) {
      clock.advance(MINUTE);
      await cut(t, current);
      clock.advance(MINUTE);
      current = await comeBack(t, activation, clock);
    }
    const ask = await userOf(t, 'bluiotdata', 'anna');
    const stats = await statsOf(ask, deviceId, '&pageNum=100&pageSize=1');
    expect(stats).toMatchObject({ count: 100, totalSeconds: 6_000, since: '2026-01-10T15:37:00.000Z' });
    expect(stats.blackouts.list).toMatchObject([{ from: stats.since }]);
    clock.advance(91 * DAY);
    const later = await userOf(t, 'bluiotdata', 'anna');
    expect(await statsOf(later, deviceId)).toMatchObject({
      count: 0,
      since: new Date(clock.now - 90 * DAY).toISOString(),
    });
  });

  test('are forgotten by the owner of its space, also one that goes on; a member may not', async () => {
    const { t, clock, activation, deviceId, board } = await startStation();
    const { ask: owner, spaceId } = await inSpaceOf(t, deviceId, 'olga');
    const member = await userOf(t, 'bluiotdata', 'max');
    const { token } = (await t.login({ name: 'olga', password: 'password123' })).body.data;
    const shared = await t.call(
      'POST',
      `/projects/${spaceId}/members`,
      { username: 'max' },
      { authorization: `Bearer ${token}` },
    );
    expect(shared.status).toBe(200);
    await cut(t, board);
    clock.advance(MINUTE);
    const clear = '/device/iotData/v1/blackout/clear';
    expect(wordOf(await member('POST', clear, { deviceId }))).toBe('403 forbidden');
    expect((await statsOf(member, deviceId)).count).toBe(1);
    expect((await owner('POST', clear, { deviceId })).body.data).toBeNull();
    const nothing = { count: 0, totalSeconds: 0, since: '2026-01-10T15:31:00.000Z' };
    expect(await statsOf(member, deviceId)).toMatchObject(nothing);
    clock.advance(MINUTE);
    await comeBack(t, activation, clock);
    expect(await statsOf(member, deviceId)).toMatchObject(nothing);
  });

  test('go with the device', async () => {
    const { t, clock, deviceId, board, ask } = await startStation();
    await cut(t, board);
    clock.advance(MINUTE);
    await t.as('DELETE', `/devices/${deviceId}`);
    const { deviceId: anew } = await t.activate('PS500', STATION.productKey);
    expect(await statsOf(ask, anew)).toMatchObject({ count: 0 });
  });
});

describe('a cloud that stops', () => {
  const open = async (dataDir: string, now: number) => {
    const clock = new TestClock(now);
    const t = await startCloud({ dataDir, environment: clock.environment, products: [...PRODUCTS, STATION] });
    return { t, clock, ask: await userOf(t, 'bluiotdata', 'anna') };
  };

  test('has not seen its boards go, and does not count the time while it is away', async () => {
    const dataDir = temporaryDirectory();
    const start = Date.UTC(2026, 0, 10, 10);
    const first = await open(dataDir, start);
    const there = await first.t.activate('THERE', STATION.productKey);
    const away = await first.t.activate('AWAY', STATION.productKey);
    await first.t.online(there, { time: start });
    await cut(first.t, await first.t.online(away, { time: start }));
    first.clock.advance(10 * MINUTE);
    await first.t.cloud.close();

    const second = await open(dataDir, start + 60 * MINUTE);
    expect(await statsOf(second.ask, there.deviceId)).toMatchObject({ count: 0 });
    expect(await statsOf(second.ask, away.deviceId)).toMatchObject({ count: 1, totalSeconds: 600 });
    second.clock.advance(5 * MINUTE);
    await comeBack(second.t, away, second.clock, { boot_reason: 'power_on', uptime: 2 });
    expect((await statsOf(second.ask, away.deviceId)).blackouts.list).toEqual([
      { from: '2026-01-10T10:00:00.000Z', to: '2026-01-10T11:05:00.000Z', seconds: 900, reason: 'power_on' },
    ]);
  });
});
