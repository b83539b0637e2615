import { expect, test } from 'vitest';
import { type CloudLogEvent, Logger } from '../../../host-sim/cloud/events.js';
import { BrokerRefusal } from '../../../host-sim/cloud/external/broker-session.js';
import { SessionEnder } from '../../../host-sim/cloud/external/session-ender.js';
import { TestClock } from '../support/clock.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Taken {
  readonly clientId: string;
  isLeft: boolean;
}

function stage() {
  const clock = new TestClock();
  const taken: Taken[] = [];
  const logged: CloudLogEvent[] = [];
  const state = {
    mayEnd: true,
    back: new Set<string>(),
    error: undefined as Error | undefined,
    isHeldUp: undefined as Promise<void> | undefined,
  };
  const ender = new SessionEnder({
    take: async (clientId) => {
      const takeover = { clientId, isLeft: false };
      taken.push(takeover);
      await state.isHeldUp;
      if (state.error) throw state.error;
      const leave = () => {
        takeover.isLeft = true;
      };
      return { leave };
    },
    mayEnd: () => state.mayEnd,
    isBack: (deviceId) => state.back.has(deviceId),
    environment: clock.environment,
    log: new Logger({ log: (event) => void logged.push(event), now: clock.environment.now }),
  });
  const end = (deviceId: string) => ender.end({ deviceId, clientId: `P&${deviceId}` }, 'silent');
  /** Lets time go by, and what follows from a connection follow. */
  const pass = async (ms: number, stepMs = 50) => {
    for (let at = 0; at < ms; at += stepMs) {
      clock.advance(Math.min(stepMs, ms - at));
      await turn();
    }
  };
  const names = () => logged.map(({ name }) => name);
  return { clock, ender, end, pass, taken, state, logged, names };
}

test('it takes the client id over, holds it for a moment, and leaves', async () => {
  const t = stage();
  t.end('dev_1');
  await t.pass(100);
  expect(t.taken).toEqual([{ clientId: 'P&dev_1', isLeft: false }]);
  await t.pass(300);
  expect(t.taken).toEqual([{ clientId: 'P&dev_1', isLeft: true }]);
  expect(t.logged).toMatchObject([
    { name: 'board_session_ended', level: 'info', data: { deviceId: 'dev_1', why: 'silent' } },
  ]);
});

test('no more than four are taken over at once, and all come to their turn', async () => {
  const t = stage();
  for (let index = 0; index < 30; index += 1) t.end(`dev_${index}`);
  let most = 0;
  for (let step = 0; step < 100; step += 1) {
    await t.pass(40, 40);
    most = Math.max(most, t.taken.filter(({ isLeft }) => !isLeft).length);
  }
  expect([most, new Set(t.taken.map(({ clientId }) => clientId)).size, t.taken.length]).toEqual([4, 30, 30]);
});

test('a thousand wait at most', async () => {
  const t = stage();
  for (let index = 0; index < 3_000; index += 1) t.end(`dev_${index}`);
  await t.pass(120_000);
  expect(t.taken).toHaveLength(1_024);
});

test('who has come again meanwhile is left alone', async () => {
  const t = stage();
  t.end('dev_1');
  t.state.back.add('dev_1');
  await t.pass(5_000);
  expect(t.taken).toEqual([]);
});

test('nor is who has answered meanwhile', async () => {
  const t = stage();
  t.end('dev_1');
  t.ender.answered('dev_1');
  await t.pass(5_000);
  expect(t.taken).toEqual([]);
});

test('one board is not ended again at once, each time later, until it has answered', async () => {
  const t = stage();
  const endedAt: number[] = [];
  for (let second = 0; second < 200; second += 1) {
    const before = t.taken.length;
    t.end('dev_1');
    await t.pass(1_000, 500);
    if (t.taken.length > before) endedAt.push(second);
  }
  expect(endedAt).toEqual([0, 20, 60, 140]);
  t.ender.answered('dev_1');
  t.end('dev_1');
  await t.pass(1_000);
  expect(t.taken).toHaveLength(5);
});

test('a broker that refuses is told of once, and left in peace for a while', async () => {
  const t = stage();
  t.state.error = new BrokerRefusal('not authorized');
  for (let second = 0; second < 30 * 60; second += 1) {
    t.end('dev_1');
    t.end('dev_2');
    await t.pass(1_000, 1_000);
  }
  expect(t.taken).toHaveLength(6);
  expect(t.names()).toEqual(['sessions_not_ended']);
  expect(t.logged[0]).toMatchObject({ level: 'warn', data: { why: 'not authorized' } });
});

test('one that refuses a single client id, which it may have banned, is asked for others', async () => {
  const t = stage();
  t.state.error = new BrokerRefusal('not authorized');
  t.end('dev_1');
  await t.pass(1_000);
  t.end('dev_1');
  await t.pass(30_000, 1_000);
  t.state.error = undefined;
  t.end('dev_2');
  await t.pass(1_000);
  expect(t.taken.map(({ clientId }) => clientId)).toEqual(['P&dev_1', 'P&dev_1', 'P&dev_2']);
  expect(t.names()).toEqual(['sessions_not_ended', 'board_session_ended']);
});

test('one that does not answer is asked three times', async () => {
  const t = stage();
  t.state.error = new Error('no answer in 10 s');
  t.end('dev_1');
  await t.pass(60_000);
  expect(t.taken).toHaveLength(3);
});

test('where each takeover ends the own connection it is given up; one that fell together with an outage is not', async () => {
  const t = stage();
  const lostAfter = async (deviceId: string) => {
    t.end(deviceId);
    await t.pass(100);
    t.ender.lost();
    await t.pass(1_000);
    t.ender.returned(false);
    await t.pass(3_000);
  };
  await lostAfter('dev_1');
  t.end('dev_2');
  await t.pass(1_000);
  await lostAfter('dev_3');
  expect(t.names().filter((name) => name === 'sessions_not_ended')).toEqual([]);
  await lostAfter('dev_4');
  t.end('dev_5');
  await t.pass(1_000);
  expect(t.taken.map(({ clientId }) => clientId)).toEqual(['P&dev_1', 'P&dev_2', 'P&dev_3', 'P&dev_4']);
  expect(t.names().filter((name) => name === 'sessions_not_ended')).toHaveLength(1);
});

test('one that falls together with outages in which the broker does not answer is not', async () => {
  const t = stage();
  for (const deviceId of ['dev_1', 'dev_2', 'dev_3']) {
    let reject = (_error: Error): void => {};
    t.state.isHeldUp = new Promise((_resolve, rejects) => {
      reject = rejects;
    });
    t.end(deviceId);
    await t.pass(100);
    t.ender.lost();
    t.state.mayEnd = false;
    reject(new Error('the broker has closed the connection'));
    t.state.isHeldUp = undefined;
    await t.pass(1_000);
    t.state.mayEnd = true;
    t.ender.returned(true);
    await t.pass(4_000);
  }
  t.end('dev_4');
  await t.pass(1_000);
  expect([t.taken.at(-1)!.clientId, t.names().includes('sessions_not_ended')]).toEqual(['P&dev_4', false]);
});

test('who waits when the way is lost has his turn when it is back, unless the broker has forgotten all, or he has come again', async () => {
  const t = stage();
  const lose = async (deviceIds: readonly string[], hasMissed: boolean) => {
    for (const deviceId of deviceIds) t.end(deviceId);
    t.ender.lost();
    t.state.mayEnd = false;
    await t.pass(30_000, 1_000);
    t.state.mayEnd = true;
    t.ender.returned(hasMissed);
    await t.pass(1_000);
    t.state.back.add('dev_2');
    await t.pass(5_000);
  };
  await lose(['dev_1', 'dev_2'], false);
  await lose(['dev_3'], true);
  expect(t.taken.map(({ clientId }) => clientId)).toEqual(['P&dev_1']);
});

test('who is to be ended too soon is ended when his time has come, once', async () => {
  const t = stage();
  t.end('dev_1');
  await t.pass(1_000);
  t.end('dev_1');
  await t.pass(18_000, 500);
  expect(t.taken).toHaveLength(1);
  await t.pass(60_000, 500);
  expect(t.taken).toHaveLength(2);
});

test('who does not lead, or has no way to the broker, ends nobody, and does not make up for it later', async () => {
  const t = stage();
  t.end('dev_1');
  t.state.mayEnd = false;
  t.end('dev_2');
  await t.pass(1_000);
  t.state.mayEnd = true;
  await t.pass(60_000);
  expect(t.taken).toEqual([]);
});

test('when it is closed nothing is left: neither what waits nor what is held', async () => {
  const t = stage();
  for (let index = 0; index < 10; index += 1) t.end(`dev_${index}`);
  await t.pass(100);
  expect(t.taken.length).toBeGreaterThan(0);
  t.ender.close();
  const { length } = t.taken;
  expect(t.taken.every(({ isLeft }) => isLeft)).toBe(true);
  t.end('dev_x');
  await t.pass(60_000);
  expect(t.taken).toHaveLength(length);
});
