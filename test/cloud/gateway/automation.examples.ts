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

/** What energy costs, and what a board does about it. */
export async function recordPrices(): Promise<ExampleStage> {
  const stage = await ExampleStage.withUser({}, [INVERTER]);
  const { t, clock } = stage;
  const activation = await t.activate('INV000000001', INVERTER.productKey);
  const { deviceId, topics } = activation;
  const board = await t.online(activation, { time: clock.now });
  const periods = [
    { from: '07:00', to: '22:00', price: 0.34 },
    { from: '22:00', to: '07:00', price: 0.21 },
  ];
  const plan = { name: 'Day and night', currency: 'EUR', utcOffset: 60, periods, enabled: true };
  const { planId } = await stage.play('gatewayPutPricePlan', { body: plan });
  const { siteId } = await stage.play('gatewayCreateSite', {
    body: { name: 'Home', address: 'Hauptstraße 1, Berlin', deviceIds: [deviceId] },
  });
  const commands = { maxPrice: 0.3, above: { flap: 'down' }, below: { flap: 'up' } };
  await stage.play('gatewayEnroll', { body: { programId: planId, siteId, ...commands } });

  const begin = clock.now;
  for (const [hours, grid_energy] of [10, 11.2, 12].entries()) {
    const time = begin + hours * 6 * 3_600_000;
    clock.advance(time - clock.now);
    await board.say(topics.propertyPost, { params: { grid_energy }, time });
  }
  await board.next();
  const wanted = async () => (await stage.play('gatewayDispatches')).total;
  while ((await wanted()) === 0) await new Promise((resolve) => setImmediate(resolve));
  await stage.play('gatewayPrograms');
  await stage.play('gatewayPriceEnabled');
  await stage.play('gatewayPriceStatus');
  await stage.play('gatewayPricePlans');
  await stage.play('gatewayCostStatistics', { query: { deviceId } });
  await stage.play('gatewayCheapestCostStatistics', { query: { deviceId } });
  return stage;
}
