import { ExampleStage } from '../support/example-stage.js';

/** What boards are told together, and by the clock. */
export async function recordAutomation(): Promise<ExampleStage> {
  const stage = await ExampleStage.withUser();
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
  return stage;
}
