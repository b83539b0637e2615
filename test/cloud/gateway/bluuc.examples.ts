import { EXAMPLE_USER, ExampleStage } from '../support/example-stage.js';

export async function recordUserCenter(): Promise<ExampleStage> {
  const stage = await ExampleStage.withUser();
  const { userId } = await stage.play('gatewayGetProfile');
  await stage.play('gatewayUpdateProfile', {
    params: { userId: String(userId) },
    body: { name: 'Li Na', nickname: 'Nana', gender: 'female', birthday: '1990-05-17', country: 'CN' },
  });
  await stage.play('gatewayUpdateExtendInfo', { body: { extendInfo: { theme: 'dark', units: 'metric' } } });
  const form = new FormData();
  form.append('file', new File(['the bytes of a picture'], 'li-na.png', { type: 'image/png' }));
  const { fileId } = await stage.play('gatewayUploadFile', { body: form });
  // Another service's example.
  delete stage.examples['gatewayUploadFile'];
  await stage.play('gatewayUpdateAvatar', { params: { userId: String(userId) }, body: { fileId } });
  await stage.play('gatewayGetProfile');
  const { addressId } = await stage.play('gatewayAddAddress', {
    body: {
      name: 'Li Na',
      phone: '+86 138 0013 8000',
      country: 'CN',
      province: '广东省',
      city: '深圳市',
      street: '南山区科技园路1号',
      postcode: '518057',
      isDefault: true,
    },
  });
  await stage.play('gatewayUpdateAddress', { body: { addressId, postcode: '518000' } });
  await stage.play('gatewayListAddresses', { query: { pageNum: 1, pageSize: 20 } });
  await stage.play('gatewayDeleteAddress', { body: { addressId } });
  await stage.play('gatewayRegisterPushClient', {
    body: { clientId: 'phone-1', platform: 'android', pushToken: 'token-of-the-push-service', language: 'en' },
  });
  await stage.play('gatewaySubscribeTopics', { body: { topics: ['device.online'], subscribed: false } });
  await stage.play('gatewayListTopics', { query: { pageNum: 1, pageSize: 20 } });
  await stage.play('gatewayApplyMerchant', {
    body: { companyName: 'Example Ltd', contact: 'Li Na', phone: '+86 755 1234 5678', email: 'shop@example.com' },
  });
  await stage.play('gatewayCheckFunctions', { query: { function: 'mutual_tls' } });
  await stage.play('gatewayCloseAccount', { body: { password: EXAMPLE_USER.password } });
  return stage;
}
