import { describe, expect, test } from 'vitest';
import { LiveBoard } from '../../support/live-board.js';
import { withoutMosquitto } from '../../support/mosquitto.js';
import { connectBoard } from '../support/board.js';
import { type Activation, onCleanup, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { answering, broker, cloudOver } from './stage.js';

const PATIENCE = { timeout: 40_000 };

const control = (t: TestCloud, { deviceId }: Activation) =>
  t.as('POST', `/devices/${deviceId}/control`, { action: 'toggle', position: 'up' });

const isOnline = async (t: TestCloud, { deviceId }: Pick<Activation, 'deviceId'>) =>
  (await t.as('GET', `/devices/${deviceId}/status`)).body.data.online as boolean;

const health = async ({ cloud }: TestCloud) =>
  ((await (await fetch(`${cloud.apiUrl}/healthz`)).json()) as { broker?: string }).broker;

describe.skipIf(withoutMosquitto)('a broker that is killed', () => {
  test('loses no command that was answered 200', async () => {
    const mosquitto = await broker();
    const t = await cloudOver(mosquitto);
    const activation = await t.activate();
    const { heard: before } = await answering(t, activation, { isMute: () => true });
    const given: string[] = [];
    t.cloud.events.on('commandAnswered', ({ id }) => given.push(id));
    // Those that the board has got and not answered, and those that are given while there is no way to it.
    for (let count = 0; count < 3; count += 1) expect((await control(t, activation)).status).toBe(200);
    await mosquitto.kill();
    await expect.poll(() => health(t)).toBe('away');
    for (let count = 0; count < 3; count += 1) expect((await control(t, activation)).status).toBe(200);
    const waited = t.as('POST', `/devices/${activation.deviceId}/control?wait=300`, {
      action: 'toggle',
      position: 'up',
    });
    expect((await waited).body).toMatchObject({ code: 503, message: 'broker_unavailable' });
    await mosquitto.start();
    await expect.poll(() => health(t), PATIENCE).toBe('connected');
    const { heard } = await answering(t, activation);
    await expect.poll(() => given.length, PATIENCE).toBe(6);
    expect(new Set(given).size).toBe(6);
    expect(before.commands.size).toBe(3);
    for (const id of before.commands.keys()) expect(heard.commands.has(id)).toBe(true);
    expect(heard.commands.size).toBe(6);
  });

  test('and keeps its sessions: a board that stays is asked, and is online all the time', async () => {
    const mosquitto = await broker();
    const t = await cloudOver(mosquitto);
    const activation = await t.activate();
    const { board, heard } = await answering(t, activation);
    const told: string[] = [];
    t.cloud.events.on('deviceOffline', ({ reason }) => told.push(reason));
    // Its connection alone is lost, by another client that takes its name.
    const thief = await t.connect(activation, {
      clientId: String((await t.untilLogged('broker_connected')).data?.['clientId']),
      username: 'anybody',
      password: 'anything',
    });
    await t.untilLogged('broker_lost');
    await thief.end();
    await expect.poll(() => heard.questions.length, PATIENCE).toBeGreaterThan(0);
    await expect.poll(() => health(t), PATIENCE).toBe('connected');
    expect([told, await isOnline(t, activation)]).toEqual([[], true]);
    expect(board.client.connected).toBe(true);
  });
});

describe.skipIf(withoutMosquitto)('a cloud that was away', () => {
  test('knows who has gone meanwhile, and who has stayed', async () => {
    const mosquitto = await broker();
    const dataDir = temporaryDirectory();
    const first = await cloudOver(mosquitto, { dataDir });
    const [staying, leaving] = [await first.activate('STAYS'), await first.activate('LEAVES')];
    const { board, heard } = await answering(first, staying);
    const gone = await answering(first, leaving);
    await first.cloud.close();
    await gone.board.cut();
    // What is posted meanwhile is kept by the broker.
    await board.say(staying.topics.propertyPost, { params: { position: 'down' } });

    const second = await cloudOver(mosquitto, { dataDir });
    await expect.poll(() => isOnline(second, leaving), PATIENCE).toBe(false);
    await expect.poll(() => heard.questions.length, PATIENCE).toBeGreaterThan(0);
    expect(await isOnline(second, staying)).toBe(true);
    const { properties } = (await second.as('GET', `/devices/${staying.deviceId}/status`)).body.data;
    expect(properties.position.value).toBe('down');
    expect((await control(second, staying)).status).toBe(200);
    await expect.poll(() => heard.commands.size).toBe(1);
  });

  test('believes no retained `online` of a board that is dead', async () => {
    const dataDir = temporaryDirectory();
    const first = await cloudOver(await broker(), { dataDir });
    const [dead, alive] = [await first.activate('DEAD'), await first.activate('ALIVE')];
    await first.cloud.close();
    const mosquitto = await broker();
    const ghost = await connectBoard(mosquitto.url, dead);
    await ghost.say(dead.topics.status, { status: 'online', time: Date.now() }, { retain: true });
    await ghost.end();
    const second = await cloudOver(mosquitto, { dataDir });
    // Retained copies come before what is said after the subscription.
    await answering(second, alive);
    expect([await isOnline(second, dead), await isOnline(second, alive)]).toEqual([false, true]);
  });
});

describe.skipIf(withoutMosquitto)('the firmware at a broker that is killed again and again', () => {
  test('comes back, and does everything that was answered 200, and nothing twice', async () => {
    const mosquitto = await broker();
    const t = await cloudOver(mosquitto, { reconnectSpread: 1 });
    const live = new LiveBoard(t.cloud.apiUrl);
    onCleanup(() => live.board.stop());
    await t.next('deviceOnline');
    const { deviceId } = live.board;
    const done = new Map<string, number>();
    t.cloud.events.on('commandAnswered', ({ id }) => done.set(id, (done.get(id) ?? 0) + 1));
    let given = 0;
    const command = async () => {
      const position = given % 2 === 0 ? 'up' : 'down';
      const { status } = await t.as('POST', `/devices/${deviceId}/control`, { action: 'toggle', position });
      if (status === 200) given += 1;
    };
    for (let round = 0; round < 2; round += 1) {
      await command();
      // In flight: nobody waits for its delivery.
      const flying = [command(), command()];
      await mosquitto.kill();
      await Promise.all(flying);
      await command();
      await mosquitto.start();
      await expect.poll(() => done.size, PATIENCE).toBe(given);
      await expect.poll(() => isOnline(t, { deviceId: deviceId! }), PATIENCE).toBe(true);
    }
    expect(given).toBe(8);
    expect([...done.values()]).toEqual(Array(8).fill(1));
    const accepted = live.events
      .filter(({ name }) => name === 'command_accepted')
      .map(({ data }) => (data as { id: string }).id)
      // A board accepts the audit's questions too.
      .filter((id) => done.has(id));
    expect(accepted).toHaveLength(8);
    expect(new Set(accepted)).toEqual(new Set(done.keys()));
  });
});
