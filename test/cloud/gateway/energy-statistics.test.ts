import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../support/fixture.js';
import { userOf, wordOf } from '../support/gateway.js';
import { inSpaceOf, type StationCloud, startStation } from '../support/station.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const ENERGY = '/dashboard/v2/getDeviceEnergyStatistics';
const POWER = '/dashboard/v2/getDevicePowerStatistics';
const EXPORT = '/dashboard/v1/exportDeviceEnergyStatistics';

/** Asks for statistics of the station. */
const statistics =
  ({ ask, deviceId }: StationCloud) =>
  async (path: string, query = '') =>
    (await ask('GET', `${path}?deviceId=${deviceId}${query}`)).body.data;

describe('energy by hours and days', () => {
  test('is what the counter rose by, at whatever order and times the board posts', async () => {
    const station = await startStation();
    const told = statistics(station);
    const { post, clock } = station;
    const start = clock.now - 30 * MINUTE;
    // In Wh: out of order, with a reset, and a gap of two hours.
    await post({ pv_energy: 1_500 }, start - 2 * HOUR + 40 * MINUTE);
    await post({ pv_energy: 1_000 }, start - 3 * HOUR);
    await post({ pv_energy: 1_200 }, start - 3 * HOUR + 30 * MINUTE);
    await post({ pv_energy: 1_400 }, start - 2 * HOUR);
    await post({ pv_energy: 100 }, start + 10 * MINUTE);
    await post({ pv_energy: 350 }, start + 20 * MINUTE);
    const span = '&from=2026-01-10T12:00:00Z&to=2026-01-10T16:00:00Z';
    expect(await told(ENERGY, span)).toEqual({
      deviceId: station.deviceId,
      role: 'pv',
      isPresent: true,
      interval: 'hour',
      unit: 'kWh',
      buckets: [
        { from: '2026-01-10T12:00:00.000Z', energy: 0.2 },
        { from: '2026-01-10T13:00:00.000Z', energy: 0.3 },
        { from: '2026-01-10T14:00:00.000Z', energy: null },
        { from: '2026-01-10T15:00:00.000Z', energy: 0.25 },
      ],
      total: 0.75,
    });
    const days = await told(ENERGY, `${span}&interval=day&utcOffset=-720`);
    expect(days).toMatchObject({ interval: 'day', buckets: [{ energy: 0.75 }] });
  });

  test('is of the role that is named, and null where the product does not count it', async () => {
    const station = await startStation();
    const told = statistics(station);
    await station.post({ load_energy: 1 }, station.clock.now - MINUTE);
    await station.post({ load_energy: 1.25 });
    expect(await told(ENERGY, '&role=load')).toMatchObject({ role: 'load', isPresent: true, total: 0.25 });
    for (const role of ['grid', 'battery']) {
      const { isPresent, total, buckets } = await told(ENERGY, `&role=${role}`);
      expect({ isPresent, total }).toEqual({ isPresent: false, total: null });
      expect(new Set(buckets.map(({ energy }: { energy: unknown }) => energy))).toEqual(new Set([null]));
    }
    const { deviceId } = await station.t.activate();
    const { data } = (await station.ask('GET', `${ENERGY}?deviceId=${deviceId}`)).body;
    expect(data).toMatchObject({ role: null, isPresent: false, total: null });
  });

  test('ends where the history has been dropped', async () => {
    const station = await startStation();
    const { post, clock, t, deviceId } = station;
    await post({ pv_energy: 1_000 }, clock.now - MINUTE);
    await post({ pv_energy: 2_000 });
    clock.advance(7 * DAY - 2 * HOUR);
    await post({ pv_energy: 9_000 }, clock.now - MINUTE);
    await post({ pv_energy: 9_500 });
    const week = async () => {
      const ask = await userOf(t, 'bluiotdata', 'anna');
      return (await ask('GET', `${ENERGY}?deviceId=${deviceId}&from=2026-01-10&interval=day`)).body.data;
    };
    expect((await week()).total).toBe(8.5);
    clock.advance(3 * HOUR);
    const { total, buckets } = await week();
    expect([total, buckets[0].energy]).toEqual([0.5, null]);
  });

  test.each([
    ['from=yesterday', 'from'],
    ['to=2026-13-01', 'to'],
    ['from=2026-01-10&to=2026-01-09', 'from'],
    ['from=2025-01-01', 'from'],
    ['interval=week', 'interval'],
    ['utcOffset=841', 'utcOffset'],
    ['utcOffset=1.5', 'utcOffset'],
    ['role=nuclear', 'role'],
  ])('refuses %s', async (query, field) => {
    const { ask, deviceId } = await startStation();
    const answer = await ask('GET', `${ENERGY}?deviceId=${deviceId}&${query}`);
    expect(wordOf(answer)).toBe('400 invalid_parameter');
    expect(answer.body.msg).toContain(field);
  });

  test('and power, of anything that a board posts, are what a slow recomputation makes of its posts', async () => {
    const { t, clock, ask } = await startStation();
    const start = clock.now - 3.5 * HOUR;
    const span = `from=${start}&to=${start + 4 * HOUR}`;
    for (const [index, posts] of fc.sample(POSTS, { numRuns: 10, seed: 9 }).entries()) {
      const { deviceId, ...rest } = await t.activate(`PS6${index}`, 'PS-500');
      const board = await t.online({ deviceId, ...rest }, { time: clock.now });
      for (const { minute, ...params } of posts) {
        await board.say(rest.topics.propertyPost, { params, time: start + minute * MINUTE });
      }
      const energy = (await ask('GET', `${ENERGY}?deviceId=${deviceId}&${span}`)).body.data;
      const rises = risesOf(posts);
      expect(energy.buckets.map((bucket: { energy: unknown }) => bucket.energy)).toEqual(
        HOURS.map((hour) => sum(rises.filter(({ a, b }) => b - a <= 60 && Math.floor(b / 60) === hour))),
      );
      expect(energy.total).toEqual(sum(rises.filter(({ a, b }) => b >= 0 && (b - a <= 60 || a >= 0))));
      const power = (await ask('GET', `${POWER}?deviceId=${deviceId}&${span}`)).body.data;
      expect(power.buckets.map(({ min, mean, max }: PowerBucket) => ({ min, mean, max }))).toEqual(
        HOURS.map((hour) => powerOf(posts, hour)),
      );
    }
  });
});

describe('power by hours and days', () => {
  test('has the lowest, the mean weighed by time, and the highest', async () => {
    const station = await startStation();
    const { post, clock } = station;
    await post({ pv_power: 3 }, clock.now - 20 * MINUTE);
    await post({ pv_power: 1 }, clock.now - 10 * MINUTE);
    expect(await statistics(station)(POWER, '&from=2026-01-10T14:00:00Z')).toEqual({
      deviceId: station.deviceId,
      role: 'pv',
      isPresent: true,
      interval: 'hour',
      unit: 'W',
      buckets: [
        { from: '2026-01-10T14:00:00.000Z', min: null, mean: null, max: null },
        { from: '2026-01-10T15:00:00.000Z', min: 1_000, mean: expect.closeTo(2_000, 1), max: 3_000 },
      ],
    });
  });
});

describe('the state of charge', () => {
  test('is listed where it changed, oldest first, by page', async () => {
    const station = await startStation();
    const { clock, post } = station;
    const told = statistics(station);
    for (const [index, battery_soc] of [50, 50, 51, 'x', 51, 50].entries()) {
      await post({ battery_soc }, clock.now - (10 - index) * MINUTE);
    }
    const path = '/dashboard/v1/getSocChangeList';
    expect(await told(path)).toEqual({
      total: 3,
      pageNum: 1,
      pageSize: 20,
      list: [
        { at: '2026-01-10T15:20:00.000Z', soc: 50 },
        { at: '2026-01-10T15:22:00.000Z', soc: 51 },
        { at: '2026-01-10T15:25:00.000Z', soc: 50 },
      ],
    });
    expect((await told(path, '&pageSize=2&pageNum=2')).list).toEqual([{ at: '2026-01-10T15:25:00.000Z', soc: 50 }]);
    const part = await told(path, '&from=2026-01-10T15:24:00Z&to=2026-01-10T15:25:00Z');
    expect(part.list).toEqual([{ at: '2026-01-10T15:24:00.000Z', soc: 51 }]);
    const { deviceId } = await station.t.activate();
    expect((await station.ask('GET', `${path}?deviceId=${deviceId}`)).body.data.total).toBe(0);
  });
});

describe('what energy has saved', () => {
  test('is the caller’s own emission rate times the energy of the panels, and null where he has set none', async () => {
    const station = await startStation();
    const { t, clock, post, deviceId } = station;
    await post({ pv_energy: 1_000, load_energy: 1 }, clock.now - MINUTE);
    await post({ pv_energy: 3_500, load_energy: 5 });
    const told = statistics(station);
    const path = '/dashboard/v1/getElectricCostSaveStatistics';
    expect(await told(path)).toMatchObject({ role: 'pv', energy: 2.5, emissionRate: null, savedEmission: null });
    const devices = await userOf(t, 'blusmartprod', 'anna');
    const set = await devices('POST', '/device/basic/v1/updateEmissionRate', { deviceId, emissionRate: 0.4 });
    expect(wordOf(set)).toBe('200 success');
    expect(await told(path)).toMatchObject({ energy: 2.5, emissionRate: 0.4, savedEmission: 1, savedCost: null });
    expect(await told(path, '&role=load')).toMatchObject({ energy: 4, savedEmission: 1.6 });
    expect(await told(path, '&role=grid')).toMatchObject({ isPresent: false, energy: null, savedEmission: null });
    const bert = await userOf(t, 'bluiotdata', 'bert');
    expect((await bert('GET', `${path}?deviceId=${deviceId}`)).body.data.emissionRate).toBeNull();
  });

  test('has a cost by the caller’s enabled price plan', async () => {
    const station = await startStation();
    const { t, clock, post } = station;
    await post({ pv_energy: 1_000 }, clock.now - MINUTE);
    await post({ pv_energy: 3_500 });
    const told = statistics(station);
    const path = '/dashboard/v1/getElectricCostSaveStatistics';
    expect(await told(path)).toMatchObject({ energy: 2.5, savedCost: null, currency: null });
    const prices = await userOf(t, 'bluiotvpp', 'anna');
    const plan = {
      ...{ name: 'By day', currency: 'EUR', utcOffset: 0, enabled: true },
      periods: [
        { from: '06:00', to: '20:00', price: 0.4 },
        { from: '20:00', to: '06:00', price: 0.1 },
      ],
    };
    const answer = await prices('POST', '/dynamicElectricityPrice/user/v1/policyInformationUp', plan);
    expect(wordOf(answer)).toBe('200 success');
    expect(await told(path)).toMatchObject({ energy: 2.5, savedCost: 1, currency: 'EUR' });
    expect(await told(path, '&role=grid')).toMatchObject({ energy: null, savedCost: null });
  });
});

describe('an export', () => {
  test('is a CSV file of the caller that says what the statistics say, and no formula', async () => {
    const dataDir = temporaryDirectory();
    const { t, ask, clock, post, deviceId } = await startStation({ dataDir });
    const { ask: owner } = await inSpaceOf(t, deviceId, 'olga');
    const name = '=HYPERLINK("http://x","a,b")\r\n电';
    const devices = await userOf(t, 'blusmartprod', 'olga');
    expect(wordOf(await devices('POST', '/device/basic/v1/update', { deviceId, name }))).toBe('200 success');
    await post({ pv_energy: 1_000 }, clock.now - 2 * MINUTE);
    await post({ pv_energy: 1_250 }, clock.now - MINUTE);
    const request = { deviceId, from: '2026-01-10T14:00:00Z', interval: 'hour', utcOffset: null };
    const { data } = (await owner('POST', EXPORT, request)).body;
    expect(data).toEqual({
      fileId: expect.any(String),
      fileName: `energy-${deviceId}-2026-01-10-hour.csv`,
      size: expect.any(Number),
    });
    const file = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).find((path) => path.includes(data.fileId));
    const bytes = readFileSync(join(dataDir, file!));
    expect(bytes.length).toBe(data.size);
    const [header, ...lines] = parseCsv(bytes.toString('utf8'));
    expect(header).toEqual(['device_id', 'device_name', 'measures', 'from', 'energy_kwh']);
    const told = (await owner('GET', `${ENERGY}?deviceId=${deviceId}&from=2026-01-10T14:00:00Z`)).body.data;
    expect(lines).toEqual(
      told.buckets.map(({ from, energy }: { from: string; energy: number | null }) => {
        return [deviceId, `'${name}`, 'pv', from, energy === null ? '' : String(energy)];
      }),
    );
    expect(lines.map((cells) => cells[4])).toEqual(['', '0.25']);
    expect(wordOf(await ask('POST', EXPORT, request))).toBe('404 device_not_found');
  });
});

const HOURS = [0, 1, 2, 3];

/** Minutes from the start of the span on; nothing after now, which is minute 210. */
const POSTS = fc.array(
  fc.record({
    minute: fc.oneof(
      fc.integer({ min: -90, max: 209 }),
      fc.integer({ min: -1, max: 3 }).map((hour) => hour * 60),
    ),
    pv_energy: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 900 }) }, fc.constantFrom('x', null)),
    pv_power: fc.integer({ min: -5, max: 5 }),
  }),
  { minLength: 5, maxLength: 40 },
);

interface Post {
  readonly minute: number;
  readonly pv_energy: unknown;
  readonly pv_power: number;
}
interface PowerBucket {
  readonly min: unknown;
  readonly mean: unknown;
  readonly max: unknown;
}
interface Rise {
  /** From this minute to that. */
  readonly a: number;
  readonly b: number;
  readonly wh: number;
}

function risesOf(posts: readonly Post[]): Rise[] {
  const readings = posts.filter((post) => typeof post.pv_energy === 'number').sort((a, b) => a.minute - b.minute);
  return readings.slice(1).flatMap(({ minute, pv_energy }, index) => {
    const before = readings[index]!;
    const wh = (pv_energy as number) - (before.pv_energy as number);
    return wh < 0 ? [] : [{ a: before.minute, b: minute, wh }];
  });
}

function sum(rises: readonly Rise[]): unknown {
  return rises.length === 0 ? null : expect.closeTo(rises.reduce((all, { wh }) => all + wh, 0) / 1_000, 6);
}

function powerOf(posts: readonly Post[], hour: number): PowerBucket {
  const values: number[] = [];
  for (let minute = hour * 60; minute < Math.min(hour * 60 + 60, 210); minute += 1) {
    const last = posts
      .filter((post) => post.minute <= minute && minute < post.minute + 15)
      .sort((a, b) => a.minute - b.minute)
      .at(-1);
    if (last) values.push(last.pv_power * 1_000);
  }
  if (values.length === 0) return { min: null, mean: null, max: null };
  const mean = values.reduce((all, value) => all + value, 0) / values.length;
  return { min: Math.min(...values), mean: expect.closeTo(mean, 1), max: Math.max(...values) };
}

/** The cells of a file after RFC 4180: a quote inside of quotes is doubled, lines end with CRLF. */
function parseCsv(text: string): string[][] {
  const lines: string[][] = [[]];
  const cells = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (const [, quoted, plain, end] of text.matchAll(cells)) {
    lines.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end !== ',') lines.push([]);
  }
  expect(lines.pop()).toEqual([]);
  return lines;
}
