import { expect, test } from 'vitest';
import type { Sharing } from '../../../host-sim/cloud/domain/sharing.js';
import { ANSWER_WITHIN_MS, SILENCE_MS } from '../../../host-sim/cloud/external/presence-audit.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { offline, oneBoard, online } from './one-board.js';

const NOBODY_ANSWERS_MS = 4 * ANSWER_WITHIN_MS;

test('what a broker has kept is no word about now', async () => {
  const t = await oneBoard();
  t.say('status', online(1_000), { isRetained: true });
  expect([t.isOnline(), t.done()]).toEqual([false, 1]);
  t.say('status', online(1_000));
  expect(t.isOnline()).toBe(true);
});

test('the same `online` twice is one session, another time is a new one, and what was not answered goes out again with its id', async () => {
  const t = await oneBoard();
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
  const t = await oneBoard();
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
  const t = await oneBoard();
  t.say('status', online(1_000));
  for (const waitMs of [1_000, 16_000]) {
    t.clock.advance(waitMs);
    t.answer();
  }
  t.clock.advance(SILENCE_MS + NOBODY_ANSWERS_MS);
  t.services.writes.flush();
  expect(t.asked()).toBe(3);
  expect(t.happened).toEqual(['online', 'connection']);
  expect(t.said()).toEqual([
    expect.objectContaining({ status: 'offline', by: 'smartlink-cloud-a1b2c3-0', retain: true }),
  ]);
  expect(t.ended).toEqual([{ clientId: `SW-SERVO-001&${t.deviceId}`, why: 'silent' }]);
});

test('a board that came online while the broker kept nothing for the cloud is asked, and found', async () => {
  const t = await oneBoard();
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
  const t = await oneBoard();
  const { seq, name, project_id: projectId } = t.services.stores.devices.byId(t.deviceId)!;
  t.services.stores.devices.change(seq, { name, projectId, disabled: true, at: t.clock.environment.now() });
  t.boards.lost();
  t.boards.connected(true);
  t.clock.advance(60_000);
  expect(t.questions()).toEqual([]);
});

test('who is silent and answers stays online', async () => {
  const t = await oneBoard();
  t.say('status', online(1_000));
  // Whether it answers, whether it hears, whether it is there.
  for (const waitMs of [1_000, 16_000, ...Array(3).fill(SILENCE_MS + 1_000)]) {
    t.clock.advance(waitMs);
    t.answer();
  }
  expect([t.happened, t.asked(), t.ended]).toEqual([['online'], 5, []]);
});

test('who knows no property get is online until its will: over silence, over an absence of the broker, over a restart of the cloud', async () => {
  const database = await openDatabase(':memory:');
  const first = await oneBoard({ database });
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
  const second = await oneBoard({ database, clock: first.clock });
  second.clock.advance(10 * SILENCE_MS);
  expect([second.isOnline(), second.happened]).toEqual([true, []]);
  second.say('status', offline(990));
  expect([second.isOnline(), second.stored()]).toEqual([false, 0]);
});

test('that a board answers is remembered until it is activated anew', async () => {
  const t = await oneBoard();
  const answers = () => t.services.stores.devices.byId(t.deviceId)!.answers;
  t.say('thing/service/property/get_reply', { id: 'of a user', code: 200, data: {} });
  expect(answers()).toBe(1);
  await t.activate();
  expect(answers()).toBe(0);
});

test('a post of a board that is believed offline is stored, and proves nothing until it has answered', async () => {
  const t = await oneBoard();
  t.say('thing/event/property/post', { id: '1', params: { position: 'up' } });
  expect([t.happened, t.isOnline()]).toEqual([['posted'], false]);
  t.clock.advance(200);
  t.answer();
  expect(t.happened).toEqual(['posted', 'online']);
  expect(t.said()).toEqual([expect.objectContaining({ status: 'online', retain: true })]);
  t.say('status', offline(5));
  expect(t.isOnline()).toBe(false);
});

test('who answers nothing and is believed offline is online once it goes on speaking, and gets what was given', async () => {
  const t = await oneBoard();
  const post = () => t.say('thing/event/property/post', { id: '1', params: { position: 'up' } });
  post();
  t.services.commands.send(t.target, { action: 'toggle' });
  t.clock.advance(30_000);
  expect([t.isOnline(), t.sets()]).toEqual([false, []]);
  post();
  expect([t.isOnline(), t.sets().length]).toEqual([true, 1]);
  expect(t.said()).toEqual([expect.objectContaining({ status: 'online', retain: true })]);
});

test('who takes the lead while its broker is away, or is stopping, judges nobody', async () => {
  const lead = {
    isHeld: false,
    taken: [] as (() => void)[],
    onTaken: (told: () => void) => void lead.taken.push(told),
  };
  const t = await oneBoard({
    sharing: { slot: 1, lead, onNotice: () => {}, onOrphans: () => {}, tell: () => {}, setHearing: () => {} },
  });
  t.services.stores.devices.setAnswers(t.target.deviceSeq);
  t.say('status', online(1_000));
  t.boards.lost();
  lead.isHeld = true;
  const take = () => {
    for (const taken of lead.taken) taken();
    t.clock.advance(10 * SILENCE_MS);
  };
  take();
  expect([t.isOnline(), t.questions()]).toEqual([true, []]);
  t.boards.connected(false);
  t.boards.close();
  take();
  expect([t.isOnline(), t.questions().length]).toEqual([true, 1]);
});

const FOLLOWER: Sharing = {
  slot: 1,
  lead: { isHeld: false, onTaken: () => {} },
  onNotice: () => {},
  onOrphans: () => {},
  tell: () => {},
  setHearing: () => {},
};

test('who does not lead and missed that a board came or went knows it from the database', async () => {
  const t = await oneBoard({ sharing: FOLLOWER });
  const written = (isOnline: boolean) => {
    t.services.stores.devices.setOnline(t.target.deviceSeq, isOnline, t.clock.now);
    t.clock.advance(5_000);
  };
  const given = t.services.commands.send(t.target, { action: 'toggle' });
  t.services.writes.flush();
  await given;
  written(true);
  expect([t.isOnline(), t.sets().length]).toEqual([true, 1]);
  written(false);
  expect([t.isOnline(), t.services.sessions.get(t.deviceId)]).toEqual([false, undefined]);
  expect(t.happened).toEqual(['online', 'message']);
  expect(t.said()).toEqual([]);
});

test('and believes its own ears where who leads has not heard what it has', async () => {
  const t = await oneBoard({ sharing: FOLLOWER });
  const written = (isOnline: boolean) => t.services.stores.devices.setOnline(t.target.deviceSeq, isOnline, t.clock.now);
  written(false);
  t.clock.advance(1);
  t.say('status', online(1_000));
  t.clock.advance(10_000);
  expect(t.isOnline()).toBe(true);
  written(true);
  t.clock.advance(1);
  t.say('status', offline(1_500));
  t.clock.advance(10_000);
  expect(t.happened).toEqual(['online', 'message']);
});

test('a board whose clock was set back is offline when it says so', async () => {
  const t = await oneBoard();
  t.say('status', online(5_000));
  t.say('status', online(1_000));
  t.say('status', offline(2_000));
  expect(t.isOnline()).toBe(false);
});

test('who was online when the cloud ended is believed, and asked; one who has gone meanwhile is offline', async () => {
  const database = await openDatabase(':memory:');
  const first = await oneBoard({ database });
  first.say('status', online(1_000));
  first.boards.close();
  const second = await oneBoard({ database, clock: first.clock });
  expect([second.isOnline(), second.stored()]).toEqual([true, 1]);
  expect(second.questions()).toHaveLength(1);
  second.answer();
  second.clock.advance(NOBODY_ANSWERS_MS);
  expect(second.happened).toEqual([]);
  second.boards.close();
  const third = await oneBoard({ database, clock: first.clock });
  third.clock.advance(NOBODY_ANSWERS_MS);
  third.services.writes.flush();
  expect([third.happened, third.stored()]).toEqual([['connection'], 0]);
});

test('while the broker is away commands wait and nobody is judged; then they go out, once', async () => {
  const t = await oneBoard();
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

test('the audit of another process is believed, the own word is not heard', async () => {
  const t = await oneBoard();
  t.say('status', { ...online(t.clock.now), by: 'smartlink-cloud-a1b2c3-1' });
  expect(t.isOnline()).toBe(true);
  t.say('status', { ...offline(t.clock.now), by: 'smartlink-cloud-a1b2c3-0' });
  expect(t.isOnline()).toBe(true);
  t.say('status', { ...offline(t.clock.now), by: 'smartlink-cloud-a1b2c3-1' });
  expect([t.happened, t.said()]).toEqual([['online', 'message'], []]);
});

test('a message that cannot be stored is acknowledged when it can', async () => {
  const t = await oneBoard();
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

test('a cloud that was closed stores nothing more', async () => {
  const t = await oneBoard();
  t.say('status', online(1_000));
  const { database } = t.services;
  database.exec("CREATE TRIGGER full BEFORE INSERT ON property_points BEGIN SELECT RAISE(FAIL, 'full'); END");
  t.say('thing/event/property/post', { id: '1', params: { position: 'up' } });
  t.boards.close();
  const before = t.done();
  database.exec('DROP TRIGGER full');
  t.clock.advance(10_000);
  t.services.writes.flush();
  expect([t.done(), t.happened]).toEqual([before, ['online']]);
});
