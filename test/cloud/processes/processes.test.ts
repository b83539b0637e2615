import { expect, test } from 'vitest';
import type { Member } from './support.js';
import { activate, useMembers } from './support.js';

const target = (board: { deviceId: string; productKey: string; deviceSeq: number }) => ({
  deviceId: board.deviceId,
  productKey: board.productKey,
  deviceSeq: board.deviceSeq,
});
const commands = (sent: readonly { topic: string; message: Record<string, unknown> }[]) =>
  sent.filter(({ topic }) => topic.endsWith('/property/set')).map(({ message }) => message['id']);
const leaders = (...members: readonly Member[]) => members.filter(({ services }) => services.lead.isHeld);
const owner = async ({ services }: Member) => services.users.register({ username: 'alice', password: 'password1' });

test('one leads, from its start, and another takes over as soon as that one is gone', async () => {
  const { clock, join } = useMembers();
  const [first, second, third] = [await join(), await join(), await join()];
  expect([first, second, third].map(({ processes }) => processes.slot)).toEqual([0, 1, 2]);
  clock.advance(60_000);
  expect(leaders(first, second, third)).toEqual([first]);
  first.kill();
  clock.advance(1_200);
  expect(leaders(second, third)).toHaveLength(1);
  const again = await join();
  expect(again.processes.slot).toBe(0);
  expect(leaders(second, third, again)).toHaveLength(1);
});

test('who leaves in peace is followed at once, also by who comes into its slot', async () => {
  const { clock, join } = useMembers();
  const [first, second] = [await join(), await join()];
  first.processes.close();
  clock.advance(200);
  expect(leaders(second)).toEqual([second]);
  const again = await join();
  expect(again.processes.slot).toBe(0);
  expect(leaders(second, again)).toEqual([second]);
});

test('a leader that stands still is followed after three seconds, and leads no more when it goes on', async () => {
  const { clock, join } = useMembers();
  const [first, second] = [await join(), await join()];
  clock.advance(10_000);
  first.stop();
  clock.advance(2_500);
  expect(second.services.lead.isHeld).toBe(false);
  clock.advance(1_000);
  expect(second.services.lead.isHeld).toBe(true);
  // It has not run a line since, and believes that it leads only when it has asked.
  expect(first.services.lead.isHeld).toBe(false);
  first.goOn();
  clock.advance(10_000);
  expect(leaders(first, second)).toEqual([second]);
});

test('what a leader was about to write when it was stopped is not written any more: who took over has written it', async () => {
  const { clock, join } = useMembers();
  const [first, second] = [await join(), await join()];
  const user = await owner(first);
  const board = activate(first);
  const [here, there] = [first.connect(board), second.connect(board)];
  const online = { status: 'online', time: clock.now };
  await first.say(here.link, board.topics.status, online);
  await second.say(there.link, board.topics.status, online);
  await expect.poll(() => second.services.stores.devices.byId(board.deviceId)?.online).toBe(1);
  first.stop();
  const post = { id: '1', params: { angle: 30 } };
  void first.say(here.link, board.topics.status, { status: 'offline', time: clock.now + 1 });
  const judged = first.say(here.link, board.topics.propertyPost, post);
  clock.advance(3_500);
  expect(second.services.lead.isHeld).toBe(true);
  await second.say(there.link, board.topics.propertyPost, post);
  first.goOn();
  // Said again, it would be heard by one that does not store.
  expect(await judged).toBe('again');
  expect(first.services.lead.isHeld).toBe(false);
  const { total } = second.services.devices.history(user, board.deviceId, { page: 1, size: 50 });
  expect(total).toBe(1);
  expect(second.services.stores.devices.byId(board.deviceId)?.online).toBe(1);
});

test('who loses the way to the broker gives the lead to one that hears the boards, and does not take it', async () => {
  const { clock, join } = useMembers();
  const [first, second, third] = [await join(), await join(), await join()];
  const members = [first, second, third];
  const hear = (member: Member, isHearing: boolean) => {
    member.processes.setHearing(isHearing);
    clock.advance(400);
  };
  for (const member of members) hear(member, true);
  expect(leaders(...members)).toEqual([first]);
  hear(first, false);
  const [next] = leaders(...members);
  expect([second, third]).toContain(next);
  const last = next === second ? third : second;
  hear(next!, false);
  expect(leaders(...members)).toEqual([last]);
  // What nobody hears nobody stores; campaigns and pruning go on.
  hear(last, false);
  expect(leaders(...members)).toEqual([last]);
  hear(first, true);
  expect(leaders(...members)).toEqual([first]);
});

test('one that hears nothing takes the lead where those that heard the boards are gone', async () => {
  const { clock, join } = useMembers();
  const [first, second] = [await join(), await join()];
  first.processes.setHearing(true);
  clock.advance(1_000);
  first.kill();
  clock.advance(2_000);
  expect(leaders(second)).toEqual([second]);
});

test('a clock that is set, on or back, changes nothing about who leads', async () => {
  const { clock, join, setClock } = useMembers();
  const [first, second] = [await join(), await join()];
  for (const ms of [3_600_000, -7_200_000, 60_000]) {
    setClock(ms);
    clock.advance(5_000);
    expect(leaders(first, second)).toEqual([first]);
  }
});

test('seventeen are one too many', async () => {
  const { join } = useMembers();
  for (let n = 0; n < 16; n += 1) await join();
  await expect(join()).rejects.toMatchObject({ code: 'too_many_clouds' });
});

test('ids of commands grow at each process, and no two processes give the same', async () => {
  const { clock, join } = useMembers();
  const members = [await join(), await join(), await join()];
  const board = activate(members[0]!);
  const ids = members.flatMap(({ services }) => Array.from({ length: 5 }, () => Number(services.commands.newId())));
  clock.advance(1);
  ids.push(...members.map(({ services }) => Number(services.commands.newId())));
  expect(new Set(ids).size).toBe(ids.length);
  members.forEach(({ processes }, at) => {
    const own = ids.filter((id) => id % 16 === processes.slot);
    expect(own).toHaveLength(6);
    expect(own).toEqual([...own].sort((a, b) => a - b));
    expect(at).toBe(processes.slot);
  });
  expect(board.deviceSeq).toBe(1);
});

test('a command that was kept by a process that is then killed reaches the board once, from who leads', async () => {
  const { clock, join } = useMembers();
  const [leader, other] = [await join(), await join()];
  const board = activate(leader);
  await other.services.commands.send(target(board), { angle: 30 });
  other.kill();
  clock.advance(1_200);
  const { sent, link } = leader.connect(board);
  await expect.poll(() => commands(sent)).toHaveLength(1);
  const [id] = commands(sent);
  await leader.say(link, board.topics.propertySetReply, { id, code: 200, data: {} });
  clock.advance(30_000);
  expect(commands(sent)).toEqual([id]);
});

test('it goes out at once where the board is there, and too late it is dropped', async () => {
  const { clock, join } = useMembers();
  const [leader, other] = [await join(), await join()];
  const board = activate(leader);
  const { sent } = leader.connect(board);
  const given = other.services.commands.send(target(board), { angle: 30 });
  await given;
  other.kill();
  clock.advance(1_200);
  await expect.poll(() => commands(sent)).toHaveLength(1);
  clock.advance(60_000);
  const before = commands(sent).length;
  clock.advance(60_000);
  expect(commands(sent)).toHaveLength(before);
});

test('who follows tells of posts and stores none; who takes over stores those that were missed, and none twice', async () => {
  const { clock, join } = useMembers();
  const [leader, other] = [await join(), await join()];
  const user = await owner(leader);
  const board = activate(leader);
  const [here, there] = [leader.connect(board), other.connect(board)];
  const post = (value: number) => ({ id: String(value), params: { angle: value }, time: clock.now - 10 + value });
  const topic = board.topics.propertyPost;
  for (const value of [1, 2]) {
    await leader.say(here.link, topic, post(value));
    await other.say(there.link, topic, post(value));
  }
  const event = { id: '9', params: { code: 7 }, time: clock.now - 5 };
  const eventTopic = board.topics.eventPost.replace('+', 'alarm');
  await other.say(there.link, topic, post(3));
  await other.say(there.link, eventTopic, event);
  expect(other.told.filter(([name]) => name === 'propertyPosted')).toHaveLength(3);
  // Who stores answers.
  expect(there.sent).toEqual([]);
  expect(here.sent).toHaveLength(2);
  const history = () =>
    other.services.devices
      .history(user, board.deviceId, { page: 1, size: 50 })
      .list.map(({ value }) => value)
      .sort();
  expect(history()).toEqual([1, 2]);
  leader.kill();
  clock.advance(1_200);
  expect(history()).toEqual([1, 2, 3]);
  expect(other.services.devices.events(user, board.deviceId, { page: 1, size: 50 }).total).toBe(1);
  await other.say(there.link, topic, post(4));
  expect(history()).toEqual([1, 2, 3, 4]);
});

test('who takes over writes down who came and went meanwhile', async () => {
  const { clock, join } = useMembers();
  const [leader, other] = [await join(), await join()];
  const [a, b] = [activate(leader, 'A'), activate(leader, 'B')];
  const online = { status: 'online', time: clock.now };
  for (const member of [leader, other]) await member.say(member.connect(a).link, a.topics.status, online);
  await expect.poll(() => other.services.stores.devices.byId(a.deviceId)?.online).toBe(1);
  leader.kill();
  await other.say(other.services.sessions.get(a.deviceId)!, a.topics.status, {
    status: 'offline',
    time: clock.now + 1,
  });
  await other.say(other.connect(b).link, b.topics.status, online);
  clock.advance(1_200);
  await expect.poll(() => other.services.stores.devices.byId(a.deviceId)?.online).toBe(0);
  await expect.poll(() => other.services.stores.devices.byId(b.deviceId)?.online).toBe(1);
});

test('a device that is disabled, or deleted, at one process has no session and no command at another a moment later', async () => {
  const { clock, join } = useMembers();
  const [first, second] = [await join(), await join()];
  const user = await owner(first);
  const [a, b] = [activate(first, 'A'), activate(first, 'B')];
  for (const board of [a, b]) {
    await second.services.commands.send(target(board), { angle: 1 });
    second.connect(board);
  }
  first.services.devices.update(user, a.deviceId, { status: 'disabled' }, 'en');
  first.services.devices.delete(user, b.deviceId);
  clock.advance(200);
  expect([a, b].map(({ deviceId }) => second.services.sessions.get(deviceId))).toEqual([undefined, undefined]);
  expect(second.services.commands.devices()).toEqual([]);
});

test('a certificate that is revoked, a campaign that is steered and what a user wants to hear of are heard of', async () => {
  const { clock, join } = useMembers();
  const [first, second] = [await join(), await join()];
  const user = await owner(second);
  second.services.people.push.register(user, { clientId: 'c', platform: 'ios' });
  second.services.database.prepare("INSERT INTO revoked_certificates VALUES ('AB', 1)").run();
  expect(first.services.people.push.subscribersOf('device.online').size).toBe(0);
  clock.advance(200);
  expect(first.services.people.push.subscribersOf('device.online').has(user.userId)).toBe(true);
  expect(first.revoked).toEqual(['heard']);
  expect(second.revoked).toEqual([]);
});

test('a refresh token that is given to two processes at once ends its login', async () => {
  const { join } = useMembers();
  const [first, second] = [await join(), await join()];
  const user = await owner(first);
  const { refreshToken } = first.services.users.openLogin(user.userId);
  first.services.users.goOn(refreshToken);
  expect(() => second.services.users.goOn(refreshToken)).toThrow(expect.objectContaining({ word: 'unauthorized' }));
});

test('of many boards that leave commands unanswered the others are told in turn, of each once, and hear of nothing else', async () => {
  const { clock, join } = useMembers();
  const leader = await join();
  const other = await join();
  const heard: string[] = [];
  for (const kind of ['unanswered', 'campaign'] as const) {
    leader.processes.onNotice(kind, (subject) => heard.push(`${kind} ${subject}`));
  }
  for (let round = 0; round < 3; round += 1) {
    for (let index = 0; index < 1_500; index += 1) other.processes.tell('unanswered', `dev_${index}`);
  }
  clock.advance(3_000);
  expect([heard.length, new Set(heard).size, heard[0]]).toEqual([1_500, 1_500, 'unanswered dev_0']);
});
