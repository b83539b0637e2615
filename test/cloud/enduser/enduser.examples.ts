import { AGREEMENTS, codeQuery, DOMAIN, loginQuery } from '../support/end-user.js';
import { ExampleStage } from '../support/example-stage.js';
import { packageOf } from '../support/packages.js';

/** Of the vendor's reference, whose secret it is. */
const PASSWORD = { pwd: 'KbbO5AsWloh9gulLei6NhQ==', random: 'abcdef' };
const PHONE = { internationalCode: '86', phone: '17132136550' };
const BOARD = { productKey: 'SW-SERVO-001', deviceSN: 'AABBCCDDEEFF' };

/** An end user's story: he registers, finds a board, binds, reads, moves, updates and gives it back. */
export async function recordEndUsers(): Promise<ExampleStage> {
  const stage = await ExampleStage.open();
  const { t, clock } = stage;
  const play = stage.play.bind(stage);

  const sent = t.next('codeSent');
  await play('endUserSendCode', {
    query: { ...codeQuery(clock.now, { random: '76a6L647F02CAoN9' }), codeType: 3, ts: clock.now },
  });
  const { code: smsCode } = await sent;
  await play('endUserRegister', {
    body: { agreementList: AGREEMENTS, ...PHONE, ...PASSWORD, smsCode, userDomain: DOMAIN.domain },
  });
  const login = await play('endUserLogin', { query: loginQuery({ ...PHONE, ...PASSWORD }) });
  const { accessToken } = await play('endUserRefresh', { body: { refreshToken: login.refreshToken.token } });
  stage.token = accessToken.token.replace('Bearer ', '');
  await play('endUserJwks');

  const activation = await t.activate(BOARD.deviceSN, BOARD.productKey);
  const { deviceId, topics } = activation;
  const names = { pk: BOARD.productKey, dk: deviceId };
  const board = await t.online(activation, { time: clock.now });
  const params = { position: 'up', angle: 90, wifi_rssi: -56 };
  const post = { method: 'thing.event.property.post', id: '1', params, time: clock.now };
  await board.say(topics.propertyPost, post);
  clock.advance(60_000);
  await play('endUserBind', { body: { pk: names.pk, sn: BOARD.deviceSN } });
  await play('endUserDeviceList', { query: { pkList: names.pk, page: 1, pageSize: 10 } });
  await play('endUserAttributes', { query: names });
  const reply = play('endUserCommand', {
    body: { ...names, params: { action: 'toggle', position: 'up' }, wait: 5_000 },
  });
  const { payload } = await board.next();
  await board.say(topics.propertySetReply, { id: payload.id, code: 200, data: {} });
  await reply;
  // biome-ignore lint/suspicious/noExplicitAny: as it is
  const response: any = await (
    await fetch(`${t.cloud.apiUrl}/api/v1/ota/packages`, {
      method: 'POST',
      headers: { authorization: accessToken.token },
      body: packageOf() as Buffer<ArrayBuffer>,
    })
  ).json();
  await play('endUserUpgrade', { body: { ...names, packageId: response.data.packageId } });
  await play('endUserUnbind', { body: names });
  await play('endUserLogout');
  return stage;
}
