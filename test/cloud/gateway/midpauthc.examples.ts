import { ToldCodes } from '../support/codes.js';
import { ExampleStage } from '../support/example-stage.js';
import { FakeProvider } from '../support/identity-provider.js';

const MAIL = 'anna@example.com';
const PHONE = '+4915112345678';
const PASSWORD = 'password123';

/** An account from its registration to its next password, with the codes that it needs on the way. */
export async function recordAccounts(): Promise<ExampleStage> {
  const identities = await FakeProvider.create();
  const stage = await ExampleStage.open({ socialProviders: [identities.provider] });
  const codes = new ToldCodes(stage.t);
  const code = await codes.ask(MAIL, 'register');
  await stage.play('gatewayRegister', {
    body: { username: 'anna', email: MAIL, password: PASSWORD, name: 'Anna', code },
  });
  stage.token = (await stage.t.login({ name: 'anna', password: PASSWORD })).body.data.token as string;
  await stage.play('gatewaySetCountry', { body: { country: 'DE' } });
  await stage.play('gatewaySetPhone', { body: { phone: PHONE, code: await codes.ask(PHONE, 'contact') } });
  await stage.play('gatewayAccount');
  await stage.play('gatewayResetCountry');
  const verify = async (id: string): Promise<string> => {
    await stage.play(id);
    return (await stage.play(id, { body: { code: codes.last.code } })).ticket as string;
  };
  const email = 'anna@example.org';
  await stage.play('gatewayChangeMail', {
    body: { email, code: await codes.ask(email, 'contact'), ticket: await verify('gatewayVerifyMail') },
  });
  const phone = '+4915187654321';
  await stage.play('gatewayChangePhone', {
    body: { phone, code: await codes.ask(phone, 'contact'), ticket: await verify('gatewayVerifyPhone') },
  });
  const idToken = await identities.idToken(stage.clock.now);
  await stage.play('gatewayBindIdentity', { body: { provider: 'example', idToken } });
  await stage.play('gatewayListIdentities');
  await stage.play('gatewayUnbindIdentity', { body: { provider: 'example' } });
  await stage.play('gatewayUpdatePassword', { body: { oldPassword: PASSWORD, newPassword: 'another-password' } });
  await stage.play('gatewayForgotPassword', { body: { account: 'anna' } });
  await stage.play('gatewayResetPassword', {
    body: { account: 'anna', code: codes.last.code, password: PASSWORD },
  });
  return stage;
}
