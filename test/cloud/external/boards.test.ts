import { describe, expect, test } from 'vitest';
import type { CloudLogEvent } from '../../../host-sim/cloud/cloud.js';
import { withoutMosquitto } from '../../support/mosquitto.js';
import { freePort } from '../../support/ports.js';
import { timed } from '../../support/timed.js';
import { type Activation, startCloud, type TestCloud } from '../support/fixture.js';
import { openWebSocket } from '../support/web-socket.js';
import { answering, broker, cloudOver } from './stage.js';

const status = async (t: TestCloud, { deviceId }: Activation) =>
  (await t.as('GET', `/devices/${deviceId}`)).body.data.status as string;

const control = (t: TestCloud, { deviceId }: Activation, query = '') =>
  t.as('POST', `/devices/${deviceId}/control${query}`, { action: 'toggle', position: 'up' });

describe.skipIf(withoutMosquitto)('a cloud over Mosquitto', () => {
  test('tells boards where the broker is, and listens for no MQTT itself', async () => {
    const mosquitto = await broker();
    const t = await cloudOver(mosquitto);
    const { mqtt, extensions } = await t.activate();
    // What is not answered the cloud repeats itself: no broker is to keep a queue for a board.
    expect(extensions).toMatchObject({ subscribeQos: 0 });
    expect(mqtt).toMatchObject({ server: '127.0.0.1', port: mosquitto.port, portTLS: 8883 });
    expect(t.cloud).toMatchObject({ mqttUrl: mosquitto.url, mqttPort: mosquitto.port });
    const { data } = (await (await fetch(`${t.cloud.apiUrl}/env`)).json()) as { data: { urls: object } };
    expect(data.urls).toMatchObject({ mqtt: mosquitto.url });
    expect(data.urls).not.toHaveProperty('mqtts');
  });

  test('tells boards of a load balancer, and of a public host, where there are such', async () => {
    const mosquitto = await broker();
    const boardUrls = ['mqtts://lb.example', 'mqtt://lb.example:2883'];
    const balanced = await cloudOver(mosquitto, { broker: { boardUrls } });
    expect((await balanced.activate()).mqtt).toMatchObject({ server: 'lb.example', port: 2883, portTLS: 8883 });
    await balanced.cloud.close();
    const named = await cloudOver(mosquitto, { broker: { boardUrls }, publicHost: 'fleet.example' });
    expect((await named.activate()).mqtt).toMatchObject({ server: 'fleet.example', port: 2883, portTLS: 8883 });
  });

  test('knows who is online, by their word and by their will', async () => {
    const t = await cloudOver(await broker());
    const activation = await t.activate();
    const { board } = await answering(t, activation);
    expect(await status(t, activation)).toBe('online');
    const offline = t.next('deviceOffline');
    await board.cut();
    expect(await offline).toMatchObject({ deviceId: activation.deviceId, reason: 'will' });
    expect(await status(t, activation)).toBe('offline');

    const again = await answering(t, activation);
    expect(await status(t, activation)).toBe('online');
    const stopped = t.next('deviceOffline');
    await again.board.say(activation.topics.status, { status: 'offline', time: Date.now() }, { retain: true });
    expect(await stopped).toMatchObject({ reason: 'message' });
  });

  test('a will of the session before does not end the present one', async () => {
    const t = await cloudOver(await broker());
    const activation = await t.activate();
    const first = await answering(t, activation, { time: 1_000_000 });
    await answering(t, activation, { time: 2_000_000 });
    await t
      .connect(activation, { clientId: 'late' })
      .then((late) => late.say(activation.topics.status, { status: 'offline', time: 999_995 }, { retain: false }));
    await t.untilLogged('status_ignored');
    expect(await status(t, activation)).toBe('online');
    await first.board.end();
  });

  test('stores posts and answers them', async () => {
    const t = await cloudOver(await broker());
    const activation = await t.activate();
    const { board } = await answering(t, activation);
    await board.subscribe(activation.topics.propertyPostReply);
    const answered = new Promise((resolve) =>
      board.client.on('message', (topic, payload) => {
        if (topic === activation.topics.propertyPostReply) resolve(JSON.parse(payload.toString()));
      }),
    );
    const posted = t.next('propertyPosted');
    await board.say(activation.topics.propertyPost, { id: '7', params: { position: 'up' } });
    await posted;
    expect(await answered).toMatchObject({ id: '7', code: 200 });
    const { properties } = (await t.as('GET', `/devices/${activation.deviceId}/status`)).body.data;
    expect(properties.position.value).toBe('up');
  });

  test('commands a board, and gives its answer to who waits', async () => {
    const t = await cloudOver(await broker());
    const activation = await t.activate();
    const { heard } = await answering(t, activation);
    expect((await control(t, activation)).status).toBe(200);
    expect((await control(t, activation, '?wait=5000')).body.data.reply).toMatchObject({ code: 200 });
    expect([...heard.commands.values()]).toEqual([1, 1]);
  });

  test('a command for a board that is away goes out when it comes', async () => {
    const t = await cloudOver(await broker());
    const activation = await t.activate();
    expect((await control(t, activation)).status).toBe(200);
    const answered = t.next('commandAnswered');
    const { heard } = await answering(t, activation);
    await answered;
    expect([...heard.commands.values()]).toEqual([1]);
  });

  test('believes nobody whom the database does not know, and says so a bounded number of times', async () => {
    const t = await cloudOver(await broker());
    const activation = await t.activate();
    const liar = await t.connect(activation, { clientId: 'anybody' });
    const said = (root: string) => liar.say(`${root}thing/event/property/post`, { params: { position: 'up' } });
    for (let round = 0; round < 15; round += 1) await said('/sys/SW-SERVO-001/dev_nobody/');
    await said(`/sys/SW-RELAY-002/${activation.deviceId}/`);
    const posted = t.next('propertyPosted');
    await said(`/sys/SW-SERVO-001/${activation.deviceId}/`);
    await posted;
    expect(t.logged.filter(({ name }) => name === 'unknown_board')).toHaveLength(10);
  });

  test('who watches by WebSocket hears the boards and the cloud, and MQTT is not spoken there', async () => {
    const t = await cloudOver(await broker(), { wsPort: 0 });
    const activation = await t.activate();
    const { board } = await answering(t, activation);
    const url = t.cloud.wsUrl!;
    const watcher = await openWebSocket(url);
    await watcher.ask({ action: 'auth', token: (await t.login()).body.data.token });
    await watcher.subscribe('/sys/#');
    expect(await watcher.next()).toMatchObject({ topic: activation.topics.status, payload: { status: 'online' } });
    await board.say(activation.topics.propertyPost, { params: { position: 'up' } });
    const next = async () => {
      for (;;) {
        const frame = await watcher.next();
        // A board that is new is asked whether it answers, sometime.
        if (!String(frame.topic).includes(activation.topics.propertyGet)) return frame;
      }
    };
    expect((await next()).payload).toEqual({ params: { position: 'up' } });
    await control(t, activation);
    expect((await next()).topic).toBe(activation.topics.propertySet);
    expect((await next()).topic).toBe(activation.topics.propertySetReply);
    await expect(openWebSocket(url, ['mqtt'])).rejects.toThrow(/501/);
  });

  test('a disabled device is not heard, and a deleted one is gone', async () => {
    const t = await cloudOver(await broker());
    const activation = await t.activate();
    const { board } = await answering(t, activation);
    const offline = t.next('deviceOffline');
    await t.as('PUT', `/devices/${activation.deviceId}`, { status: 'disabled' });
    await offline;
    await board.say(activation.topics.propertyPost, { params: { position: 'up' } });
    await board.say(activation.topics.status, { status: 'online', time: Date.now() });
    await t.untilLogged('unknown_board');
    expect(await status(t, activation)).toBe('disabled');
    expect((await t.as('DELETE', `/devices/${activation.deviceId}`)).status).toBe(200);
    expect((await t.as('GET', `/devices/${activation.deviceId}`)).status).toBe(404);
  });

  test('says that the broker admits alone once, also where a first start met taken ports', async () => {
    const mosquitto = await broker();
    const names: string[] = [];
    const log = ({ name }: CloudLogEvent) => void names.push(name);
    const { cloud } = await cloudOver(mosquitto, { log });
    const told = () => names.filter((name) => name === 'broker_admits_alone');
    expect(told()).toHaveLength(1);
    await expect(cloudOver(mosquitto, { log, apiPort: cloud.apiPort })).rejects.toMatchObject({ code: 'port_in_use' });
    expect(told()).toHaveLength(1);
  });

  test('says at the start what is wrong: a broker that is not there, or refuses the account', async () => {
    const mosquitto = await broker(['password_file /dev/null', 'allow_anonymous false']);
    const refused = cloudOver(mosquitto, { broker: { username: 'cloud', password: 'wrong-password' } });
    await expect(refused).rejects.toMatchObject({ code: 'broker_refused', data: { url: mosquitto.url } });
    await expect(refused).rejects.not.toThrow(/wrong-password/);
    const externalBroker = { urls: [`mqtt://127.0.0.1:${await freePort()}`] };
    const { tookMs } = await timed(async () => {
      await expect(startCloud({ externalBroker })).rejects.toMatchObject({ code: 'broker_unreachable' });
    });
    // Ten of them are for the broker.
    expect(tookMs).toBeLessThan(14_000);
  });
});
