import { ExampleStage } from '../support/example-stage.js';
import { INVERTER } from '../support/inverter.js';

/** What boards are told together, and by the clock. */
export async function recordAutomation(): Promise<ExampleStage> {
  const stage = await ExampleStage.withUser({}, [INVERTER]);
  const { t } = stage;
  const [left, right] = [await t.activate('AABBCCDDEEFF'), await t.activate('AABBCCDDEE00')].map((a) => a.deviceId);
  const deviceIds = [left!, right!];

  await stage.play('gatewayFindParallelDevice', { query: { deviceId: left! } });
  const { parallelId } = await stage.play('gatewayCreateParallel', { body: { name: 'Both blinds', deviceIds } });
  await stage.play('gatewaySendParallelCmd', { body: { parallelId, params: { action: 'toggle', position: 'up' } } });
  await stage.play('gatewayUnbindParallel', { body: { parallelId, deviceId: right! } });

  const up = { action: 'toggle', position: 'up' };
  const { sceneId } = await stage.play('gatewayCreateScene', {
    body: {
      name: 'Good morning',
      devices: [{ deviceId: left!, params: up }],
      schedule: { at: '07:00', days: [1, 2, 3, 4, 5], utcOffset: 60 },
    },
  });
  await stage.play('gatewaySceneAddDevice', { body: { sceneId, deviceId: right!, params: { angle: 90 } } });
  await stage.play('gatewaySceneUnbindDevice', { body: { sceneId, deviceId: right! } });
  await stage.play('gatewaySceneDevices', { query: { sceneId } });

  const activation = await t.activate('INV000000001', INVERTER.productKey);
  const { deviceId, topics } = activation;
  const board = await t.online(activation, { time: stage.clock.now });
  const params = { flap: 'up', batteryAging: false, workMode: 'eco', power: 350, battery_soc: 71, pv_power: 0.8 };
  await board.say(topics.propertyPost, { params });
  const { planId } = await stage.play('gatewayAddCustomPlan', {
    body: {
      deviceId,
      name: 'Working days',
      entries: [
        { at: '07:00', days: [1, 2, 3, 4, 5], params: { flap: 'up' } },
        { at: '22:00', days: [1, 2, 3, 4, 5], params: { flap: 'down' } },
      ],
      utcOffset: 60,
    },
  });
  await stage.play('gatewaySetWorkMode', { body: { deviceId, workMode: 'plan', planId } });
  await stage.play('gatewayGetWorkMode', { query: { deviceId } });
  await stage.play('gatewayGetSettings', { query: { deviceId } });
  await stage.play('gatewaySaveSetting', { body: { deviceId, settings: { flap: 'middle' } } });
  await stage.play('gatewayResetToDefault', { body: { deviceId } });
  await stage.play('gatewaySystemPowerData', { query: { deviceId } });
  await stage.play('gatewayHandleAging', { body: { deviceId, enable: true } });
  return stage;
}
