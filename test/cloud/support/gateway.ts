import { expect } from 'vitest';
import { OPERATIONS, schemasOf } from '../../../host-sim/cloud/api/operations.js';
import { fitsData, ONE_REQUEST, type TestCloud } from './fixture.js';

export interface Asked {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  readonly body: any;
}

/** One request of somebody to a microservice. */
export type Ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Asked>;

/** One request to the gateway, below its root; checks that every answer keeps the gateway's envelope. */
export async function askGateway(
  t: TestCloud,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Asked> {
  const response = await fetch(`${t.cloud.apiUrl}${path}`, {
    method,
    headers: { ...ONE_REQUEST, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const answer: Asked = { status: response.status, headers: response.headers, body: await response.json() };
  expect(Object.keys(answer.body)).toEqual(['code', 'msg', 'data']);
  expect(answer.body.code).toBe(answer.status);
  if (answer.status === 200) expect(answer.body.msg).toBe('success');
  else expect(answer.body.data).toBeNull();
  return answer;
}

/** Asks a microservice as somebody, who is made where he is not there. */
export async function userOf(t: TestCloud, microservice: string, username: string): Promise<Ask> {
  await t.call('POST', '/users/register', { username, password: 'password123' });
  const { token } = (await t.login({ name: username, password: 'password123' })).body.data;
  return (method, path, body, headers) =>
    askGateway(t, method, `/api/${microservice}${path}`, body, { authorization: `Bearer ${token}`, ...headers });
}

/** The error of an answer: its code and word. */
export const wordOf = ({ body }: Asked): string => `${body.code} ${String(body.msg).split(':', 1)[0]}`;

/** One request by the route that the reference names, with a query or without; its answer has to fit what stands there. */
export async function gateway(
  t: TestCloud,
  route: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Asked> {
  const [method = '', path = ''] = route.split(' ');
  const answer = await askGateway(t, method, path, body, headers);
  if (answer.status === 200) fitsData(schemasOf(OPERATIONS[route.split('?', 1)[0]!]!).data, answer.body.data);
  return answer;
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
