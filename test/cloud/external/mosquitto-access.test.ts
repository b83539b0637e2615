import { execFile } from 'node:child_process';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type GuardedMosquitto,
  startGuardedMosquitto,
  withoutDynamicSecurity,
} from '../../support/dynamic-security.js';
import { LiveBoard } from '../../support/live-board.js';
import { withoutMosquittoClients } from '../../support/mosquitto.js';
import { onCleanup, startCloud, type TestCloud } from '../support/fixture.js';
import { words } from '../support/people.js';

const KEY = 'SW-SERVO-001';

interface Stage {
  readonly broker: GuardedMosquitto;
  readonly t: TestCloud;
}

/** A cloud over a Mosquitto of which nothing but `mosquitto_ctrl dynsec init` was asked. */
async function openStage(): Promise<Stage> {
  const broker = await startGuardedMosquitto();
  onCleanup(() => broker.stop());
  const urls = [`mqtt://127.0.0.1:${broker.port}`];
  return { broker, t: await startCloud({ externalBroker: { urls, ...broker.admin, dynamicSecurity: true } }) };
}

const boards: LiveBoard[] = [];

afterEach(async () => {
  for (const { board } of boards.splice(0)) await board.stop();
});

async function startBoard({ t }: Stage, serial: string, options = {}): Promise<LiveBoard> {
  const live = new LiveBoard(t.cloud.apiUrl, { serial, ...options });
  boards.push(live);
  await live.online();
  return live;
}

async function deviceOf({ t }: Stage, serial: string): Promise<{ readonly deviceId: string; readonly status: string }> {
  return (await t.as('GET', `/devices?search=${serial}`)).body.data.list[0];
}

const statusOf = async (stage: Stage, serial: string) => (await deviceOf(stage, serial))?.status;

/** Turns a board's arm and waits for its answer. */
async function turn({ t }: Stage, deviceId: string, angle: number): Promise<string> {
  return words(await t.as('POST', `/devices/${deviceId}/control?wait=5000`, { angle }));
}

/** What a program of Mosquitto says, and how it ends. */
function run(program: string, args: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
  return new Promise((resolve) => {
    execFile(program, [...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 124) : 0, text: stdout + stderr });
    });
  });
}

describe.skipIf(withoutDynamicSecurity)('a board on Mosquitto with dynamic security', () => {
  test('activates, is heard and commanded, and is off while it is disabled', async () => {
    const stage = await openStage();
    const serial = 'AABBCCDDEE01';
    const board = await startBoard(stage, serial);
    await expect.poll(() => statusOf(stage, serial)).toBe('online');
    const { deviceId } = await deviceOf(stage, serial);
    expect(await turn(stage, deviceId, 30)).toBe('200 success');
    await board.event('output_settled', ({ value }) => value === 30);
    await expect
      .poll(async () => (await stage.t.as('GET', `/devices/${deviceId}/properties`)).body.data.angle?.value)
      .toBe(30);
    await stage.t.as('PUT', `/devices/${deviceId}`, { status: 3 });
    await board.event('session_lost');
    expect(await statusOf(stage, serial)).toBe('disabled');
    await board.board.stop();
    await stage.t.as('PUT', `/devices/${deviceId}`, { status: 1 });
    expect(board.crashes).toEqual([]);
    expect(stage.t.logged.filter(({ name }) => name.startsWith('broker_refused'))).toEqual([]);
  });

  // A refused board waits for half a minute each time, and doubts its credentials after the third.
  test('that was deleted, or that Mosquitto has forgotten, activates anew', { timeout: 240_000 }, async () => {
    const stage = await openStage();
    const [one, other] = [await startBoard(stage, 'AABBCCDDEE02'), await startBoard(stage, 'AABBCCDDEE03')];
    await expect.poll(() => statusOf(stage, 'AABBCCDDEE03')).toBe('online');
    const [deleted, forgotten] = [await deviceOf(stage, 'AABBCCDDEE02'), await deviceOf(stage, 'AABBCCDDEE03')];
    const kept = other.events.length;
    await stage.broker.restart();
    await other.event('session_lost', () => true, kept);
    await other.online(kept);
    const seen = [one.events.length, other.events.length];
    await stage.t.as('DELETE', `/devices/${deleted.deviceId}`);
    await one.event('session_lost', () => true, seen[0]);
    await stage.broker.forget();
    await other.event('session_lost', () => true, seen[1]);
    await Promise.all([one.online(seen[0]), other.online(seen[1])]);
    const anew = await deviceOf(stage, 'AABBCCDDEE02');
    expect(anew.deviceId).not.toBe(deleted.deviceId);
    expect((await deviceOf(stage, 'AABBCCDDEE03')).deviceId).toBe(forgotten.deviceId);
    await expect.poll(() => statusOf(stage, 'AABBCCDDEE02')).toBe('online');
    expect(await turn(stage, anew.deviceId, 45)).toBe('200 success');
    expect(await turn(stage, forgotten.deviceId, 60)).toBe('200 success');
  });

  test('cannot be activated while the broker is away', async () => {
    const { broker, t } = await openStage();
    await t.activate('A');
    await broker.stop();
    const ask = () => t.call('POST', '/devices/activate', { productKey: KEY, deviceSN: 'B' });
    await expect.poll(async () => words(await ask())).toBe('503 broker_unavailable');
    expect((await ask()).headers.get('retry-after')).toBe('5');
    expect((await t.as('GET', '/devices')).body.data.total).toBe(1);
  });
});

describe.skipIf(withoutDynamicSecurity || withoutMosquittoClients)('who has the credentials of one board', () => {
  test('can do with them what that board can, and nothing else', async () => {
    const { broker, t } = await openStage();
    const { mqtt, topics } = await t.activate('A');
    const { topics: foreign } = await t.activate('B');
    const login = ['-h', '127.0.0.1', '-p', String(broker.port), '-u', mqtt.username];
    const own = [...login, '-P', mqtt.password, '-i', mqtt.clientId, '-V', 'mqttv5'];
    const publish = async (topic: string) =>
      (await run('mosquitto_pub', [...own, '-t', topic, '-m', '{}', '-q', '1'])).text;
    for (const topic of [topics.propertyPost, topics.eventPost.replace('+', 'smoke')]) {
      expect(`${topic} ${await publish(topic)}`).not.toMatch(/Not authorized/);
    }
    for (const topic of [foreign.status, foreign.propertySet, topics.propertySet, '/sys/x', 'x', '$CONTROL/x/v1']) {
      expect(`${topic} ${await publish(topic)}`).toMatch(/Not authorized/);
    }
    const subscribe = async (filter: string) =>
      (await run('mosquitto_sub', [...own, '-t', filter, '-q', '1', '-E'])).text;
    for (const filter of [topics.propertySet, topics.serviceInvoke]) expect(await subscribe(filter)).toBe('');
    for (const filter of ['#', '/sys/#', `/sys/${KEY}/+/status`, foreign.propertySet, '$CONTROL/#', '$share/g/sys/#']) {
      expect(`${filter} ${await subscribe(filter)}`).toMatch(/denied/);
    }
    const say = ['-t', topics.propertyPost, '-m', '{}', '-q', '1'];
    expect((await run('mosquitto_pub', [...login, '-P', mqtt.password, '-i', 'other', ...say])).code).not.toBe(0);
    expect((await run('mosquitto_pub', [...login, '-P', 'tk_wrong', '-i', mqtt.clientId, ...say])).code).not.toBe(0);
    const { mqtt: renewed } = await t.activate('A');
    expect(renewed.username).toBe(mqtt.username);
    expect((await run('mosquitto_pub', [...own, ...say])).code).not.toBe(0);
    const anew = [...login, '-P', renewed.password, '-i', renewed.clientId];
    expect((await run('mosquitto_pub', [...anew, ...say])).code).toBe(0);
    expect(JSON.stringify(t.logged)).not.toContain(renewed.password);
  });
});
