import { REFERENCE } from '../../support/api-reference.js';
import { ToldCodes } from './codes.js';
import { ExampleStage, EXAMPLE_USER as USER } from './example-stage.js';
import { packageOf } from './packages.js';

/** Plays a whole life with a cloud, and writes down one request and answer of every operation of SmartLink's API. */
export async function recordExamples(): Promise<ExampleStage> {
  const stage = await ExampleStage.open();
  const { t, clock } = stage;
  const play = stage.play.bind(stage);

  await play('health');
  await play('environment');
  await play('register', { body: { ...USER, email: 'user@example.com' } });
  const login = await play('login', { body: USER });
  stage.token = (await play('refreshToken', { body: { refreshToken: login.refreshToken } })).token;
  await play('me');
  const { keyId } = await play('createApiKey', { body: { description: '用于设备集成' } });
  await play('listApiKeys', { query: { page: 1, size: 20 } });
  await play('deleteApiKey', { params: { keyId } });

  const { serialNumber } = await play('issueCertificate', { body: { password: 'open-sesame' } });
  await play('listCertificates', { query: { page: 1, size: 20 } });
  await play('revokeCertificate', { params: { serialNumber } });

  const product = { productKey: REFERENCE['3.1 request'].productKey };
  await play('createProduct', { body: REFERENCE['3.1 request'] });
  await play('listProducts', { query: { category: 'switch', page: 1, size: 1 } });
  await play('getProduct', { params: { productKey: 'SW-SERVO-001' } });
  await play('getThingModel', { params: { productKey: 'SW-DIM-001' } });
  await play('updateProduct', { params: product, body: { status: 0, activationMode: 'signed' } });
  await play('deleteProduct', { params: product });

  const { projectId } = await play('createProject', { body: { projectName: 'Home', description: 'Upstairs' } });
  const params = { projectId };
  await play('listProjects', { query: { page: 1, size: 20 } });
  await play('updateProject', { params, body: { projectName: 'House' } });
  await play('getProject', { params });
  await play('addMember', { params, body: { username: 'dev' } });
  await play('listMembers', { params });
  await play('removeMember', { params, body: { username: 'dev' } });
  const { bindToken } = await play('createBindToken', { params });

  const board = { productKey: 'SW-SERVO-001', deviceSN: 'AABBCCDDEEFF' };
  const activation = await play('activate', {
    body: { ...board, firmwareVersion: '1.0.0', chipModel: 'ESP32', bindToken },
  });
  const { deviceId, mqtt, topics } = activation;
  const { username, clientId: clientid } = mqtt;
  await play('mqttAuth', { body: { username, password: mqtt.password, clientid } });
  await play('mqttAcl', { body: { username, clientid, topic: topics.propertyPost, action: 'publish' } });
  await play('rabbitmqHook', {
    params: { secret: 'the-secret-of-the-hooks', question: 'topic' },
    body: {
      username,
      vhost: '/',
      resource: 'topic',
      name: 'amq.topic',
      permission: 'write',
      routing_key: topics.propertyPost.replaceAll('/', '.'),
      'variable_map.client_id': clientid,
    },
  });
  clock.advance(5.5 * 3_600_000);
  const client = await t.online(activation, { time: clock.now });
  await client.say(topics.propertyPost, {
    method: 'thing.event.property.post',
    id: '123456',
    params: { position: 'up', angle: 90, wifi_rssi: -45 },
    time: clock.now,
  });
  await client.say(topics.eventPost.replace('+', 'buttonPressed'), {
    method: 'thing.event.buttonPressed.post',
    id: '123457',
    params: { count: 1 },
    time: clock.now,
  });
  const device = { deviceId };
  await client.subscribe(topics.serviceInvoke);
  const invoked = play('invokeService', {
    params: { ...device, name: 'getLog' },
    query: { wait: 5_000 },
    body: { since: 0 },
  });
  const { topic, payload } = await client.next();
  await client.say(`${topic}_reply`, { id: payload.id, code: 200, data: { count: 3 } });
  await invoked;
  await play('updateDevice', { params: device, body: { name: '客厅开关', projectId: 'proj_default' } });
  await play('listDevices', { query: { productKey: 'SW-SERVO-001', status: 1, page: 1, size: 20 } });
  await play('getDevice', { params: device });
  await play('deviceStatus', { params: device });
  await play('control', { params: device, body: { action: 'toggle', position: 'up' } });
  await play('deviceProperties', {
    params: device,
    query: { key: 'position', from: '2026-01-10T00:00:00Z', size: 100 },
  });
  await play('deviceEvents', { params: device, query: { page: 1, size: 20 } });

  const { packageId } = await play('uploadPackage', { body: packageOf() });
  await play('listPackages', { query: { productKey: 'SW-SERVO-001', page: 1, size: 20 } });
  await play('getPackage', { params: { packageId } });
  await client.subscribe(topics.otaUpgrade);
  const order = {
    packageId,
    name: 'Servos to 1.1.0',
    percent: 100,
    stages: [10, 50, 100],
    stageHours: 24,
    abortPercent: 10,
  };
  const { campaignId } = await play('createCampaign', { body: order });
  // The command and the call above are on their way, too.
  let upgrade = await client.next();
  while (upgrade.topic !== topics.otaUpgrade) upgrade = await client.next();
  await client.say(topics.otaProgress, { id: '1', params: { step: '50', desc: '' } });
  await play('getOtaFile', { params: { token: upgrade.payload.data.url.split('/').at(-1) } });
  await play('listCampaigns', { query: { page: 1, size: 20 } });
  await play('getCampaign', { params: { campaignId } });
  await play('campaignDevices', { params: { campaignId }, query: { page: 1, size: 20 } });
  await play('deviceUpdates', { params: device, query: { page: 1, size: 20 } });
  await play('pauseCampaign', { params: { campaignId } });
  await play('resumeCampaign', { params: { campaignId } });
  await play('abortCampaign', { params: { campaignId } });
  await play('retryCampaign', { params: { campaignId } });
  await play('abortCampaign', { params: { campaignId } });
  await play('deletePackage', { params: { packageId } });
  await play('registerDevice', { body: { ...board, deviceSN: '112233445566', name: '卧室开关' } });
  await play('deleteDevice', { params: device });
  await play('deleteProject', { params });

  const [, code] = t.cloud.signInLink().split('#code=');
  stage.token = (await play('loginByCode', { body: { code } })).token;
  await new ToldCodes(t).ask('+4915112345678', 'register');
  await play('operatorCodes');
  await play('operatorUserDomain');
  await play('logout');
  return stage;
}
