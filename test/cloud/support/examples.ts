import { createHash } from 'node:crypto';
import type { Example } from '../../../host-sim/cloud/api/openapi.js';
import { OPERATIONS } from '../../../host-sim/cloud/api/operations.js';
import { loadProduct } from '../../../host-sim/products/load.js';
import { REFERENCE } from '../../support/api-reference.js';
import { TestClock } from './clock.js';
import { matches, ONE_REQUEST, type TestCloud } from './fixture.js';
import { packageOf } from './packages.js';
import { DIMMER, PRODUCTS } from './products.js';
import { startTlsCloud, type TlsCloud } from './tls.js';

const USER = { username: 'user@example.com', password: 'password123' };
const HOOK_SECRET = 'the-secret-of-the-hooks';

interface Request {
  readonly params?: Record<string, string>;
  readonly query?: Record<string, string | number>;
  readonly body?: unknown;
}

/**
 * Plays a whole life with a cloud whose time and randomness are the same each time, and writes down one request and
 * answer of every operation.
 */
export async function recordExamples(): Promise<{ examples: Record<string, Example>; t: TestCloud }> {
  const clock = new TestClock(Date.UTC(2026, 0, 10, 10));
  const t = await startTlsCloud({
    environment: { ...clock.environment, randomBytes: repeatableRandom() },
    publicHost: '192.168.1.100',
    // A whole thing model, as it is shipped.
    products: PRODUCTS.map((product) => (product === DIMMER ? loadProduct(DIMMER.productKey) : product)),
    user: { name: 'dev', password: 'password123' },
    mqttHooks: { addresses: ['127.0.0.1'], secret: HOOK_SECRET },
  });
  const examples: Record<string, Example> = {};
  let token = '';

  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  const play = async (id: string, request: Request = {}): Promise<any> => {
    const [route = '', operation] = Object.entries(OPERATIONS).find(([, other]) => other.id === id)!;
    const [method = '', template = ''] = route.split(' ');
    const query = new URLSearchParams(
      Object.entries(request.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
    );
    const path = template.replace(/:(\w+)/g, (_all, name: string) => request.params![name]!);
    const response = await fetch(`${t.cloud.apiUrl}${path}${query.size > 0 ? `?${query}` : ''}`, {
      method,
      headers: {
        ...ONE_REQUEST,
        ...(operation!.auth === 'hook' && { 'x-hook-secret': HOOK_SECRET }),
        ...((operation!.auth === 'user' || operation!.auth === 'token') && { authorization: `Bearer ${token}` }),
      },
      ...(request.body !== undefined && {
        body: operation!.takesFile ? (request.body as Buffer<ArrayBuffer>) : JSON.stringify(request.body),
      }),
    });
    if (operation!.givesFile) {
      if (response.status !== 200) throw new Error(`${id}: ${response.status}`);
      // Bytes are no example.
      examples[id] = shown({ params: request.params!, answer: null }, t);
      return Buffer.from(await response.arrayBuffer());
    }
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const body: any = await response.json();
    if (response.status !== 200) throw new Error(`${id}: ${JSON.stringify(body)}`);
    matches(operation!.id, { status: 200, headers: response.headers, body: operation!.bare ? { data: body } : body });
    const { body: sent, ...told } = request;
    examples[id] = shown(
      { ...told, ...(sent !== undefined && !operation!.takesFile && { body: sent }), answer: body },
      t,
    );
    return body.data;
  };

  await play('health');
  await play('environment');
  await play('register', { body: { ...USER, email: 'user@example.com' } });
  const login = await play('login', { body: USER });
  token = (await play('refreshToken', { body: { refreshToken: login.refreshToken } })).token;
  await play('me');
  const { keyId } = await play('createApiKey', { body: { description: '用于设备集成' } });
  await play('listApiKeys', { query: { page: 1, size: 20 } });
  await play('deleteApiKey', { params: { keyId } });

  const { serialNumber } = await play('issueCertificate', { body: { password: 'open-sesame' } });
  await play('listCertificates', { query: { page: 1, size: 20 } });
  await play('revokeCertificate', { params: { serialNumber } });
  const app = await play('gatewayIssuePfx', { body: {} });
  await play('gatewayRevoke', { body: { serialNumber: app.serialNumber } });
  await play('gatewayUtcTime');

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
  return { examples, t };
}

/** As the reference shows it: the usual ports, and tokens and files no longer than one wants to read. */
function shown(example: Example, { cloud }: TlsCloud): Example {
  const { apiPort, mqttPort, tls } = cloud;
  const usual = [
    [apiPort, 8080],
    [mqttPort, 1883],
    [tls.httpsPort, 8443],
    [tls.mqttsPort, 8883],
    [tls.mtlsPort, 18_760],
  ] as const;
  const text = usual
    .reduce(
      (json, [port, known]) => json.replaceAll(new RegExp(`:${port}\\b`, 'g'), `:${known}`),
      JSON.stringify(example),
    )
    .replace(/("caFingerprint":")[^"]+/, '$15E:C2:...')
    .replace(/"pfx":"[^"]+"/, '"pfx":"MII..."')
    .replace(/(eyJ[\w-]+)\.[\w-]+\.[\w-]+/g, '$1...');
  return JSON.parse(text) as Example;
}

/** Bytes that look random and are the same each time. */
function repeatableRandom(): (size: number) => Buffer {
  let count = 0;
  return (size) => {
    count += 1;
    const blocks = Array.from({ length: Math.ceil(size / 32) }, (_, block) =>
      createHash('sha256').update(`${count} ${block}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, size);
  };
}
