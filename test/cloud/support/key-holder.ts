import type { TestCloud } from './fixture.js';
import { type Ask, askGateway } from './gateway.js';
import { signUp } from './people.js';

/** Asks a microservice as somebody with an API key, which holds however much time passes. */
export async function keyHolder(t: TestCloud, microservice: string, username: string): Promise<Ask> {
  const call = await signUp(t, username);
  const { apiKey, apiSecret } = (await call('POST', '/users/api-keys', {})).body.data;
  const credentials = { 'x-api-key': apiKey, 'x-api-secret': apiSecret };
  return (method, path, body) => askGateway(t, method, `/api/${microservice}${path}`, body, credentials);
}
