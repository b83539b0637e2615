import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { withoutMosquitto } from '../../support/mosquitto.js';
import type { Activation } from '../support/fixture.js';
import { type RealCloud, useClouds } from './real-clouds.js';

const WAIT = { timeout: 30_000, interval: 50 };
const POSTS = 200;
const COMMANDS = 20;
const WRITES = 60;

const values = async (cloud: RealCloud, { deviceId }: Activation, token: string, key: string): Promise<number[]> => {
  const path = `/devices/${deviceId}/properties?key=${key}&size=1000`;
  const { body } = await cloud.call('GET', path, undefined, token);
  return (body.data?.list ?? []).map(({ value }: { value: number }) => value);
};
const statusOf = async (cloud: RealCloud, { deviceId }: Activation, token: string): Promise<unknown> =>
  (await cloud.call('GET', `/devices/${deviceId}`, undefined, token)).body.data?.status;

describe.skipIf(withoutMosquitto)('several clouds on one data directory, over one Mosquitto', () => {
  const clouds = useClouds();

  test('start at once on an empty folder; each activates, controls and shows what is at the others', async () => {
    const [first, second, third] = (await clouds.start(3)) as [RealCloud, RealCloud, RealCloud];
    const token = await first.logIn();
    const activation = await first.activate('A');
    const { board, commands } = await clouds.connect(activation);
    const path = `/devices/${activation.deviceId}`;
    for (const cloud of [first, second, third]) {
      await expect
        .poll(async () => (await cloud.call('POST', `${path}/control?wait=2000`, { angle: 30 }, token)).status, WAIT)
        .toBe(200);
    }
    expect(new Set([...commands.keys()].map((id) => Number(id) % 16))).toEqual(new Set([0, 1, 2]));
    await board.say(activation.topics.propertyPost, { id: '1', params: { angle: 30 }, time: Date.now() });
    for (const cloud of [first, second, third]) {
      await expect.poll(() => values(cloud, activation, token, 'angle'), WAIT).toEqual([30]);
    }
    expect([first, second, third].filter(({ hasLed }) => hasLed)).toHaveLength(1);

    // What one of them ends is over at the others, at once.
    const other = await second.logIn();
    expect((await second.call('POST', '/users/logout', {}, other)).status).toBe(200);
    expect((await third.call('GET', path, undefined, other)).status).toBe(401);
    expect((await second.call('PUT', path, { status: 'disabled' }, token)).status).toBe(200);
    expect((await third.call('POST', `${path}/control`, { angle: 1 }, token)).body.message).toBe('device_disabled');
    expect((await third.call('DELETE', path, undefined, token)).status).toBe(200);
    expect((await first.call('GET', path, undefined, token)).body.message).toBe('device_not_found');

    for (const { program } of [first, second, third]) expect(await program.end()).toEqual({ code: 0, signal: null });
  }, 400_000);

  test('lose no post and no presence when the one that stores them is killed', async () => {
    const all = await clouds.start(3);
    const token = await all[0]!.logIn();
    const activation = await all[1]!.activate('A');
    const { board } = await clouds.connect(activation);
    await expect.poll(() => statusOf(all[2]!, activation, token), WAIT).toBe('online');
    const leader = all.find(({ hasLed }) => hasLed)!;
    const rest = all.filter((cloud) => cloud !== leader);
    let posted = 0;
    const postUpTo = async (last: number): Promise<void> => {
      while (posted < last) {
        posted += 1;
        const params = { angle: posted };
        await board.say(activation.topics.propertyPost, { id: String(posted), params, time: Date.now() });
      }
    };
    await postUpTo(POSTS / 4);
    await leader.program.end('SIGKILL');
    // Nobody leads now.
    await postUpTo(POSTS / 2);
    await expect.poll(() => rest.some(({ hasLed }) => hasLed), WAIT).toBe(true);
    await postUpTo(POSTS);
    const wanted = Array.from({ length: POSTS }, (_, at) => at + 1);
    for (const cloud of rest) {
      await expect
        .poll(async () => (await values(cloud, activation, token, 'angle')).sort((a, b) => a - b), WAIT)
        .toEqual(wanted);
    }
    // The will is heard by whoever leads now.
    await board.cut();
    for (const cloud of rest) await expect.poll(() => statusOf(cloud, activation, token), WAIT).toBe('offline');
  }, 400_000);

  test('have a command that one of them has promised carried out, though that one is killed', async () => {
    const all = await clouds.start(2);
    const token = await all[0]!.logIn();
    const activation = await all[0]!.activate('A');
    const real = await clouds.connect(activation);
    const follower = all.find(({ hasLed }) => !hasLed)!;
    const control = `/devices/${activation.deviceId}/control`;
    await expect
      .poll(async () => (await follower.call('POST', `${control}?wait=2000`, { angle: 1 }, token)).status, WAIT)
      .toBe(200);
    real.commands.clear();
    // It hears nothing for now: what it is told meanwhile is only promised.
    await real.board.client.unsubscribeAsync(activation.topics.propertySet);
    const answers = await Promise.all(
      Array.from({ length: COMMANDS }, (_, angle) => follower.call('POST', control, { angle }, token)),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: COMMANDS }, () => 200));
    await follower.program.end('SIGKILL');
    await real.board.subscribe(activation.topics.propertySet);
    await expect.poll(() => real.commands.size, WAIT).toBe(COMMANDS);
    // Answered, so that none is repeated for the minute for which it is kept; a board acts on an id once.
    const cameAgain = async (): Promise<boolean> => {
      const counts = JSON.stringify([...real.commands]);
      // Longer than the time after which one is repeated.
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      return JSON.stringify([...real.commands]) !== counts;
    };
    await expect.poll(cameAgain, { timeout: 45_000 }).toBe(false);
  }, 400_000);

  test('write side by side without a word of a database that is busy', async () => {
    const [first, second] = (await clouds.start(2)) as [RealCloud, RealCloud];
    const token = await first.logIn();
    const activation = await first.activate('A');
    const { board } = await clouds.connect(activation);
    let isOver = false;
    const posting = (async () => {
      for (let value = 1; !isOver; value += 1) {
        await board.say(activation.topics.propertyPost, { id: '1', params: { angle: value }, time: Date.now() });
      }
    })();
    const register = (cloud: RealCloud, name: string) =>
      Promise.all(
        Array.from({ length: WRITES }, (_, n) =>
          cloud.call('POST', '/devices', { productKey: 'SW-SERVO-001', deviceSN: `${name}${n}` }, token),
        ),
      );
    const both = await Promise.all([register(first, 'X'), register(second, 'Y')]);
    // The same serial number at both: the board is one, and nobody hears of a fault inside.
    const twins = await Promise.all(
      Array.from({ length: WRITES }, (_, n) => [first, second].map((cloud) => cloud.activate(`T${n}`))).flat(),
    );
    isOver = true;
    await posting;
    expect(new Set(both.flat().map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(twins.map(({ deviceId }) => deviceId)).size).toBe(WRITES);
    for (const { program } of [first, second]) expect(program.stderr).not.toMatch(/SQLITE|busy|"error"/i);
  }, 400_000);

  test('are not joined by one that has its own broker, nor the other way round, and it says so in one sentence', async () => {
    const [shared] = (await clouds.start(1)) as [RealCloud];
    const alone = clouds.launch(undefined);
    expect(await alone.exited).toEqual({ code: 1, signal: null });
    expect(alone.lines).toEqual([
      {
        event: 'error',
        code: 'data_dir_in_use',
        message: expect.stringMatching(/shares the data directory.*--broker/),
      },
    ]);
    await shared.program.end();
    const first = clouds.launch(undefined);
    await first.ready(60_000);
    const second = clouds.launch((await clouds.broker()).url);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.lines).toEqual([
      { event: 'error', code: 'data_dir_in_use', message: expect.stringMatching(/to itself.*without --broker/) },
    ]);
    expect(second.stderr.trim().split('\n')).toHaveLength(1);
    await first.end();
  }, 400_000);

  test('leave nothing behind but what they keep', async () => {
    const all = await clouds.start(2);
    await all[0]!.program.end('SIGKILL');
    await all[1]!.program.end();
    const [again] = await clouds.start(1);
    await again!.program.end();
    const { spawnargs } = again!.program.child;
    const names = readdirSync(spawnargs[spawnargs.indexOf('--data') + 1]!);
    expect(names.filter((name) => /^\.(lock|share)|\.next$|\.first$/.test(name))).toEqual([]);
  }, 400_000);
});
