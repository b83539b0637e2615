import type { TestBoard } from '../support/board.js';
import { ExampleStage } from '../support/example-stage.js';
import type { Activation } from '../support/fixture.js';
import { STATION } from '../support/products.js';

const HOUR = 3_600_000;

/** A power station that is online, and could not be updated. */
async function withStation(): Promise<{ stage: ExampleStage; activation: Activation; board: TestBoard }> {
  const stage = await ExampleStage.withUser({}, [STATION]);
  const { t, clock } = stage;
  const activation = await t.activate('PS50000000001', STATION.productKey);
  const board = await t.online(activation, { time: clock.now });
  const value = { version: '1.1.0', code: 'rolled_back', message: 'the board is back from it' };
  await board.say(activation.topics.eventPost.replace('+', 'update_failed'), {
    id: '1',
    params: { level: 'error', value, time: clock.now },
  });
  return { stage, activation, board };
}

/** It has failed to update, and somebody has seen to that. */
export async function recordAlarms(): Promise<ExampleStage> {
  const { stage, activation } = await withStation();
  const { list } = await stage.play('gatewayQueryAlarms', {
    query: { deviceId: activation.deviceId, handled: false },
  });
  const { alarmId } = list[0];
  await stage.play('gatewayHandleAlarm', { body: { alarmId, remark: 'Will be tried again on Monday.' } });
  return stage;
}

/** It has reported for three hours, and was without power for a minute and a half. */
export async function recordTelemetry(): Promise<ExampleStage> {
  const { stage, activation, board } = await withStation();
  const { t, clock } = stage;
  const { deviceId, topics } = activation;
  const [before, back] = [clock.now - 3 * HOUR, clock.now + 90_000];
  for (let minute = 0; minute <= 180; minute += 30) {
    await board.say(topics.propertyPost, {
      time: before + minute * 60_000,
      params: {
        battery_soc: 60 + minute / 30,
        battery_power: 120,
        pv_power: 0.3 + minute / 1_000,
        pv_energy: 5_000 + minute * 5,
        load_power: 80,
        load_energy: 12.4,
      },
    });
  }
  const gone = t.next('deviceOffline');
  await board.cut();
  await gone;
  clock.advance(90_000);
  const again = await t.online(activation, { time: back });
  await again.say(topics.propertyPost, { params: { boot_reason: 'power_on', uptime: 4 } });

  const query = { deviceId };
  const span = { ...query, from: '2026-01-10T07:00:00Z', to: '2026-01-10T10:00:00Z', interval: 'hour' };
  await stage.play('gatewayRealTimeData', { query });
  await stage.play('gatewayBatteryDetail', { query });
  await stage.play('gatewayPvDetail', { query });
  await stage.play('gatewayLoadDetail', { query });
  await stage.play('gatewayGridDetail', { query });
  await stage.play('gatewayAlarmList', { query });
  await stage.play('gatewayLastAlive', { query });
  await stage.play('gatewayEnergyStatistics', { query: span });
  await stage.play('gatewayPowerStatistics', { query: { ...span, role: 'pv' } });
  await stage.play('gatewaySavings', { query: span });
  await stage.play('gatewaySocChanges', { query: { ...query, from: '2026-01-10T09:00:00Z' } });
  await stage.play('gatewayExportEnergy', { body: span });
  await stage.play('gatewayBlackoutStats', { query });
  await stage.play('gatewayBlackoutClear', { body: query });
  await stage.play('gatewayWeatherNotices');
  await stage.play('gatewayBackupPower');
  return stage;
}
