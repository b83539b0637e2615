import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { EXAMPLES } from '../../../host-sim/cloud/api/examples.js';
import { OPERATIONS, schemasOf } from '../../../host-sim/cloud/api/operations.js';
import {
  ask,
  LOGIN,
  logIn,
  PHONE,
  REFRESH,
  REGISTER,
  SEND,
  signUpByPhone,
  startEndUserCloud,
} from '../support/end-user.js';
import { ONE_REQUEST, type TestCloud } from '../support/fixture.js';
import { words } from '../support/people.js';

const TRICKS = ["' OR 1=1 --", '"; DROP TABLE users; --', '../../etc/passwd', '%00', '__proto__', '{{7*7}}', '\u0000'];
const WRONG: readonly (readonly [string, unknown])[] = [
  ['string', 'x'.repeat(5_000)],
  ['string', ''],
  ['integer', 7],
  ['number', 1.5],
  ['boolean', true],
  ['array', []],
  ['object', {}],
  ['object', { $gt: '' }],
];

interface Field {
  readonly type?: string | readonly string[];
  readonly minLength?: number;
  readonly allowEmptyValue?: boolean;
}

const ROUTES = Object.entries(OPERATIONS)
  .filter(([, { dialect }]) => dialect === 'enduser')
  .map(([route, operation]) => {
    const [method = '', path = ''] = route.split(' ');
    const { body, querystring } = schemasOf(operation);
    const fields = (schema: object | undefined) =>
      Object.entries((schema as { properties?: Record<string, Field> } | undefined)?.properties ?? {});
    return {
      id: operation.id,
      method,
      path,
      example: EXAMPLES[operation.id]!,
      body: fields(body),
      query: fields(querystring),
      bare: operation.bare,
    };
  });

async function start() {
  const t = await startEndUserCloud();
  const { accessToken } = await signUpByPhone(t);
  return { t, authorization: accessToken.token };
}

describe('a wrong value in any field', () => {
  test.each(ROUTES.filter(({ body }) => body.length > 0))(
    'of the body of $id has the code 5400, which names it',
    async (route) => {
      const { t, authorization } = await start();
      for (const [name, { type, minLength }] of route.body) {
        for (const [wrong, value] of WRONG) {
          const isTaken = wrong === 'string' ? value === '' && !minLength : [type].flat().includes(wrong);
          if (isTaken || (name === 'smsCode' && value === '')) continue;
          const body = { ...(route.example.body as object), [name]: value };
          expect({ value, ...(await ask(t, route.method, route.path, { body, authorization })) }).toMatchObject({
            code: 5400,
            msg: expect.stringContaining(name),
          });
        }
      }
      for (const body of ['', '[]', '1', '"x"', '{', '{"a":1', '\u0000', '{"__proto__":1}', '['.repeat(2_000)]) {
        expect({ body, ...(await ask(t, route.method, route.path, { body, authorization })) }).toMatchObject({
          code: 5400,
        });
      }
    },
  );

  test.each(ROUTES.filter(({ query }) => query.length > 0))(
    'of the query of $id has the code 5400, which names it',
    async (route) => {
      const { t, authorization } = await start();
      for (const [name, { type, allowEmptyValue }] of route.query) {
        const wrong = type === 'integer' ? ['x', '1.5', '1e99', '-1', '9'.repeat(40)] : ['x'.repeat(3_000)];
        for (const value of allowEmptyValue ? wrong : ['', ...wrong]) {
          const query: Record<string, string> = { ...(route.example.query as Record<string, string>), [name]: value };
          expect({ name, value, ...(await ask(t, route.method, route.path, { query, authorization })) }).toMatchObject({
            code: 5400,
            msg: expect.stringContaining(name),
          });
        }
        const twice = new URLSearchParams(
          Object.entries(route.example.query ?? {}).map(([key, value]): [string, string] => [key, String(value)]),
        );
        twice.append(name, '1');
        twice.append(name, '2');
        expect((await ask(t, route.method, `${route.path}?${twice}`, { authorization })).code).toBe(5400);
      }
    },
  );
});

describe('whatever is asked below the prefixes', () => {
  test('is answered with the status 200 in the envelope', async () => {
    const { t } = await start();
    const { authorization } = await signedIn(t);
    const told = async (method: string, path: string, body?: unknown) =>
      (await ask(t, method, path, { body, authorization })).code;
    for (const path of ['/v2/sms/x', '/v2/sms/', '/v2/enduser/enduserapi/v9/x', '/v2/binding/%zz']) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'])
        expect([5400, 5404]).toContain(await told(method, path));
    }
    expect(await told('GET', LOGIN)).toBe(5404);
    expect(await told('POST', REGISTER, '{"a":')).toBe(5400);
    expect(await told('POST', REGISTER, { pwd: 'x'.repeat(70_000) })).toBe(5413);
    expect(await told('PUT', REFRESH, `{"refreshToken":"${'x'.repeat(200_000)}"}`)).toBe(5413);
  });

  test('is so even without a Host header, or with what nobody expects', async () => {
    const { t } = await start();
    for (const head of ['GET /v2/sms/x HTTP/1.1\r\n', `POST ${SEND} HTTP/1.1\r\nHost: x\r\nExpect: gold\r\n`]) {
      const socket = connect(t.cloud.apiPort, '127.0.0.1');
      socket.write(`${head}Connection: close\r\nContent-Length: 0\r\n\r\n`);
      const chunks: Buffer[] = [];
      socket.on('data', (chunk) => chunks.push(chunk));
      await once(socket, 'close');
      expect(Buffer.concat(chunks).toString()).toMatch(
        /^HTTP\/1\.1 200 OK[\s\S]*"code":54\d\d,"msg":"[^"]+","data":null,"extMsg":null\}$/,
      );
    }
  });

  test('leaves the cloud as it is, and shows nothing of its inside', async () => {
    const { t, authorization } = await start();
    for (const { method, path, body, query, bare } of ROUTES) {
      if (bare || path.endsWith('/logout')) continue;
      for (const trick of TRICKS) {
        const fill = (fields: readonly (readonly [string, Field])[]) =>
          Object.fromEntries(fields.map(([name]) => [name, trick]));
        const told = await ask(t, method, path, {
          query: fill(query),
          ...(body.length > 0 && { body: fill(body) }),
          authorization,
        });
        expect(told.code).not.toBe(5500);
        expect(told.msg).not.toMatch(/SQLITE|node_modules|\.ts:|at Object|no such (table|column)/i);
      }
    }
    expect((await t.as('GET', '/products')).body.data.total).toBeGreaterThan(2);
    expect(words(await t.login())).toBe('200 success');
    expect((await signedIn(t)).authorization).toMatch(/^Bearer /);
  });

  test('may come from any page of the web', async () => {
    const { t } = await start();
    const preflight = await fetch(t.cloud.apiUrl + LOGIN, { method: 'OPTIONS', headers: ONE_REQUEST });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  });
});

async function signedIn(t: TestCloud): Promise<{ authorization: string }> {
  return { authorization: (await logIn(t, PHONE)).accessToken.token };
}
