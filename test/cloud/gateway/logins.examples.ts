import { EXAMPLE_USER, ExampleStage } from '../support/example-stage.js';
import { FakeProvider } from '../support/identity-provider.js';

export async function recordLogins(): Promise<ExampleStage> {
  const identities = await FakeProvider.create();
  const stage = await ExampleStage.withUser({ socialProviders: [identities.provider] });
  const body = { provider: 'example', idToken: await identities.idToken(stage.clock.now) };
  await fetch(`${stage.t.cloud.apiUrl}/api/midpauthc/account/social/v1/bind`, {
    method: 'POST',
    headers: { connection: 'close', authorization: `Bearer ${stage.token}` },
    body: JSON.stringify(body),
  });
  await stage.play('gatewayAccessToken', { body: EXAMPLE_USER });
  await stage.play('gatewaySocialLogin', { body });
  await stage.play('gatewayLogout');
  return stage;
}
