import { ExampleStage } from '../support/example-stage.js';

export async function recordMasterData(): Promise<ExampleStage> {
  const stage = await ExampleStage.withUser();
  const deviceSN = 'AABBCCDDEEFF';
  await stage.t.activate(deviceSN);
  await stage.play('gatewayLatestVersion', { query: { platform: 'android', version: '0.0.9' } });
  await stage.play('gatewayEngineeringMachine', { query: { deviceSN } });
  await stage.play('gatewayDictionary', { query: { type: 'deviceStatus' } });
  await stage.play('gatewayDataVersions', { query: { name: 'divisions', version: '0123456789ab' } });
  await stage.play('gatewayCountries', { query: { country: 'CN', language: 'en' } });
  await stage.play('gatewayDivisions', { query: { country: 'AZ', parent: 'AZ-NX' } });
  return stage;
}
