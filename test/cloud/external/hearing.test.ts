import { expect, test } from 'vitest';
import type { Sharing } from '../../../host-sim/cloud/domain/sharing.js';
import { SILENCE_MS } from '../../../host-sim/cloud/external/presence-audit.js';
import { IdMemory } from '../../../src/core/id-memory.js';
import { oneBoard, online } from './one-board.js';

const TOGGLE = { action: 'toggle' };
/** A publication that fails does so later. */
const turn = () => new Promise((resolve) => setImmediate(resolve));
/** A board is asked whether it hears within this time of its `online`, ms. */
const ASKED_WITHIN_MS = 16_000;
/** After an unanswered question, or a command that is as good as one, ms. */
const JUDGED_WITHIN_MS = 16_000;

/** A board that has answered all that it was asked at the beginning of its session. */
async function hearingBoard(options: Parameters<typeof oneBoard>[0] = {}) {
  const t = await oneBoard(options);
  const clientId = `SW-SERVO-001&${t.deviceId}`;
  /** What it says by itself, as a board does that hears nothing. */
  const post = () => t.say('thing/event/property/post', { id: '1', params: { position: 'up' } });
  /** Lets time go by in which it posts each second. */
  const postFor = (ms: number) => {
    for (let second = 0; second < ms / 1_000; second += 1) {
      t.clock.advance(1_000);
      post();
    }
  };
  t.say('status', online(1_000));
  for (let ms = 0, asked = 0; ms < ASKED_WITHIN_MS; ms += 500) {
    t.clock.advance(500);
    if (t.asked() > asked) t.answer();
    asked = t.asked();
  }
  return { ...t, clientId, post, postFor };
}

test('a board that leaves a command unanswered and goes on posting is found out, and its connection is ended', async () => {
  const t = await hearingBoard();
  t.clock.advance(60_000);
  const accepted = t.services.commands.send(t.target, TOGGLE);
  t.postFor(14_000);
  await accepted;
  expect(t.ended).toEqual([]);
  t.postFor(2_000);
  expect(t.ended).toEqual([{ clientId: t.clientId, why: 'hears_nothing' }]);
  expect([t.isOnline(), t.asked()]).toEqual([false, 3]);
});

test('and gets the command with its next session, by the same id, and once it is answered no more', async () => {
  const t = await hearingBoard();
  const accepted = t.services.commands.send(t.target, TOGGLE);
  t.postFor(JUDGED_WITHIN_MS);
  await accepted;
  const sent = t.sets().length;
  t.say('status', online(20_000));
  const [id] = t.sets();
  expect([t.sets().length, new Set(t.sets())]).toEqual([sent + 1, new Set([id])]);
  t.say('thing/service/property/set_reply', { id, code: 200 });
  t.clock.advance(60_000);
  expect(t.sets()).toHaveLength(sent + 1);
  expect(t.happened.filter((word) => word !== 'posted')).toEqual(['online', 'connection', 'online']);
});

test('a command that is not answered in 5 s goes out again on the same session, by the same id', async () => {
  const t = await hearingBoard();
  const accepted = t.services.commands.send(t.target, TOGGLE);
  t.clock.advance(5_500);
  await accepted;
  const [id] = t.sets();
  expect(t.sets()).toEqual([id, id]);
  t.say('thing/service/property/set_reply', { id, code: 200 });
  t.answer();
  t.clock.advance(SILENCE_MS - 10_000);
  expect([t.sets().length, t.asked(), t.ended, t.isOnline()]).toEqual([2, 3, [], true]);
});

test('a board is asked some seconds after its session began whether it hears, and what it says by itself is no answer', async () => {
  const t = await oneBoard();
  t.services.stores.devices.setAnswers(t.target.deviceSeq);
  t.say('status', online(1_000));
  const post = () => t.say('thing/event/property/post', { id: '1', params: { position: 'up' } });
  for (let second = 0; second < 10; second += 1) {
    expect(t.questions()).toEqual([]);
    t.clock.advance(999);
    post();
  }
  for (let second = 0; second < 22; second += 1) {
    t.clock.advance(1_000);
    post();
  }
  expect(t.ended).toEqual([{ clientId: `SW-SERVO-001&${t.deviceId}`, why: 'hears_nothing' }]);
});

test('an answer ends the doubt, and a later one begins anew', async () => {
  const t = await hearingBoard();
  const give = async () => {
    const accepted = t.services.commands.send(t.target, TOGGLE);
    t.postFor(11_000);
    await accepted;
  };
  await give();
  t.answer();
  t.postFor(3_000);
  expect([t.isOnline(), t.ended]).toEqual([true, []]);
  t.say('thing/service/property/set_reply', { id: t.sets().at(-1), code: 200 });
  t.postFor(60_000);
  expect([t.isOnline(), t.ended]).toEqual([true, []]);
  await give();
  t.postFor(5_000);
  expect(t.ended).toHaveLength(1);
});

test('a board that has never answered is asked nothing because of it, gets its command once, and keeps its connection', async () => {
  const t = await oneBoard();
  t.say('status', online(1_000));
  t.clock.advance(60_000);
  const asked = t.questions().length;
  const accepted = t.services.commands.send(t.target, TOGGLE);
  t.clock.advance(50_000);
  await accepted;
  expect([t.sets().length, t.questions().length, t.isOnline(), t.ended]).toEqual([1, asked, true, []]);
});

test('while the broker is away nobody is doubted', async () => {
  const t = await hearingBoard();
  const accepted = t.services.commands.send(t.target, TOGGLE);
  t.clock.advance(6_000);
  await accepted;
  t.boards.lost();
  t.clock.advance(30_000);
  expect([t.isOnline(), t.ended]).toEqual([true, []]);
  t.boards.connected(false);
  t.post();
  t.postFor(16_000);
  expect(t.ended).toEqual([{ clientId: t.clientId, why: 'hears_nothing' }]);
});

test('a process that does not lead tells the one that does, a bounded number of times, and ends nothing', async () => {
  const told: string[] = [];
  const lead = { isHeld: true, onTaken: () => {} };
  const sharing: Sharing = {
    slot: 1,
    lead,
    setHearing: () => {},
    onNotice: () => {},
    tell: (kind, subject) => void told.push(`${kind} ${subject}`),
    onOrphans: () => {},
  };
  const t = await hearingBoard({ sharing });
  lead.isHeld = false;
  const accepted = [1, 2, 3].map(() => t.services.commands.send(t.target, TOGGLE));
  t.clock.advance(5_000);
  await Promise.all(accepted);
  expect(told).toEqual([`unanswered ${t.deviceId}`]);
  t.clock.advance(45_000);
  expect([told.length, t.ended]).toEqual([10, []]);
});

test('the one that leads doubts a board when it is told to', async () => {
  const listeners: ((subject: string) => void)[] = [];
  const sharing: Sharing = {
    slot: 0,
    lead: { isHeld: true, onTaken: () => {} },
    setHearing: () => {},
    onNotice: (kind, listener) => void (kind === 'unanswered' && listeners.push(listener)),
    tell: () => {},
    onOrphans: () => {},
  };
  const t = await hearingBoard({ sharing });
  for (const tell of listeners) for (const subject of [t.deviceId, 'dev_nobody', '']) tell(subject);
  t.postFor(11_000);
  expect(t.ended).toEqual([{ clientId: t.clientId, why: 'hears_nothing' }]);
});

test('where answers are late no command goes out again that the board has forgotten among newer ones', async () => {
  const t = await hearingBoard();
  const accepted: Promise<unknown>[] = [];
  for (let count = 0; count < 40; count += 1) {
    accepted.push(t.services.commands.send(t.target, TOGGLE));
    t.clock.advance(200);
  }
  t.clock.advance(10_000);
  await Promise.all(accepted);
  const memory = new IdMemory();
  const acted = t.sets().filter((id) => {
    if (memory.find(id, 0)) return false;
    memory.add(id, 0, { code: 200, message: undefined });
    return true;
  });
  expect([acted.length, new Set(acted).size]).toEqual([40, 40]);
  expect(t.sets().length).toBeGreaterThan(40);
});

test('questions that the broker did not take are not unanswered ones', async () => {
  const t = await hearingBoard();
  const { length } = t.questions();
  t.way.isOpen = false;
  for (let second = 0; second < 180; second += 1) {
    t.clock.advance(1_000);
    await turn();
  }
  expect([t.isOnline(), t.ended]).toEqual([true, []]);
  t.way.isOpen = true;
  t.clock.advance(6_000);
  await turn();
  expect(t.questions().length).toBeGreaterThan(length);
  t.answer();
  for (let second = 0; second < 60; second += 1) {
    t.clock.advance(1_000);
    await turn();
  }
  expect([t.isOnline(), t.ended]).toEqual([true, []]);
});

test('a board that speaks though it is believed offline, and hears nothing, has its connection ended again', async () => {
  const t = await hearingBoard();
  const accepted = t.services.commands.send(t.target, TOGGLE);
  t.postFor(JUDGED_WITHIN_MS);
  await accepted;
  t.clock.advance(60_000);
  const { length } = t.ended;
  t.post();
  t.clock.advance(30_000);
  expect([t.isOnline(), t.ended.length, t.ended.at(-1)!.why]).toEqual([false, length + 1, 'hears_nothing']);
});

test('a board with another firmware, which may know no property get, keeps its connection', async () => {
  const t = await hearingBoard();
  t.say('status', online(20_000));
  t.say('ota/device/inform', { id: '1', params: { version: '1.0.0' } });
  expect(t.services.stores.devices.byId(t.deviceId)!.answers).toBe(1);
  t.say('ota/device/inform', { id: '2', params: { version: '0.3.0' } });
  t.postFor(120_000);
  expect([t.isOnline(), t.ended]).toEqual([true, []]);
  t.say('status', online(160_000));
  t.clock.advance(ASKED_WITHIN_MS);
  t.answer();
  expect(t.services.stores.devices.byId(t.deviceId)!.answers).toBe(1);
});
