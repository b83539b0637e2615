import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCloud } from '../../../host-sim/cloud/cloud.js';
import { ask, codeQuery, DOMAIN, SEND } from '../support/end-user.js';
import { ONE_REQUEST, startCloud, type TestCloud, temporaryDirectory } from '../support/fixture.js';
import { PRODUCTS } from '../support/products.js';

const fileOf = (dataDir: string) => join(dataDir, 'user-domain.json');
const kept = (dataDir: string) => JSON.parse(readFileSync(fileOf(dataDir), 'utf8'));
const told = async (t: TestCloud) =>
  (await (await fetch(`${t.cloud.apiUrl}/env`, { headers: ONE_REQUEST })).json()) as { data: { userDomain: string } };

describe('the user domain', () => {
  test('is made at first start, kept for its owner’s eyes only, and stays', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    const { userDomain, userDomainSecret } = kept(dataDir);
    expect(userDomain).toMatch(/^C\.DM\.\d{5}\.\d+$/);
    expect(userDomainSecret).toMatch(/^[1-9A-HJ-NP-Za-km-z]{44}$/);
    expect(statSync(fileOf(dataDir)).mode & 0o777).toBe(0o600);
    expect(first.cloud.userDomain).toEqual({ domain: userDomain, secretFile: fileOf(dataDir) });
    await first.cloud.close();
    const again = await startCloud({ dataDir });
    expect(again.cloud.userDomain.domain).toBe(userDomain);
    expect(kept(dataDir)).toEqual({ userDomain, userDomainSecret });
  });

  test('is another one for every cloud', async () => {
    const [one, two] = [await startCloud(), await startCloud()];
    expect(one.cloud.userDomain.secret).toHaveLength(44);
    expect(one.cloud.userDomain.secret).not.toBe(two.cloud.userDomain.secret);
    expect(one.cloud.userDomain).toEqual(one.cloud.userDomain);
  });

  test('can be chosen, counts at once, and is kept for later starts', async () => {
    const dataDir = temporaryDirectory();
    await (await startCloud({ dataDir })).cloud.close();
    await (await startCloud({ dataDir, userDomain: DOMAIN })).cloud.close();
    const t = await startCloud({ dataDir });
    expect((await ask(t, 'POST', SEND, { query: codeQuery(Date.now()) })).code).toBe(200);
  });

  test('is named by GET /env, its secret by nothing', async () => {
    const t = await startCloud({ userDomain: DOMAIN });
    expect((await told(t)).data.userDomain).toBe(DOMAIN.domain);
    await ask(t, 'POST', SEND, { query: codeQuery(Date.now()) });
    await ask(t, 'POST', SEND, { query: codeQuery(Date.now(), { signature: 'x' }) });
    expect(JSON.stringify([await told(t), t.logged])).not.toContain(DOMAIN.secret);
  });

  test.each([
    ['a name with a space', { ...DOMAIN, domain: 'C DM' }, /^userDomain is 1 to 64 letters/],
    ['an empty name', { ...DOMAIN, domain: '' }, /^userDomain is/],
    ['a short secret', { ...DOMAIN, secret: 'short' }, /^userDomainSecret is 16 to 128 characters/],
  ])('is not taken with %s, and nothing is kept', async (_what, userDomain, message) => {
    const dataDir = temporaryDirectory();
    const starting = createCloud({ dataDir, apiPort: 0, mqttPort: 0, products: PRODUCTS, log: () => {}, userDomain });
    await expect(starting).rejects.toMatchObject({ code: 'invalid_option', message: expect.stringMatching(message) });
    expect(existsSync(fileOf(dataDir))).toBe(false);
  });

  test.each(['{', '{}', '[]', 'null', '{"userDomain":"x","userDomainSecret":"short"}'])(
    'that was kept as %s is refused with what to do',
    async (broken) => {
      const dataDir = temporaryDirectory();
      writeFileSync(fileOf(dataDir), broken);
      const starting = createCloud({ dataDir, apiPort: 0, mqttPort: 0, products: PRODUCTS, log: () => {} });
      await expect(starting).rejects.toMatchObject({
        code: 'data_dir_corrupt',
        message: expect.stringContaining('user-domain.json'),
      });
    },
  );
});
