import { ExampleStage } from '../support/example-stage.js';

export async function recordPki(): Promise<ExampleStage> {
  const stage = await ExampleStage.withUser();
  const { serialNumber } = await stage.play('gatewayIssuePfx', { body: {} });
  await stage.play('gatewayRevoke', { body: { serialNumber } });
  await stage.play('gatewayUtcTime');
  return stage;
}
