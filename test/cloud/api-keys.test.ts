import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { matches, startCloud, temporaryDirectory } from './support/fixture.js';
import { signUp, withApiKey, words } from './support/people.js';

const PATH = '/users/api-keys';

describe('API keys (API reference, 2.5 to 2.7)', () => {
  test('are made with a secret that is told once, and listed without', async () => {
    const t = await startCloud();
    const made = await t.as('POST', PATH, { description: '用于设备集成' });
    matches('createApiKey', made);
    expect(made.body.data).toEqual({
      keyId: expect.stringMatching(/^ak_[0-9a-f]{16}$/),
      apiKey: expect.stringMatching(/^sk_[0-9a-f]{32}$/),
      apiSecret: expect.stringMatching(/^[0-9a-f]{64}$/),
      description: '用于设备集成',
    });
    await t.as('POST', PATH, { name: 'by its other name' });
    const list = await t.as('GET', PATH);
    matches('listApiKeys', list);
    expect(list.body.data).toMatchObject({
      list: [{ keyId: made.body.data.keyId, description: '用于设备集成' }, { description: 'by its other name' }],
      total: 2,
      page: 1,
      size: 20,
    });
    for (const secret of [made.body.data.apiKey, made.body.data.apiSecret]) {
      expect(JSON.stringify(list.body)).not.toContain(secret);
    }
  });

  test('open what a token of their user opens, and nothing after they are deleted', async () => {
    const t = await startCloud();
    const anna = await signUp(t, 'anna');
    const { call, keyId } = await withApiKey(t, anna);
    expect((await call('GET', '/users/me')).body.data.username).toBe('anna');
    expect((await call('GET', '/devices')).status).toBe(200);
    expect((await call('GET', PATH)).body.data.total).toBe(1);
    expect(words(await t.as('DELETE', `${PATH}/${keyId}`))).toBe('404 not_found');
    const deleted = await anna('DELETE', `${PATH}/${keyId}`);
    matches('deleteApiKey', deleted);
    expect(words(await call('GET', '/users/me'))).toBe('401 unauthorized');
    expect(words(await anna('DELETE', `${PATH}/${keyId}`))).toBe('404 not_found');
  });

  test('neither make nor end keys: a stolen one cannot outlive its deletion', async () => {
    const t = await startCloud();
    const { call, keyId } = await withApiKey(t, (...request) => t.as(...request));
    expect(words(await call('POST', PATH, {}))).toBe('403 forbidden');
    expect(words(await call('DELETE', `${PATH}/${keyId}`))).toBe('403 forbidden');
  });

  test('are refused with a wrong, missing or swapped part', async () => {
    const t = await startCloud();
    const one = (await t.as('POST', PATH, {})).body.data;
    const other = (await t.as('POST', PATH, {})).body.data;
    const attempts: Record<string, string>[] = [
      { 'x-api-key': one.apiKey },
      { 'x-api-secret': one.apiSecret },
      { 'x-api-key': one.apiKey, 'x-api-secret': other.apiSecret },
      { 'x-api-key': one.apiSecret, 'x-api-secret': one.apiKey },
      { 'x-api-key': one.keyId, 'x-api-secret': one.apiSecret },
      { 'x-api-key': one.apiKey, 'x-api-secret': '' },
      { 'x-api-key': "' OR 1=1 --", 'x-api-secret': one.apiSecret },
      { 'x-api-key': one.apiKey, 'x-api-secret': one.apiSecret, authorization: 'Bearer x' },
    ];
    for (const headers of attempts) {
      expect(words(await t.call('GET', '/users/me', undefined, headers))).toBe('401 unauthorized');
    }
  });

  test('are at most 100 a user', async () => {
    const t = await startCloud();
    for (let count = 0; count < 100; count += 1) expect((await t.as('POST', PATH, {})).status).toBe(200);
    expect(words(await t.as('POST', PATH, {}))).toBe('403 forbidden');
  });

  test('are stored as hashes', async () => {
    const dataDir = temporaryDirectory();
    const t = await startCloud({ dataDir });
    const { apiKey, apiSecret, keyId } = (await t.as('POST', PATH, {})).body.data;
    await t.cloud.close();
    const database = new Sqlite(`${dataDir}/cloud.sqlite`);
    const rows = database.prepare('SELECT * FROM api_keys').all() as Record<string, unknown>[];
    database.close();
    const dump = rows
      .flatMap((row) => Object.values(row))
      .map(String)
      .join('\n');
    expect(dump).toContain(keyId);
    for (const secret of [apiKey, apiSecret]) expect(dump).not.toContain(secret);
  });
});
