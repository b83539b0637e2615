import { expect, test } from 'vitest';
import { BoardSessions } from '../../../host-sim/cloud/external/board-sessions.js';
import { ANSWER_WITHIN_MS, SILENCE_MS } from '../../../host-sim/cloud/external/presence-audit.js';
import { openDatabase, type SqliteDatabase } from '../../../host-sim/cloud/store/database.js';
import { TestClock } from '../support/clock.js';
import { openDomain } from '../support/domain.js';
import { PRODUCTS } from '../support/products.js';

const PRODUCT_KEY = 'SW-SERVO-001';
const NOBODY_ANSWERS_MS = 4 * ANSWER_WITHIN_MS;

/** One run of a cloud over a broker of which this test knows everything, with one device. */
async function run(database?: SqliteDatabase, clock = new TestClock()) {
  const options = { isBrokerExternal: true, ...(database && { database }) };
  const { services } = await openDomain(options, clock);
  const happened: string[] = [];
  services.events.on('deviceOnline', () => happened.push('online'));
  services.events.on('deviceOffline', ({ reason }) => happened.push(reason));
  services.events.on('propertyPosted', () => happened.push('posted'));
  services.products.seed(PRODUCTS);
  const request = { productKey: PRODUCT_KEY, deviceSN: 'A', firmwareVersion: '1.0.0', chipModel: 'ESP32' };
  const address = { publicHost: undefined, port: 1, portTLS: 1, portMTLS: () => undefined, reconnectSpreadS: 0 };
  const activate = async () => services.activation.activate(request, address, { host: 'localhost', isSecure: false });
  const deviceId = services.activation.deviceId(PRODUCT_KEY, 'A') ?? (await activate()).deviceId;
  const root = `/sys/${PRODUCT_KEY}/${deviceId}/`;
  // biome-ignore lint/suspicious/noExplicitAny: tests read messages of every shape
  const sent: { readonly path: string; readonly message: any; readonly retain: boolean }[] = [];
  const taken: (() => void)[] = [];
  const boards = new BoardSessions({
    ...services,
    lead: { isHeld: true, onTaken: (listener) => taken.push(listener) },
    broker: {
      publish: async (topic, payload, { retain }) => {
        sent.push({ path: topic.slice(root.length), message: JSON.parse(payload), retain });
      },
    },
    clientId: 'smartlink-cloud-a1b2c3-0',
    onMessage: () => {},
  });
  boards.restore();
  boards.connected(false);
  let done = 0;
  const say = (path: string, message: object, { isRetained = false } = {}) => {
    const payload = Buffer.from(JSON.stringify(message));
    boards.heard({ topic: `${root}${path}`, payload, isRetained }, () => {
      done += 1;
    });
    services.writes.flush();
  };
  const questions = () => sent.filter(({ path }) => path === 'thing/service/property/get');
  return {
    services,
    clock,
    boards,
    happened,
    sent,
    deviceId,
    activate,
    /** This process takes the lead. */
    lead: () => {
      for (const listener of taken) listener();
    },
    target: { deviceId, productKey: PRODUCT_KEY, deviceSeq: services.stores.devices.byId(deviceId)!.seq },
    say,
    /** A board answers the last question. */
    answer: () => say('thing/service/property/get_reply', { id: questions().at(-1)!.message.id, code: 200, data: {} }),
    isOnline: () => services.presence.isOnline(deviceId),
    stored: () => services.stores.devices.byId(deviceId)!.online,
    done: () => done,
    questions,
    sets: () => sent.filter(({ path }) => path === 'thing/service/property/set').map(({ message }) => message.id),
    said: () => sent.filter(({ path }) => path === 'status').map(({ message, retain }) => ({ ...message, retain })),
  };
}

const online = (time: number) => ({ status: 'online', time });
const offline = (time: number) => ({ status: 'offline', time });

test('what a broker has kept is no word about now', async () => {
  const t = await run();
  t.say('status', online(1_000), { isRetained: true });
  expect([t.isOnline(), t.done()]).toEqual([false, 1]);
  t.say('status', online(1_000));
  expect(t.isOnline()).toBe(true);
});

test('the same `online` twice is one session, another time is a new one, and what was not answered goes out again with its id', async () => {
  const t = await run();
  t.say('status', online(1_000));
  const accepted = t.services.commands.send(t.target, { action: 'toggle' });
  t.clock.advance(100);
  await accepted;
  t.say('status', online(1_000));
  expect(t.sets()).toHaveLength(1);
  t.say('status', online(2_000));
  expect(t.happened).toEqual(['online', 'connection', 'online']);
  const [first, second] = t.sets();
  expect([t.sets().length, second]).toEqual([2, first]);
});

test('a will ends its own session and no newer one', async () => {
  const t = await run();
  t.say('status', online(1_000));
  t.say('status', offline(990));
  expect(t.happened).toEqual(['online', 'will']);
  t.say('status', online(2_000));
  t.say('status', offline(990));
  expect(t.isOnline()).toBe(true);
  t.say('status', offline(2_500));
  expect(t.happened).toEqual(['online', 'will', 'online', 'message']);
});

test('a will that never comes: who is silent and does not answer is offline, and the broker is told', async () => {
  const t = await run();
  t.say('status', online(1_000));
  t.clock.advance(1_000);
  t.answer();
  t.clock.advance(SILENCE_MS + NOBODY_ANSWERS_MS);
  t.services.writes.flush();
  expect(t.questions()).toHaveLength(1 + 3);
  expect(t.happened).toEqual(['online', 'connection']);
  expect(t.said()).toEqual([
    expect.objectContaining({ status: 'offline', by: 'smartlink-cloud-a1b2c3-0', retain: true }),
  ]);
});

test('a board that came online while the broker kept nothing for the cloud is asked, and found', async () => {
  const t = await run();
  t.boards.lost();
  t.boards.connected(false);
  t.clock.advance(1_000);
  expect(t.questions()).toEqual([]);
  t.boards.lost();
  t.boards.connected(true);
  t.clock.advance(1_000);
  expect(t.questions()).toHaveLength(1);
  t.answer();
  expect([t.happened, t.isOnline(), t.stored()]).toEqual([['online'], true, 1]);
  expect(t.said()).toEqual([
    expect.objectContaining({ status: 'online', by: 'smartlink-cloud-a1b2c3-0', retain: true }),
  ]);
});

test('who is disabled is not asked', async () => {
  const t = await run();
  const { seq, name, project_id: projectId } = t.services.stores.devices.byId(t.deviceId)!;
  t.services.stores.devices.change(seq, { name, projectId, disabled: true, at: t.clock.environment.now() });
  t.boards.lost();
  t.boards.connected(true);
  t.clock.advance(60_000);
  expect(t.questions()).toEqual([]);
});

test('who is silent and answers stays online', async () => {
  const t = await run();
  t.say('status', online(1_000));
  t.clock.advance(1_000);
  t.answer();
  for (let hour = 0; hour < 3; hour += 1) {
    t.clock.advance(SILENCE_MS + 1_000);
    t.answer();
  }
  expect([t.happened, t.questions().length]).toEqual([['online'], 1 + 3]);
});

test('who knows no property get is online until its will: over silence, over an absence of the broker, over a restart of the cloud', async () => {
  const database = await openDatabase(':memory:');
  const first = await run(database);
  first.say('status', online(1_000));
  // What the first API reference knows of answers.
  const post = 'thing/event/property/post';
  first.say(post, { method: 'thing.service.property.set_reply', id: '1', code: 200 });
  first.clock.advance(10 * SILENCE_MS);
  first.boards.lost();
  first.boards.connected(false);
  first.clock.advance(10 * SILENCE_MS);
  expect([first.happened, first.said()]).toEqual([['online'], []]);
  const given = first.services.commands.send(first.target, { action: 'toggle' });
  expect(first.sets()).toHaveLength(1);
  first.say(post, { method: 'thing.service.property.set_reply', id: first.sets()[0], code: 200 });
  await given;
  first.boards.close();
  const second = await run(database, first.clock);
  second.clock.advance(10 * SILENCE_MS);
  expect([second.isOnline(), second.happened]).toEqual([true, []]);
  second.say('status', offline(990));
  expect([second.isOnline(), second.stored()]).toEqual([false, 0]);
});

test('that a board answers is remembered until it is activated anew', async () => {
  const t = await run();
  const answers = () => t.services.stores.devices.byId(t.deviceId)!.answers;
  t.say('thing/service/property/get_reply', { id: 'of a user', code: 200, data: {} });
  expect(answers()).toBe(1);
  await t.activate();
  expect(answers()).toBe(0);
});

test('a post of a board that is believed offline is stored, and proves nothing until it has answered', async () => {
  const t = await run();
  t.say('thing/event/property/post', { id: '1', params: { position: 'up' } });
  expect([t.happened, t.isOnline()]).toEqual([['posted'], false]);
  t.clock.advance(200);
  t.answer();
  expect(t.happened).toEqual(['posted', 'online']);
  expect(t.said()).toEqual([expect.objectContaining({ status: 'online', retain: true })]);
  t.say('status', offline(5));
  expect(t.isOnline()).toBe(false);
});

test('who was online when the cloud ended is believed, and asked; one who has gone meanwhile is offline', async () => {
  const database = await openDatabase(':memory:');
  const first = await run(database);
  first.say('status', online(1_000));
  first.boards.close();
  const second = await run(database, first.clock);
  expect([second.isOnline(), second.stored()]).toEqual([true, 1]);
  expect(second.questions()).toHaveLength(1);
  second.answer();
  second.clock.advance(NOBODY_ANSWERS_MS);
  expect(second.happened).toEqual([]);
  second.boards.close();
  const third = await run(database, first.clock);
  third.clock.advance(NOBODY_ANSWERS_MS);
  third.services.writes.flush();
  expect([third.happened, third.stored()]).toEqual([['connection'], 0]);
});

test('while the broker is away commands wait and nobody is judged; then they go out, once', async () => {
  const t = await run();
  t.say('status', online(1_000));
  t.boards.lost();
  await t.services.commands.send(t.target, { action: 'toggle' });
  const waiting = expect(t.services.commands.send(t.target, { action: 'toggle' }, 1_000)).rejects.toMatchObject({
    word: 'broker_unavailable',
  });
  t.clock.advance(30_000);
  await waiting;
  expect([t.sets(), t.questions(), t.isOnline()]).toEqual([[], [], true]);
  t.boards.connected(false);
  expect([t.sets().length, t.questions().length]).toEqual([1, 1]);
  t.say('thing/service/property/set_reply', { id: t.sets()[0], code: 200 });
  t.boards.lost();
  t.boards.connected(false);
  expect(t.sets()).toHaveLength(1);
});

test('who takes the lead while the broker is away, or is stopping, judges nobody', async () => {
  const t = await run();
  t.say('status', online(1_000));
  t.clock.advance(1_000);
  t.answer();
  t.boards.lost();
  t.lead();
  t.clock.advance(SILENCE_MS + NOBODY_ANSWERS_MS);
  expect([t.questions().length, t.isOnline()]).toEqual([1, true]);
  t.boards.connected(false);
  t.boards.close();
  t.lead();
  t.clock.advance(SILENCE_MS + NOBODY_ANSWERS_MS);
  expect([t.questions().length, t.isOnline()]).toEqual([2, true]);
});

test('the audit of another process is believed, the own word is not heard', async () => {
  const t = await run();
  t.say('status', { ...online(t.clock.now), by: 'smartlink-cloud-a1b2c3-1' });
  expect(t.isOnline()).toBe(true);
  t.say('status', { ...offline(t.clock.now), by: 'smartlink-cloud-a1b2c3-0' });
  expect(t.isOnline()).toBe(true);
  t.say('status', { ...offline(t.clock.now), by: 'smartlink-cloud-a1b2c3-1' });
  expect([t.happened, t.said()]).toEqual([['online', 'message'], []]);
});

test('a message that cannot be stored is acknowledged when it can', async () => {
  const t = await run();
  t.say('status', online(1_000));
  const before = t.done();
  const { database } = t.services;
  database.exec("CREATE TRIGGER full BEFORE INSERT ON property_points BEGIN SELECT RAISE(FAIL, 'full'); END");
  t.say('thing/event/property/post', { id: '1', params: { position: 'up' } });
  t.clock.advance(2_500);
  t.services.writes.flush();
  expect(t.done()).toBe(before);
  database.exec('DROP TRIGGER full');
  t.clock.advance(1_000);
  t.services.writes.flush();
  expect([t.done(), t.happened.at(-1)]).toEqual([before + 1, 'posted']);
});
