import { ToldCodes } from '../support/codes.js';
import { ExampleStage } from '../support/example-stage.js';

export async function recordCaptcha(): Promise<ExampleStage> {
  const stage = await ExampleStage.open();
  const codes = new ToldCodes(stage.t);
  const asked = { account: '+4915112345678', scene: 'register' };
  await stage.play('gatewaySendCode', { body: asked });
  await stage.play('gatewayCheckCode', { body: { ...asked, code: codes.last.code } });
  return stage;
}
