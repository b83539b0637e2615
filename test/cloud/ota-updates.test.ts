import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { get as httpsGet, request as httpsRequest } from 'node:https';
import { describe, expect, test } from 'vitest';
import {
  type Activation,
  type Answer,
  matches,
  startCloud,
  type TestCloud,
  temporaryDirectory,
} from './support/fixture.js';
import { packageOf, published, UpdatableBoard, upload } from './support/packages.js';
import { signUp, words } from './support/people.js';
import { startTlsCloud } from './support/tls.js';
import { openWebSocket } from './support/web-socket.js';

const begin = (t: TestCloud, body: object): Promise<Answer> => t.as('POST', '/ota/campaigns', body);

/** Resolves when a board has got that far. */
const until = (t: TestCloud, state: string) => t.next('updateChanged', (event) => event.state === state);

describe('a board over MQTT', () => {
  test('is told of the package in the form of Alink, not retained, and what it says is shown', async () => {
    const t = await startCloud();
    const board = await UpdatableBoard.online(t, await t.activate());
    const { deviceId } = board.activation;
    const file = packageOf();
    const { packageId } = (await upload(t, file)).body.data;
    const created = await begin(t, { packageId, name: 'First' });
    matches('createCampaign', created);
    const { campaignId } = created.body.data;
    const { payload, qos, retain } = await board.board.next();
    expect([qos, retain]).toEqual([1, false]);
    expect(payload).toEqual({
      code: '1000',
      data: {
        size: file.length,
        version: '1.1.0',
        isDiff: 0,
        url: expect.stringMatching(new RegExp(`^${t.cloud.apiUrl}/api/v1/ota/files/[A-Za-z0-9_-]{22}$`)),
        md5: createHash('md5').update(file).digest('hex'),
        sign: createHash('sha256').update(file).digest('hex'),
        signMethod: 'SHA256',
        module: 'default',
        extData: {},
      },
      id: expect.any(Number),
      message: 'success',
    });
    const downloading = until(t, 'downloading');
    await board.progress('35');
    await downloading;
    const devices = await t.as('GET', `/ota/campaigns/${campaignId}/devices`);
    matches('campaignDevices', devices);
    expect(devices.body.data).toMatchObject({ total: 1, list: [{ deviceId, state: 'downloading', percent: 35 }] });
    const inState = async (state: string) =>
      (await t.as('GET', `/ota/campaigns/${campaignId}/devices?state=${state}`)).body;
    expect((await inState('downloading')).data).toMatchObject({ total: 1, list: [{ deviceId }] });
    expect((await inState('failed')).data).toMatchObject({ total: 0, list: [] });
    expect((await inState('')).data).toMatchObject({ total: 1 });
    expect(await inState('lost')).toMatchObject({ code: 400, message: 'invalid_parameter' });
    const updated = until(t, 'updated');
    await board.inform('1.1.0');
    await updated;
    expect((await t.untilLogged('campaign_changed')).data).toMatchObject({ campaignId, status: 'running', stage: 1 });
    const history = await t.as('GET', `/devices/${deviceId}/updates`);
    matches('deviceUpdates', history);
    expect(history.body.data.list).toMatchObject([
      { campaignId, packageId, version: '1.1.0', fromVersion: '1.0.0', state: 'updated', percent: null, desc: null },
    ]);
    expect((await t.as('GET', `/devices/${deviceId}`)).body.data.firmwareVersion).toBe('1.1.0');
    const campaign = await t.as('GET', `/ota/campaigns/${campaignId}`);
    matches('getCampaign', campaign);
    expect(campaign.body.data).toMatchObject({ name: 'First', status: 'completed', boards: { total: 1, updated: 1 } });
  });

  test('has its version shown whether there is a campaign or not, once its inform is acknowledged', async () => {
    const t = await startCloud();
    const board = await UpdatableBoard.online(t, await t.activate());
    await board.inform('3.0.0-beta.1');
    const { deviceId } = board.activation;
    expect((await t.as('GET', `/devices/${deviceId}`)).body.data.firmwareVersion).toBe('3.0.0-beta.1');
  });

  test('that speaks of another part of itself is heard and left alone', async () => {
    const t = await startCloud();
    const board = await UpdatableBoard.online(t, await t.activate());
    const { topics, deviceId } = board.activation;
    await board.board.say(topics.otaInform, { id: '1', params: { version: '9.9.9', module: 'mcu' } });
    expect((await t.as('GET', `/devices/${deviceId}`)).body.data.firmwareVersion).toBe('1.0.0');
  });

  test.each([
    ['otaInform', '{'],
    ['otaInform', '{}'],
    ['otaInform', '{"params":{"version":7}}'],
    ['otaInform', '{"params":{"version":""}}'],
    ['otaInform', `{"params":{"version":"${'1'.repeat(65)}"}}`],
    ['otaInform', '{"params":{"version":"1.0 0"}}'],
    ['otaProgress', '[]'],
    ['otaProgress', '{"params":{"step":"101"}}'],
    ['otaProgress', '{"params":{"step":"-5"}}'],
    ['otaProgress', '{"params":{"step":"5e1"}}'],
    ['otaProgress', '{"params":{"step":{}}}'],
  ] as const)('that says what has no meaning is acknowledged, and nothing comes of it: %s %s', async (topic, text) => {
    const t = await startCloud();
    const board = await UpdatableBoard.online(t, await t.activate());
    await begin(t, { packageId: await published(t) });
    await board.told();
    await board.board.say(board.activation.topics[topic], text);
    await t.untilLogged('message_malformed');
    const { list } = (await t.as('GET', `/devices/${board.activation.deviceId}/updates`)).body.data;
    expect(list[0].state).toBe('told');
  });

  test.each(['otaInform', 'otaProgress'] as const)('may say nothing in the name of another on %s', async (topic) => {
    const t = await startCloud();
    const other = await t.activate('OTHER');
    const board = await UpdatableBoard.online(t, await t.activate());
    const closed = board.board.closed();
    board.board.say(other.topics[topic], { params: { version: '9.9.9', step: '1' } }).catch(() => {});
    await closed;
    expect((await t.as('GET', `/devices/${other.deviceId}`)).body.data.firmwareVersion).toBe('1.0.0');
  });

  test('cannot say that it is told of something', async () => {
    const t = await startCloud();
    const board = await UpdatableBoard.online(t, await t.activate());
    await board.board.say(board.activation.topics.otaUpgrade, { code: '1000' });
    await t.untilLogged('publish_refused');
    expect(board.board.received).toEqual([]);
  });

  test('is watched over the WebSocket by who may see it', async () => {
    const t = await startCloud({ wsPort: 0 });
    const board = await UpdatableBoard.online(t, await t.activate());
    const client = await openWebSocket(t.cloud.wsUrl!);
    await client.ask({ action: 'auth', token: (await t.login()).body.data.token });
    await client.subscribe('/sys/+/+/ota/device/+');
    await begin(t, { packageId: await published(t) });
    await board.told();
    await board.progress('5');
    await board.inform('1.0.0');
    const { otaUpgrade, otaProgress, otaInform } = board.activation.topics;
    const frames = [await client.next(), await client.next(), await client.next()];
    expect(frames.map(({ topic }) => topic)).toEqual([otaUpgrade, otaProgress, otaInform]);
    expect(frames[1].payload.params).toEqual({ step: '5', desc: '' });
  });
});

describe('where a board is to fetch the file', () => {
  test('is where it reached the API, with the port on which that is now', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    const activation = await first.activate();
    const packageId = await published(first);
    await first.cloud.close();
    const t = await startCloud({ dataDir });
    expect(t.cloud.apiPort).not.toBe(first.cloud.apiPort);
    const board = await UpdatableBoard.online(t, activation);
    await begin(t, { packageId });
    expect((await board.told()).data.url).toMatch(`${t.cloud.apiUrl}/api/v1/ota/files/`);
  });

  test('is the public host where there is one', async () => {
    const t = await startCloud({ publicHost: 'cloud.example' });
    const board = await UpdatableBoard.online(t, await t.activate());
    await begin(t, { packageId: await published(t) });
    expect((await board.told()).data.url).toMatch(`http://cloud.example:${t.cloud.apiPort}/api/v1/ota/files/`);
  });

  test('is behind TLS for who came over TLS', async () => {
    const t = await startTlsCloud();
    const ca = readFileSync(t.cloud.tls.caFile);
    const { httpsPort } = t.cloud.tls;
    const activation = await new Promise<Activation>((resolve, reject) => {
      const request = httpsRequest(
        { host: 'localhost', port: httpsPort, path: '/api/v1/devices/activate', method: 'POST', ca },
        (response) => {
          let text = '';
          response.on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve(JSON.parse(text).data as Activation));
        },
      );
      request.on('error', reject);
      request.end(JSON.stringify({ productKey: 'SW-SERVO-001', deviceSN: 'A' }));
    });
    const board = await UpdatableBoard.online(t, activation);
    const file = packageOf();
    await begin(t, { packageId: (await upload(t, file)).body.data.packageId });
    const { url } = (await board.told()).data;
    expect(url).toMatch(`https://localhost:${httpsPort}/api/v1/ota/files/`);
    const fetched = await new Promise<Buffer>((resolve, reject) => {
      httpsGet(url, { ca }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece) => pieces.push(piece));
        response.on('end', () => resolve(Buffer.concat(pieces)));
      }).on('error', reject);
    });
    expect(fetched.equals(file)).toBe(true);
  });
});

describe('a campaign is refused', () => {
  test('where it does not say over which boards it can be', async () => {
    const t = await startCloud();
    const packageId = await published(t);
    const other = await t.activate('OTHER', 'SW-DIM-001');
    const { deviceId } = await t.activate();
    const registered = await t.as('POST', '/devices', { productKey: 'SW-SERVO-001', deviceSN: 'AHEAD' });
    const refused = async (body: object) => {
      const answer = await begin(t, { packageId, ...body });
      return `${words(answer)} ${answer.body.detail ?? ''}`;
    };
    expect(await refused({ packageId: 'pkg_0' })).toBe('404 package_not_found there is no package pkg_0');
    expect(await refused({ deviceIds: ['dev_0'] })).toBe('404 device_not_found ');
    expect(await refused({ deviceIds: [registered.body.data.deviceId] })).toMatch(/^400 device_not_activated/);
    expect(await refused({ deviceIds: [other.deviceId] })).toMatch('is of SW-DIM-001, the package of SW-SERVO-001');
    expect(await refused({ deviceIds: [deviceId], percent: 10 })).toMatch('only one of them');
    expect(await refused({ deviceIds: [] })).toMatch('400 invalid_parameter deviceIds');
    expect(await refused({ percent: 0 })).toMatch('percent');
    expect(await refused({ stages: [50, 50, 100] })).toMatch('stages must be percents that rise and end with 100');
    expect(await refused({ stages: [10, 90] })).toMatch('stages must');
    expect(await refused({ stages: [10, 101] })).toMatch('stages.1');
    expect(await refused({ stageHours: -1 })).toMatch('stageHours');
    expect(await refused({ abortPercent: 0 })).toMatch('abortPercent');
    expect(await refused({ silentMinutes: 0.5 })).toMatch('silentMinutes');
    await t.as('PUT', `/devices/${deviceId}`, { status: 'disabled' });
    expect(await refused({ deviceIds: [deviceId] })).toMatch(/^403 device_disabled/);
    expect(await refused({})).toMatch('none of these boards has a version below 1.1.0');
    expect((await t.as('GET', '/ota/campaigns')).body.data.total).toBe(0);
  });

  test('for another chip than that of a board, which a share leaves out', async () => {
    const t = await startCloud();
    const packageId = await published(t, { chip: 'ESP32-C3' });
    const { deviceId } = await t.activate();
    expect((await begin(t, { packageId, deviceIds: [deviceId] })).body.detail).toMatch('has ESP32, the package is for');
    expect((await begin(t, { packageId })).body.detail).toMatch('none of these boards');
  });

  test('of which its package would be deleted under it', async () => {
    const t = await startCloud();
    await t.activate();
    const packageId = await published(t);
    const { campaignId } = (await begin(t, { packageId })).body.data;
    expect(words(await t.as('DELETE', `/ota/packages/${packageId}`))).toBe('400 package_in_use');
    await t.as('POST', `/ota/campaigns/${campaignId}/pause`);
    expect(words(await t.as('DELETE', `/ota/packages/${packageId}`))).toBe('400 package_in_use');
    await t.as('POST', `/ota/campaigns/${campaignId}/abort`);
    expect((await t.as('DELETE', `/ota/packages/${packageId}`)).status).toBe(200);
    const retried = await t.as('POST', `/ota/campaigns/${campaignId}/retry`);
    expect(words(retried)).toBe('404 package_not_found');
    expect(retried.body.detail).toBe(`there is no package ${packageId}`);
    expect((await t.as('GET', `/ota/campaigns/${campaignId}`)).body.data.packageId).toBe(packageId);
  });
});

describe('who may not control a board', () => {
  test('neither sees nor steers nor begins what is about it', async () => {
    const t = await startCloud();
    const packageId = await published(t);
    const owner = await signUp(t, 'owner');
    const stranger = await signUp(t, 'stranger');
    const { projectId } = (await owner('POST', '/projects', { projectName: 'Private' })).body.data;
    const { bindToken } = (await owner('POST', `/projects/${projectId}/bind-tokens`)).body.data;
    const board = { productKey: 'SW-SERVO-001', deviceSN: 'A', firmwareVersion: '1.0.0', bindToken };
    const { deviceId } = (await t.call('POST', '/devices/activate', board)).body.data;
    expect(words(await stranger('POST', '/ota/campaigns', { packageId, deviceIds: [deviceId] }))).toBe(
      '404 device_not_found',
    );
    expect((await stranger('POST', '/ota/campaigns', { packageId })).body.detail).toMatch('none of these boards');
    const { campaignId } = (await owner('POST', '/ota/campaigns', { packageId })).body.data;
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/devices'],
      ...['pause', 'resume', 'abort', 'retry'].map((deed) => ['POST', `/${deed}`]),
    ]) {
      const refused = await stranger(method!, `/ota/campaigns/${campaignId}${path}`);
      expect(words(refused)).toBe('404 campaign_not_found');
      expect(refused.body.detail).toBe(`there is no campaign ${campaignId} that you may see`);
    }
    expect((await stranger('GET', '/ota/campaigns')).body.data.list).toEqual([]);
    expect(words(await stranger('GET', `/devices/${deviceId}/updates`))).toBe('404 device_not_found');
    // Whoever shares the project controls its boards.
    await owner('POST', `/projects/${projectId}/members`, { username: 'stranger' });
    expect((await stranger('GET', '/ota/campaigns')).body.data.total).toBe(1);
    expect((await stranger('POST', `/ota/campaigns/${campaignId}/abort`)).body.data.status).toBe('aborted');
  });
});
