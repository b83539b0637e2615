import { execFile } from 'node:child_process';
import { connect, type MqttClient } from 'mqtt';
import { afterEach, describe, expect, test } from 'vitest';
import type { ActivationAnswer, ActivationRequest, BrokerAddress } from '../../../host-sim/cloud/domain/activation.js';
import { ALONE } from '../../../host-sim/cloud/domain/lead.js';
import { type CloudServices, createServices } from '../../../host-sim/cloud/domain/services.js';
import type { UserView } from '../../../host-sim/cloud/domain/users.js';
import type { CloudError } from '../../../host-sim/cloud/errors.js';
import { type CloudLogEvent, EventHub, Logger } from '../../../host-sim/cloud/events.js';
import { openBoardAccess } from '../../../host-sim/cloud/external/open-board-access.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { MemoryFiles } from '../../../host-sim/cloud/store/stored-files.js';
import { type ActivationServer, json, startActivationServer } from '../../support/activation-server.js';
import {
  type GuardedMosquitto,
  startGuardedMosquitto,
  withoutDynamicSecurity,
} from '../../support/dynamic-security.js';
import { LiveBoard } from '../../support/live-board.js';
import { withoutMosquittoClients } from '../../support/mosquitto.js';
import { createQuickEnvironment } from '../support/clock.js';
import { onCleanup } from '../support/fixture.js';
import { PRODUCTS } from '../support/products.js';

const KEY = 'SW-SERVO-001';
const CALLER = { host: '127.0.0.1', isSecure: false };
const SLOW = { timeout: 60_000 };

interface Stage {
  readonly broker: GuardedMosquitto;
  readonly services: CloudServices;
  readonly user: UserView;
  readonly api: ActivationServer;
  /** The account of the cloud, which hears every board. */
  readonly service: MqttClient;
  readonly heard: { readonly topic: string; readonly text: string }[];
  readonly logged: CloudLogEvent[];
  activate(deviceSN: string): Promise<ActivationAnswer>;
}

/** The domain of a cloud that tells a Mosquitto who may connect, and an API on which boards activate. */
async function openStage(): Promise<Stage> {
  const broker = await startGuardedMosquitto();
  onCleanup(() => broker.stop());
  const environment = createQuickEnvironment();
  const logged: CloudLogEvent[] = [];
  const log = new Logger({ log: (event) => logged.push(event), now: environment.now });
  const url = `mqtt://127.0.0.1:${broker.port}`;
  const { access, start, close } = openBoardAccess({ urls: [url], ...broker.admin }, environment, log);
  const database = await openDatabase(':memory:');
  const services = createServices({
    database,
    environment,
    events: new EventHub({ onListenerError: () => {} }),
    log,
    signingKey: Buffer.alloc(32, 1),
    sealingKey: Buffer.alloc(32, 2),
    packageFiles: new MemoryFiles(),
    userFiles: new MemoryFiles(),
    boardAccess: access,
  });
  onCleanup(async () => {
    await close();
    services.writes.close();
    database.close();
  });
  services.products.seed(PRODUCTS);
  await start(services.stores.devices, ALONE);
  const address: BrokerAddress = {
    publicHost: '127.0.0.1',
    port: broker.port,
    portTLS: 8883,
    portMTLS: () => undefined,
    reconnectSpreadS: 0,
  };
  const activate = async (request: ActivationRequest) => services.activation.activate(request, address, CALLER);
  const api = await startActivationServer((call, response) => {
    activate(call.body as unknown as ActivationRequest).then(
      (data) => json(response, 200, { code: 200, message: 'success', data }),
      (error: CloudError) => json(response, error.status, { code: error.status, message: error.word, data: null }),
    );
  });
  onCleanup(() => api.close());
  const service = connect(url, { ...broker.admin, clientId: 'smartlink-cloud-0', reconnectPeriod: 100 });
  onCleanup(() => service.endAsync(true));
  const heard: { topic: string; text: string }[] = [];
  service.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }));
  await service.subscribeAsync('/sys/#', { qos: 1 });
  const user = await services.users.register({ username: 'someone', password: 'password123' });
  return {
    broker,
    services,
    user,
    api,
    service,
    heard,
    logged,
    activate: (deviceSN) => activate({ productKey: KEY, deviceSN }),
  };
}

const boards: LiveBoard[] = [];

afterEach(async () => {
  for (const { board } of boards.splice(0)) await board.stop();
});

async function startBoard({ api }: Stage, serial: string): Promise<LiveBoard> {
  const live = new LiveBoard(api.url, { serial });
  boards.push(live);
  await live.online();
  return live;
}

/** What a program of Mosquitto says; its code is 124 where it still waits after `seconds`. */
function run(program: string, args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: 10_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 124) : 0, text: stdout + stderr });
    });
  });
}

describe.skipIf(withoutDynamicSecurity)('a board on Mosquitto with dynamic security', () => {
  test('activates, posts, is heard and commanded', SLOW, async () => {
    const stage = await openStage();
    const board = await startBoard(stage, 'AABBCCDDEE01');
    const deviceId = stage.services.activation.deviceId(KEY, 'AABBCCDDEE01')!;
    const root = `/sys/${KEY}/${deviceId}/`;
    const texts = (topic: string) => stage.heard.filter((one) => one.topic === root + topic).map(({ text }) => text);
    await expect.poll(() => texts('status').join()).toContain('"online"');
    await expect.poll(() => texts('thing/event/property/post').join()).toContain('"position"');
    const command = { method: 'thing.service.property.set', id: '7', params: { angle: 30 }, time: Date.now() };
    await stage.service.publishAsync(`${root}thing/service/property/set`, JSON.stringify(command), { qos: 1 });
    await board.event('output_settled', ({ value }) => value === 30);
    await expect.poll(() => texts('thing/service/property/set_reply').join()).toContain('"code":200');
    const service = { method: 'thing.service.getLog', id: '8', params: {}, time: Date.now() };
    await stage.service.publishAsync(`${root}thing/service/getLog`, JSON.stringify(service), { qos: 1 });
    await expect.poll(() => texts('thing/service/getLog_reply').join()).toContain('"id":"8"');
    expect(board.crashes).toEqual([]);
    expect(stage.logged.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });

  test('that is disabled is off, and comes back when it is enabled; deleted, it activates anew', SLOW, async () => {
    const stage = await openStage();
    const { services, user } = stage;
    const board = await startBoard(stage, 'AABBCCDDEE02');
    const id = () => services.activation.deviceId(KEY, 'AABBCCDDEE02');
    const first = id()!;
    let seen = board.events.length;
    services.devices.update(user, first, { status: 'disabled' }, 'en');
    await board.event('session_lost', () => true, seen);
    seen = board.events.length;
    await expect.poll(() => services.stores.devices.byId(first)?.disabled).toBe(1);
    services.devices.update(user, first, { status: 'online' }, 'en');
    await board.online(seen);
    seen = board.events.length;
    services.devices.delete(user, first);
    await board.event('session_lost', () => true, seen);
    await board.online(seen);
    expect(id()).toMatch(/^dev_/);
    expect(id()).not.toBe(first);
  });

  test('activates anew where Mosquitto was restarted without its state file', SLOW, async () => {
    const stage = await openStage();
    const board = await startBoard(stage, 'AABBCCDDEE03');
    const activations = () => stage.api.calls.length;
    const before = activations();
    let seen = board.events.length;
    await stage.broker.restart();
    await board.event('session_lost', () => true, seen);
    await board.online(seen);
    expect(activations()).toBe(before);
    seen = board.events.length;
    await stage.broker.forget();
    await board.event('session_lost', () => true, seen);
    await board.online(seen);
    expect(activations()).toBeGreaterThan(before);
    // The cloud's own account has its rights again as well.
    const deviceId = stage.services.activation.deviceId(KEY, 'AABBCCDDEE03')!;
    const set = () =>
      stage.service.publishAsync(
        `/sys/${KEY}/${deviceId}/thing/service/property/set`,
        JSON.stringify({
          method: 'thing.service.property.set',
          id: `${Date.now()}`,
          params: { angle: 45 },
          time: Date.now(),
        }),
        { qos: 1 },
      );
    await expect
      .poll(
        async () => {
          await set();
          return board.events
            .slice(seen)
            .some(({ name, data }) => name === 'output_settled' && 'value' in data && data.value === 45);
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe(true);
  });

  test('cannot be activated while the broker is away, and can when it is back', SLOW, async () => {
    const stage = await openStage();
    await stage.activate('A');
    await stage.broker.stop();
    await expect.poll(() => stage.activate('B').catch((error: CloudError) => error.word)).toBe('broker_unavailable');
    expect(stage.services.activation.deviceId(KEY, 'B')).toBeUndefined();
  });
});

describe.skipIf(withoutDynamicSecurity || withoutMosquittoClients)('who has the credentials of one board', () => {
  test('can do with them what that board can, and nothing else', SLOW, async () => {
    const stage = await openStage();
    const { mqtt, topics } = await stage.activate('A');
    const { topics: foreign } = await stage.activate('B');
    const login = ['-h', '127.0.0.1', '-p', String(stage.broker.port), '-u', mqtt.username];
    const own = [...login, '-P', mqtt.password, '-i', mqtt.clientId, '-V', 'mqttv5'];
    const publish = async (topic: string) =>
      (await run('mosquitto_pub', [...own, '-t', topic, '-m', '{}', '-q', '1'])).text;
    for (const topic of [topics.status, topics.propertyPost, topics.eventPost.replace('+', 'smoke')]) {
      expect(`${topic} ${await publish(topic)}`).toBe(`${topic} `);
    }
    for (const topic of [
      foreign.status,
      foreign.propertySet,
      topics.propertySet,
      '/sys/x',
      'x',
      '$CONTROL/dynamic-security/v1',
    ]) {
      expect(await publish(topic)).toMatch(/Not authorized/);
    }
    const subscribe = async (filter: string) =>
      (await run('mosquitto_sub', [...own, '-t', filter, '-q', '1', '-E'])).text;
    for (const filter of [topics.propertySet, topics.serviceInvoke]) expect(await subscribe(filter)).toBe('');
    for (const filter of ['#', '/sys/#', `/sys/${KEY}/+/status`, foreign.propertySet, '$CONTROL/#', '$share/g/sys/#']) {
      expect(`${filter} ${await subscribe(filter)}`).toMatch(/denied/);
    }
    const say = ['-t', topics.status, '-m', '{}', '-q', '1'];
    expect((await run('mosquitto_pub', [...login, '-P', mqtt.password, '-i', 'other', ...say])).code).not.toBe(0);
    expect((await run('mosquitto_pub', [...login, '-P', 'tk_wrong', '-i', mqtt.clientId, ...say])).code).not.toBe(0);
    const { mqtt: renewed } = await stage.activate('A');
    expect(renewed.username).toBe(mqtt.username);
    expect((await run('mosquitto_pub', [...own, ...say])).code).not.toBe(0);
    const anew = [...login, '-P', renewed.password, '-i', renewed.clientId];
    expect((await run('mosquitto_pub', [...anew, ...say])).code).toBe(0);
    expect(JSON.stringify(stage.logged)).not.toContain(renewed.password);
  });
});
