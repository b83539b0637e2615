import { expect } from 'vitest';
import { OPERATIONS, schemasOf } from '../../../host-sim/cloud/api/operations.js';
import { type Answer, fitsData, ONE_REQUEST, type TestCloud } from './fixture.js';

/** One request to the gateway; checks that every answer keeps its envelope, and its data the schema of the operation. */
export async function gateway(
  t: TestCloud,
  route: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const response = await fetch(t.cloud.apiUrl + path, {
    method,
    headers: { ...ONE_REQUEST, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer: Answer = { status: response.status, headers: response.headers, body: await response.json() };
  expect(Object.keys(answer.body)).toEqual(['code', 'msg', 'data']);
  expect(answer.body.code).toBe(answer.status);
  if (answer.status === 200) {
    expect(answer.body.msg).toBe('success');
    const operation = OPERATIONS[`${method} ${path.split('?', 1)[0]}`];
    if (operation) fitsData(schemasOf(operation).data, answer.body.data);
  } else expect(answer.body.data).toBeNull();
  return answer;
}

export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

/** Status and word of a gateway's answer, without its sentence. */
export const said = ({ status, body }: Answer): string => `${status} ${(body.msg as string).split(':', 1)[0]}`;
