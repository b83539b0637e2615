import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../../host-sim/cloud/api/operations.js';
import { ONE_REQUEST, startCloud, type TestCloud } from '../support/fixture.js';
import { readCatalogue } from './catalogue.js';

const CATALOGUE = readCatalogue();
const SALES = 'blushopc bluas blubucksc bludistc blufic bluinstp bluelearn midppayc midplifec'.split(' ');
/** What needs no token (the specification of the dialects). */
const PUBLIC = [
  /\/user\/mgt\/(register|forgotpwd)\//,
  /\/captcha\//,
  /^\/social\/login$/,
  /^\/accessToken$/,
  /utc-time$/,
];

const SERVICES = [...new Set(CATALOGUE.map(({ service }) => service))];

describe('the catalogue of the gateway', () => {
  test('has 18 services, and 180 methods and paths', () => {
    expect(SERVICES).toHaveLength(18);
    expect(CATALOGUE).toHaveLength(180);
  });

  test.each(SERVICES)('%s is served and documented, each method and path of it', async (service) => {
    const t = await startCloud();
    const isSold = SALES.includes(service);
    for (const { method, path } of CATALOGUE.filter((one) => one.service === service)) {
      const where = `${method} ${path}`;
      expect(OPERATIONS).toHaveProperty([where.replace(/\{(\w+)\}/g, ':$1')]);
      const isPublic = PUBLIC.some((pattern) => pattern.test(path));
      if (!isPublic)
        expect([where, (await ask(t, method, path)).msg]).toEqual([where, expect.stringMatching(/^unauthorized: /)]);
      const token = (await t.login()).body.data.token as string;
      const answer = await ask(t, method, path, { authorization: `Bearer ${token}` });
      const statuses = isSold ? [501] : [200, 400, 403, 404];
      expect(statuses.map((status) => [where, status])).toContainEqual([where, answer.code]);
      expect([where, answer.msg]).not.toEqual([
        where,
        expect.stringMatching(/there is no (GET|POST|DELETE)|^unauthorized/),
      ]);
      if (isSold) expect(answer.msg).toContain(service);
      if (answer.code !== 200) expect(answer.data).toBeNull();
    }
  });
});

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
async function ask(t: TestCloud, method: string, path: string, headers: Record<string, string> = {}): Promise<any> {
  const response = await fetch(t.cloud.apiUrl + path.replace(/\{\w+\}/g, '1'), {
    method,
    headers: { ...ONE_REQUEST, ...headers },
  });
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const body: any = await response.json();
  expect(Object.keys(body)).toEqual(['code', 'msg', 'data']);
  expect([body.code, body.code === 200]).toEqual([response.status, body.msg === 'success']);
  return body;
}
