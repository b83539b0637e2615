import { ExampleStage } from '../support/example-stage.js';
import { published } from '../support/packages.js';

export async function recordHomes(): Promise<ExampleStage> {
  const stage = await ExampleStage.withUser();
  const { deviceId } = await stage.t.activate('AABBCCDDEEFF');
  const { deviceId: lampId } = await stage.t.activate('AABBCCDDEE01', 'SW-DIM-001');
  await stage.t.call('POST', '/users/register', { username: 'guest', password: 'password123' });
  const { user: guest } = (await stage.t.login({ name: 'guest', password: 'password123' })).body.data;
  stage.clock.advance(60_000);

  const { spaceId } = await stage.play('gatewayCreateSpace', { body: { name: 'Home', description: 'Upstairs' } });
  await stage.play('gatewayBind', { body: { deviceSN: 'AABBCCDDEEFF', spaceId, name: 'Hall' } });
  await stage.play('gatewayAddToSpace', { body: { spaceId, deviceIds: [lampId] } });
  await stage.play('gatewayRenameDevice', { body: { deviceId, name: 'Hall light' } });
  await stage.play('gatewayUpdateUserDevice', { body: { deviceId, alias: 'My light', remark: 'Behind the door' } });
  await stage.play('gatewayUpdateEmissionRate', { body: { deviceId, emissionRate: 0.42 } });
  await stage.play('gatewayTopDevice', { body: { deviceId, isTop: true } });
  await stage.play('gatewaySortDevices', { body: { deviceIds: [lampId, deviceId] } });
  await stage.play('gatewayHomeDevices');
  for (const version of [1, 2, 3]) {
    await stage.play(`gatewayFindDevicePageV${version}`, { query: { keyword: 'light', pageNum: 1, pageSize: 20 } });
  }
  await stage.play('gatewayFindByBluetooth', { query: { name: 'IoT-Switch-EEFF' } });
  await stage.play('gatewayRemoteSearch', { query: { keyword: 'EE01' } });
  await stage.play('gatewaySpaceDevices', { query: { spaceId } });
  await stage.play('gatewayQrCode', { query: { deviceId } });
  await stage.play('gatewayShareSpace', { body: { spaceId, username: 'guest' } });
  await stage.play('gatewayShareMembers', { query: { deviceId } });
  await stage.play('gatewayEndShare', { body: { deviceId, userId: guest.userId } });
  const packageId = await published(stage.t);
  for (const version of [1, 2, 3]) {
    await stage.play(`gatewayFirmwareVersionsV${version}`, { query: { deviceIds: `${deviceId},${lampId}` } });
  }
  await stage.play('gatewayUpgrade', { body: { deviceId } });
  await stage.play('gatewaySaveUpgradeRecord', { body: { deviceId, result: 'cancelled', remark: 'Not tonight' } });
  await stage.play('gatewayUpgradeAll', { body: { deviceIds: [deviceId], packageId } });
  await stage.play('gatewayModel', { query: { productKey: 'SW-DIM-001' } });
  await stage.play('gatewayModelV2', { query: { productKey: 'SW-DIM-001' } });
  await stage.play('gatewayModelCategories');
  await stage.play('gatewayManual', { query: { productKey: 'SW-DIM-001' } });
  await stage.play('gatewayUnbind', { body: { deviceId } });
  return stage;
}
