import { describe, expect, test } from 'vitest';
import { userOf, wordOf } from '../support/gateway.js';
import { inSpaceOf, startStation } from '../support/station.js';

const DAY = 86_400_000;
const LIST = '/device/deviceAlarm/v1/queryDeviceAlarm';
const HANDLE = '/device/deviceAlarm/v1/handlingAlarm';
const EN = { 'accept-language': 'en' };

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

async function withAlarms() {
  const station = await startStation();
  const ask = await userOf(station.t, 'blusmartprod', 'anna');
  const list = async (query = '') => (await ask('GET', `${LIST}${query}`, undefined, EN)).body.data;
  return { ...station, ask, list };
}

describe('alarms', () => {
  test('are serious events, the newest first, a maker’s own included', async () => {
    const { deviceId, complain, list, clock } = await withAlarms();
    await complain('update_failed', 'error', { version: '1.1.0', code: 'rolled_back' });
    clock.advance(1_000);
    await complain('cell_overheated', 'warn', { celsius: 71 });
    expect(await list(`?deviceId=${deviceId}`)).toEqual({
      total: 2,
      pageNum: 1,
      pageSize: 20,
      list: [
        expect.objectContaining({ name: 'cell_overheated', level: 'warn', title: 'cell_overheated' }),
        {
          alarmId: `${deviceId}-1`,
          deviceId,
          deviceName: expect.any(String),
          name: 'update_failed',
          level: 'error',
          title: 'A firmware update has failed',
          params: expect.objectContaining({ value: { version: '1.1.0', code: 'rolled_back' } }),
          reportedAt: '2026-01-10T15:30:00.000Z',
          receivedAt: '2026-01-10T15:30:00.000Z',
          handled: false,
          handledAt: null,
          handledBy: null,
          remark: null,
        },
      ],
    });
  });

  test('are none of what mends itself, of what is not serious, or of a level that is no word', async () => {
    const { activation, board, complain, list } = await withAlarms();
    for (const name of ['network_lost', 'session_lost', 'activation_failed', 'update_paused', 'command_refused']) {
      await complain(name, 'warn');
    }
    for (const level of ['info', 'debug', 'ERROR', '']) await complain('tilted', level);
    for (const params of [{}, { level: ['error'] }, { level: { error: 1 } }, { value: { level: 'error' } }]) {
      await board.say(activation.topics.eventPost.replace('+', 'tilted'), { id: '1', params });
    }
    expect(await list()).toMatchObject({ total: 0, list: [] });
    await complain('tilted', 'error');
    expect(names((await list()).list)).toEqual(['tilted']);
  });

  test('of all devices are listed together, by time and by page', async () => {
    const { t, deviceId, complain, list, clock } = await withAlarms();
    const other = await t.activate('PS501', 'PS-500');
    const board = await t.online(other, { time: clock.now });
    const params = { level: 'error', value: {} };
    await complain('first', 'error');
    clock.advance(1_000);
    await board.say(other.topics.eventPost.replace('+', 'second'), { id: '1', params });
    clock.advance(1_000);
    await complain('third', 'error');
    expect(names((await list()).list)).toEqual(['third', 'second', 'first']);
    expect(names((await list('?pageSize=2&pageNum=2')).list)).toEqual(['first']);
    expect(names((await list(`?deviceId=${deviceId}`)).list)).toEqual(['third', 'first']);
    expect(names((await list('?from=2026-01-10T15:30:01Z&to=2026-01-10T15:30:02Z')).list)).toEqual(['second']);
  });

  test('are handled once: whoever does so first stands, and their id stays', async () => {
    const { t, deviceId, complain, list, ask, clock } = await withAlarms();
    await complain('update_failed', 'error');
    await complain('storage_failed', 'error');
    const { userId } = (await t.login({ name: 'anna', password: 'password123' })).body.data.user;
    const alarmId = `${deviceId}-1`;
    const handled = await ask('POST', HANDLE, { alarmId, remark: 'On Monday again.' }, EN);
    expect(handled.body.data).toMatchObject({
      alarmId,
      name: 'update_failed',
      handled: true,
      handledAt: '2026-01-10T15:30:00.000Z',
      handledBy: userId,
      remark: 'On Monday again.',
    });
    clock.advance(60_000);
    const bert = await userOf(t, 'blusmartprod', 'bert');
    const again = await bert('POST', HANDLE, { alarmId, remark: 'Mine.' }, EN);
    expect(again.body).toEqual(handled.body);
    expect((await list('?handled=true')).list).toEqual([handled.body.data]);
    expect(names((await list('?handled=false')).list)).toEqual(['storage_failed']);
    expect((await list()).total).toBe(2);
  });

  test('of a device that the caller does not see cannot be told from none, and stay unhandled', async () => {
    const { t, deviceId, complain, ask: stranger } = await withAlarms();
    await complain('update_failed', 'error');
    await complain('jammed', 'info');
    await inSpaceOf(t, deviceId, 'olga');
    const owner = await userOf(t, 'blusmartprod', 'olga');
    const refused = await stranger('POST', HANDLE, { alarmId: `${deviceId}-1` });
    expect(wordOf(refused)).toBe('404 not_found');
    const ids = ['dev_x-1', 'x', `${deviceId}-99`, `${deviceId}-2`, `${deviceId}-1e0`, `${deviceId}--1`, `-1`];
    for (const alarmId of ids) {
      expect((await owner('POST', HANDLE, { alarmId })).body).toEqual(refused.body);
    }
    expect((await owner('GET', LIST)).body.data.list).toMatchObject([{ handled: false }]);
  });

  test('go with their event after 7 days, and what was said of them too', async () => {
    const { t, deviceId, complain, ask, clock } = await withAlarms();
    await complain('update_failed', 'error');
    await ask('POST', HANDLE, { alarmId: `${deviceId}-1` });
    clock.advance(7 * DAY - 1);
    const later = await userOf(t, 'blusmartprod', 'anna');
    expect((await later('GET', LIST)).body.data.total).toBe(1);
    clock.advance(3_600_001);
    const tooLate = await userOf(t, 'blusmartprod', 'anna');
    expect((await tooLate('GET', LIST)).body.data.total).toBe(0);
    expect(wordOf(await tooLate('POST', HANDLE, { alarmId: `${deviceId}-1` }))).toBe('404 not_found');
  });
});
