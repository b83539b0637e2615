import { describe, expect, test } from 'vitest';
import { TestClock } from './support/clock.js';
import { matches, startCloud } from './support/fixture.js';
import { words } from './support/people.js';

const HOUR = 3_600_000;

describe('GET properties of a device', () => {
  test('without a query gives the last value of each', async () => {
    const { path, t } = await cloudWithHistory();
    const answer = await t.as('GET', path);
    matches('deviceProperties', answer);
    expect(answer.body.data).toEqual({
      angle: { value: 90, reportedAt: '2026-01-10T14:30:00.000Z' },
      position: { value: 'down', reportedAt: '2026-01-10T15:30:00.000Z' },
    });
  });

  test('with one gives the history, newest first, in pages', async () => {
    const { path, t } = await cloudWithHistory();
    const answer = await t.as('GET', `${path}?key=position`);
    matches('deviceProperties', answer);
    expect(answer.body.data).toEqual({
      list: [
        { key: 'position', value: 'down', reportedAt: '2026-01-10T15:30:00.000Z' },
        { key: 'position', value: 'middle', reportedAt: '2026-01-10T14:30:00.000Z' },
        { key: 'position', value: 'up', reportedAt: '2026-01-10T13:30:00.000Z' },
      ],
      total: 3,
      page: 1,
      size: 100,
    });
    const page = (await t.as('GET', `${path}?size=2&page=2`)).body.data;
    expect(page.list.map((point: { value: unknown }) => point.value)).toEqual(['middle', 'up']);
    expect(page).toMatchObject({ total: 4, page: 2, size: 2 });
    expect((await t.as('GET', `${path}?size=5000`)).body.data.size).toBe(1_000);
    expect((await t.as('GET', `${path}?key=none`)).body.data).toMatchObject({ list: [], total: 0 });
  });

  test('takes a span of time, as ISO 8601 or in milliseconds, its end not included', async () => {
    const { path, t, clock } = await cloudWithHistory();
    const values = async (query: string) =>
      (await t.as('GET', `${path}?key=position&${query}`)).body.data.list.map(
        (point: { value: unknown }) => point.value,
      );
    expect(await values('from=2026-01-10T14:30:00Z')).toEqual(['down', 'middle']);
    expect(await values('to=2026-01-10T14:30:00.000Z')).toEqual(['up']);
    expect(await values(`from=${clock.now - HOUR}&to=${clock.now}`)).toEqual(['middle']);
    expect(await values('from=2026-01-10&to=2026-01-10T22:30:00%2B08:00')).toEqual(['up']);
    // Whose plus nobody escaped.
    expect(await values('from=2026-01-10&to=2026-01-10T22:30:00+08:00')).toEqual(['up']);
    expect(await values('from=2026-01-10T22:30:00.000+0800')).toEqual(['down', 'middle']);
    expect(await values('from=2026-01-10T06:30:00-08:00')).toEqual(['down', 'middle']);
  });

  test('takes a filter without a value for none, and gives the history still', async () => {
    const { path, t } = await cloudWithHistory();
    const all = (await t.as('GET', `${path}?page=1`)).body.data;
    expect(all.total).toBe(4);
    for (const query of ['key=&from=&to=', 'from=', 'page=&size=', 'key']) {
      expect((await t.as('GET', `${path}?${query}`)).body.data).toEqual(all);
    }
  });

  test('gives the last values where the query names nothing that it knows', async () => {
    const { path, t } = await cloudWithHistory();
    const last = (await t.as('GET', path)).body.data;
    for (const query of ['', '_=123', 'Key=position', '_=1&x=y']) {
      expect((await t.as('GET', `${path}?${query}`)).body.data).toEqual(last);
    }
    expect((await t.as('GET', `${path}?_=123&key=position`)).body.data.total).toBe(3);
  });

  test.each(['from=yesterday', 'to=2026-13-01', 'from=1&from=2', 'size=0', 'page=x', `key=${'k'.repeat(65)}`])(
    'refuses %s',
    async (query) => {
      const { path, t } = await cloudWithHistory();
      const answer = await t.as('GET', `${path}?${query}`);
      expect(words(answer)).toBe('400 invalid_parameter');
      expect(answer.body.detail).toContain(query.split('=')[0]!);
    },
  );
});

describe('events of a device', () => {
  test('are listed newest first, by name and time, in pages', async () => {
    const { t, clock, path, post } = await cloudWithEvents();
    await post('buttonPressed', { count: 1 });
    clock.advance(HOUR);
    await post('jammed', {});
    clock.advance(HOUR);
    await post('buttonPressed', { count: 2 });
    const list = async (query: string) => {
      const answer = await t.as('GET', `${path}${query}`);
      matches('deviceEvents', answer);
      return answer.body.data;
    };
    expect((await list('')).list.map((event: { params: unknown }) => event.params)).toEqual([
      { count: 2 },
      {},
      { count: 1 },
    ]);
    expect(await list('?name=buttonPressed&size=1&page=2')).toEqual({
      list: [
        {
          name: 'buttonPressed',
          params: { count: 1 },
          reportedAt: '2026-01-10T15:30:00.000Z',
          receivedAt: '2026-01-10T15:30:00.000Z',
        },
      ],
      total: 2,
      page: 2,
      size: 1,
    });
    expect((await list('?from=2026-01-10T16:30:00Z&to=2026-01-10T17:30:00Z')).list).toMatchObject([{ name: 'jammed' }]);
    expect(await list('?name=x')).toEqual({ list: [], total: 0, page: 1, size: 20 });
    expect(words(await t.as('GET', `${path}?from=x`))).toBe('400 invalid_parameter');
  });

  test('have the time that the board gives them, and are told when they are stored', async () => {
    const { t, path, post } = await cloudWithEvents();
    const told = t.next('eventPosted');
    await post('x', { y: 1 }, 1_700_000_000_000);
    expect(await told).toMatchObject({ name: 'x', params: { y: 1 }, reportedAt: 1_700_000_000_000 });
    expect((await t.as('GET', path)).body.data.list[0]).toMatchObject({
      reportedAt: '2023-11-14T22:13:20.000Z',
      receivedAt: '2026-01-10T15:30:00.000Z',
    });
  });

  test('are kept for 7 days', async () => {
    const { t, clock, path, post } = await cloudWithEvents();
    await post('x', {});
    clock.advance(7 * 24 * HOUR - 1);
    expect((await t.as('GET', path)).body.data.total).toBe(1);
    clock.advance(HOUR + 1);
    expect((await t.as('GET', path)).body.data.total).toBe(0);
  });
});

/** A board that posted a position every hour, and an angle once. */
async function cloudWithHistory() {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment });
  const activation = await t.activate();
  const board = await t.online(activation);
  const at = (hours: number) => clock.now - hours * HOUR;
  await board.say(activation.topics.propertyPost, { params: { position: 'up' }, time: at(2) });
  await board.say(activation.topics.propertyPost, { params: { position: 'middle', angle: 90 }, time: at(1) });
  await board.say(activation.topics.propertyPost, { params: { position: 'down' }, time: at(0) });
  return { t, clock, path: `/devices/${activation.deviceId}/properties` };
}

/** A board that posts events. */
async function cloudWithEvents() {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment });
  const { deviceId, ...activation } = await t.activate();
  const board = await t.online({ deviceId, ...activation }, { time: clock.now });
  const post = (name: string, params: object, time?: number) =>
    board.say(activation.topics.eventPost.replace('+', name), { id: '1', params, ...(time && { time }) });
  return { t, clock, path: `/devices/${deviceId}/events`, post };
}
