import { describe, expect, test } from 'vitest';
import { useReferenceCloud, words } from './reference-cloud.js';

const cloud = useReferenceCloud();

describe('6.1 an error', () => {
  test('is code, word and null, and may have a sentence', async () => {
    const { status, body, headers } = await cloud().call('POST', '/users/login', { username: 'x' });
    expect(status).toBe(400);
    expect(body).toEqual({ code: 400, message: 'invalid_parameter', data: null, detail: 'password is required' });
    expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test.each([
    ['400 invalid_parameter', 'POST', '/users/login', '{"username":'],
    ['400 invalid_parameter', 'POST', '/users/login', '[]'],
    ['400 invalid_parameter', 'POST', '/users/login', '{"username":1,"password":"x"}'],
    ['413 invalid_parameter', 'POST', '/users/login', `{"username":"${'x'.repeat(65_536)}"}`],
    ['401 unauthorized', 'GET', '/devices', undefined],
    ['404 not_found', 'GET', '/nothing', undefined],
    ['404 not_found', 'DELETE', '/users/login', undefined],
    ['400 invalid_product_key', 'POST', '/devices/activate', '{"productKey":"NOPE","deviceSN":"A"}'],
  ])('is %s for %s %s', async (expected, method, path, body) => {
    const answer = await cloud().call(method, path, body);
    expect(words(answer)).toBe(expected);
    expect(answer.body.data).toBeNull();
    expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|\.js:|<html/);
  });

  test('is 429 with Retry-After where an address asks too often', async () => {
    const attempt = () => cloud().call('POST', '/users/login', {});
    const answers = [];
    while (answers.at(-1)?.status !== 429) answers.push(await attempt());
    expect(words(answers.at(-1)!)).toBe('429 too_many_requests');
    expect(Number(answers.at(-1)!.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });
});
