import { describe, expect, test } from 'vitest';
import { TestClock } from './support/clock.js';
import { type Answer, startCloud, type TestCloud } from './support/fixture.js';
import { words } from './support/people.js';

const ANNA = { username: 'anna', email: 'anna@example.com', password: 'secret-1' };
const DAY_MS = 86_400_000;

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const login = (t: TestCloud, username: string, password: string) =>
  t.call('POST', '/users/login', { username, password });
const register = (t: TestCloud, username: string) =>
  t.call('POST', '/users/register', { username, password: 'secret-1' });

async function fail(t: TestCloud, names: readonly string[]): Promise<void> {
  for (const name of names) expect(words(await login(t, name, 'wrong'))).toBe('401 invalid_password');
}

async function cloud() {
  const clock = new TestClock();
  const t = await startCloud({ environment: clock.environment });
  await t.call('POST', '/users/register', ANNA);
  return { clock, t };
}

describe('10 failures in 5 minutes', () => {
  test('refuse even the right password for that account, until they are over', async () => {
    const { clock, t } = await cloud();
    await fail(t, Array(10).fill('anna'));
    const refused = await login(t, 'anna', ANNA.password);
    expect(words(refused)).toBe('429 too_many_requests');
    expect(refused.headers.get('retry-after')).toBe('300');
    expect((await t.login()).status).toBe(200);
    clock.advance(299_000);
    expect((await login(t, 'anna', ANNA.password)).status).toBe(429);
    clock.advance(1_000);
    expect((await login(t, 'anna', ANNA.password)).status).toBe(200);
  });

  test('count for the account, whichever of its names they were made with', async () => {
    const { t } = await cloud();
    await fail(t, ['anna', 'anna@example.com', 'ANNA', ' anna ', 'Anna@Example.com', ...Array(5).fill('anna')]);
    for (const name of ['anna', 'anna@example.com', 'ANNA']) {
      expect(words(await login(t, name, ANNA.password))).toBe('429 too_many_requests');
    }
  });

  test('are forgotten with a login by any of its names', async () => {
    const { t } = await cloud();
    await fail(t, Array(9).fill('anna'));
    expect((await login(t, 'anna@example.com', ANNA.password)).status).toBe(200);
    await fail(t, Array(10).fill('anna'));
  });

  test('lock a name of nobody alike, with the letter case aside that accounts set aside, and no more', async () => {
    const { t } = await cloud();
    await fail(t, ['nobody', 'NoBody', ...Array(8).fill(' nobody')]);
    expect(words(await login(t, 'NOBODY', 'wrong'))).toBe('429 too_many_requests');
    await fail(t, Array(10).fill('\u00e9lan'));
    expect(words(await login(t, '\u00e9LAN', 'wrong'))).toBe('429 too_many_requests');
    expect(words(await login(t, '\u00c9lan', 'wrong'))).toBe('401 invalid_password');
    // No name reaches the count of an account that it does not name.
    expect(words(await login(t, '#1', 'wrong'))).toBe('401 invalid_password');
  });

  test('lock nobody out for longer than that, wherever the clock goes', async () => {
    const { clock, t } = await cloud();
    await fail(t, Array(10).fill('anna'));
    clock.set(-DAY_MS);
    expect((await login(t, 'anna', ANNA.password)).status).toBe(200);
    await fail(t, Array(10).fill('anna'));
    clock.set(-1);
    await fail(t, Array(10).fill('anna'));
    const refused = await login(t, 'anna', ANNA.password);
    expect(refused.headers.get('retry-after')).toBe('300');
  });
});

describe('logins of one address', () => {
  // Refused for their form, which costs no hash; the limit counts every attempt.
  const attempt = (t: TestCloud) => t.call('POST', '/users/login', {});

  test('are at most 60 in any minute', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    for (let count = 0; count < 60; count += 1) {
      expect((await attempt(t)).status).toBe(400);
      if (count % 2 === 1) clock.advance(1_000);
    }
    // Two in each of the first 30 seconds.
    const refused = await t.login();
    expect(words(refused)).toBe('429 too_many_requests');
    expect(refused.headers.get('retry-after')).toBe('30');
    clock.advance(29_999);
    expect((await attempt(t)).headers.get('retry-after')).toBe('1');
    clock.advance(1);
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push((await attempt(t)).status);
    expect(answers).toEqual([400, 400, 429, 429]);
    clock.advance(60_000);
    expect((await t.login()).status).toBe(200);
  });

  test('are allowed again at once when the clock is set back', async () => {
    const clock = new TestClock();
    const t = await startCloud({ environment: clock.environment });
    for (let count = 0; count < 61; count += 1) await attempt(t);
    clock.set(-DAY_MS);
    expect((await t.login()).status).toBe(200);
  });
});

describe('hashes', () => {
  /** A cloud whose hashes are made when the test says so. */
  async function slowHashes() {
    const { environment } = new TestClock();
    const waiting: (() => void)[] = [];
    let slow = false;
    const t = await startCloud({
      environment: {
        ...environment,
        scrypt: async (...args) => {
          if (slow) await new Promise<void>((resolve) => waiting.push(resolve));
          return environment.scrypt(...args);
        },
      },
    });
    slow = true;
    const release = () => {
      slow = false;
      for (const resolve of waiting.splice(0)) resolve();
    };
    return { t, waiting, release };
  }

  test('of a flood of registrations are made one by one, and what would wait too long is refused', async () => {
    const { t, waiting, release } = await slowHashes();
    const refused: Answer[] = [];
    const answers = Array.from({ length: 300 }, async (_, count) => {
      const answer = await register(t, `flood-${count}`);
      if (answer.status === 429) refused.push(answer);
    });
    while (refused.length < 43) await nextTurn();
    expect(waiting).toHaveLength(1);
    expect(refused[0]!.headers.get('retry-after')).toBe('2');
    release();
    await Promise.all(answers);
    expect(refused).toHaveLength(43);
    expect((await t.login()).status).toBe(200);
  });

  test('of logins do not wait for those of registrations', async () => {
    const { t, waiting, release } = await slowHashes();
    const flood = Promise.all(Array.from({ length: 20 }, (_, count) => register(t, `flood-${count}`)));
    while (waiting.length < 1) await nextTurn();
    const [registration] = waiting.splice(0);
    const answer = t.login();
    while (waiting.length < 1) await nextTurn();
    for (const resolve of waiting.splice(0)) resolve();
    expect((await answer).status).toBe(200);
    registration!();
    release();
    await flood;
  });
});

describe('one address', () => {
  test('refreshes 600 tokens at once, then 10 a second', async () => {
    const { clock, t } = await cloud();
    let { refreshToken } = (await t.login()).body.data;
    for (let count = 0; count < 600; count += 1) {
      refreshToken = (await t.call('POST', '/users/refresh-token', { refreshToken })).body.data.refreshToken;
    }
    const refused = await t.call('POST', '/users/refresh-token', { refreshToken });
    expect(words(refused)).toBe('429 too_many_requests');
    clock.advance(100);
    expect((await t.call('POST', '/users/refresh-token', { refreshToken })).status).toBe(200);
  });
});
