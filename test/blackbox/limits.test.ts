import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOOK_FLAGS, mqttHooks } from './extensions/mqtt-hooks.js';
import { CloudProcess, USER, words } from './support/cloud-process.js';

const cloud = new CloudProcess('cloud', HOOK_FLAGS);
let token: string;

beforeAll(async () => {
  await cloud.start();
  token = await cloud.token();
});

afterAll(() => cloud.stop());

/** One after the other until the answer is 429: how many were answered before it, and that answer. */
async function untilLimited(ask: () => ReturnType<CloudProcess['call']>, atMost: number) {
  for (let answered = 0; answered <= atMost; answered += 1) {
    const answer = await ask();
    if (answer.status === 429) return { answered, answer };
  }
  throw new Error(`no limit within ${atMost} requests`);
}

describe('who may ask', () => mqttHooks(cloud));

describe('one account, one address', () => {
  test('10 failures for one account lock it for this address, and no other account', async () => {
    const login = (username: string, password: string) => cloud.call('POST', '/users/login', { username, password });
    await cloud.call('POST', '/users/register', { username: 'victim', password: 'password123' });
    const { answered, answer } = await untilLimited(() => login('victim', 'wrong'), 20);
    expect(answered).toBe(10);
    expect(words(answer)).toBe('429 too_many_requests');
    const retryAfter = Number(answer.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(290);
    expect(retryAfter).toBeLessThanOrEqual(300);
    expect(words(await login('victim', 'password123'))).toBe('429 too_many_requests');
    expect(words(await login('VICTIM', 'password123'))).toBe('429 too_many_requests');
    expect((await login(USER.username, USER.password)).status).toBe(200);
  });

  test('activation: a bucket of 300, refilled at 10 a second', async () => {
    const ask = () => cloud.call('POST', '/devices/activate', { productKey: 'NOPE', deviceSN: 'A1' });
    const startedAt = Date.now();
    const { answered, answer } = await untilLimited(ask, 3_000);
    const refilled = ((Date.now() - startedAt) / 1000) * 10;
    expect(answered).toBeGreaterThanOrEqual(300);
    expect(answered).toBeLessThanOrEqual(301 + refilled);
    expect(words(answer)).toBe('429 too_many_requests');
    expect(answer.headers.get('retry-after')).toBe('1');
  });
});

describe('logins', () => {
  test('60 a minute from one address, whoever he says he is; the API goes on', async () => {
    let count = 0;
    const ask = () => {
      count += 1;
      return cloud.call('POST', '/users/login', {}, { 'x-forwarded-for': `10.0.0.${count}` });
    };
    const { answered, answer } = await untilLimited(ask, 100);
    expect(answered).toBeLessThanOrEqual(60);
    expect(words(answer)).toBe('429 too_many_requests');
    const retryAfter = Number(answer.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThanOrEqual(1);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(words(await cloud.call('POST', '/users/login', USER))).toBe('429 too_many_requests');
    expect((await cloud.call('GET', '/users/me', undefined, { authorization: `Bearer ${token}` })).status).toBe(200);
  });
});
