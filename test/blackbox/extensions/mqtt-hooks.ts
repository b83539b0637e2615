import { expect, test } from 'vitest';
import type { CloudProcess } from '../support/cloud-process.js';

const HOOK_SECRET = 'the secret of the hooks';

/** Flags for a broker on this machine that asks. */
export const HOOK_FLAGS = ['--mqtt-hook-from', '127.0.0.1,10.0.0.0/8', '--mqtt-hook-secret', HOOK_SECRET];

/** An MQTT broker beside the cloud that asks it who may connect, as the origin's does. */
export function mqttHooks(cloud: CloudProcess): void {
  test('an external broker asks who may connect, from where and with the secret that were configured', async () => {
    const { mqtt, topics } = await cloud.activate();
    const { username, password, clientId: clientid } = mqtt;
    const ask = async (path: string, body: object, secret = HOOK_SECRET) =>
      (await cloud.call('POST', `/mqtt/${path}`, body, { 'x-hook-secret': secret })).body;
    expect(await ask('auth', { username, password, clientid })).toEqual({ result: 'allow', is_superuser: false });
    expect(await ask('auth', { username, password: 'tk_wrong', clientid })).toEqual({
      result: 'deny',
      is_superuser: false,
    });
    const acl = { username, clientid, topic: topics['status'], action: 'publish' };
    expect(await ask('acl', acl)).toEqual({ result: 'allow', is_superuser: false });
    expect(await ask('acl', { ...acl, topic: '#', action: 'subscribe' })).toEqual({
      result: 'deny',
      is_superuser: false,
    });
    expect(await ask('auth', { username, password, clientid }, 'wrong')).toMatchObject({
      code: 401,
      message: 'unauthorized',
    });
  });
}
