import type { Answer, TestCloud } from './fixture.js';

/** One request of somebody. */
export type Call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;

/** Makes an account and calls as it. */
export async function signUp(t: TestCloud, username: string): Promise<Call> {
  await t.call('POST', '/users/register', { username, password: 'password123' });
  const { token } = (await t.login({ name: username, password: 'password123' })).body.data;
  return (method, path, body, headers) => t.call(method, path, body, { authorization: `Bearer ${token}`, ...headers });
}

/** Makes an API key and calls with it. */
export async function withApiKey(t: TestCloud, call: Call): Promise<{ call: Call; keyId: string }> {
  const { keyId, apiKey, apiSecret } = (await call('POST', '/users/api-keys', { description: 'test' })).body.data;
  return {
    keyId,
    call: (method, path, body, headers) =>
      t.call(method, path, body, { 'x-api-key': apiKey, 'x-api-secret': apiSecret, ...headers }),
  };
}

/** Code and word of an answer. */
export const words = (answer: Answer): string => `${answer.body.code} ${answer.body.message}`;
