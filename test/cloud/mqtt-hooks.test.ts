import { describe, expect, test } from 'vitest';
import { CloudStartError } from '../../host-sim/cloud/cloud.js';
import { startCloud, type TestCloud } from './support/fixture.js';
import { words } from './support/people.js';

const SECRET = 'hook-secret-0123456789';
const HOOKS = { addresses: ['127.0.0.1', '10.0.0.0/8'], secret: SECRET };

/** The hooks answer without envelope. */
async function ask(t: TestCloud, hook: 'auth' | 'acl', body: object, secret = SECRET): Promise<unknown> {
  const response = await fetch(`${t.cloud.apiUrl}/api/v1/mqtt/${hook}`, {
    method: 'POST',
    headers: { 'x-hook-secret': secret },
    body: JSON.stringify(body),
  });
  return response.json();
}

describe('hooks for an external MQTT broker', () => {
  test('are off by default', async () => {
    const t = await startCloud();
    expect(words(await t.call('POST', '/mqtt/auth', {}, { 'x-hook-secret': SECRET }))).toBe('404 not_found');
  });

  test('answer only to configured addresses with the secret', async () => {
    const t = await startCloud({ mqttHooks: HOOKS });
    expect(words(await t.call('POST', '/mqtt/auth', {}))).toBe('401 unauthorized');
    expect(words(await t.call('POST', '/mqtt/acl', {}, { 'x-hook-secret': 'wrong' }))).toBe('401 unauthorized');
    const far = await startCloud({ mqttHooks: { ...HOOKS, addresses: ['10.0.0.0/8', '::2', 'fd00::/8'] } });
    expect(words(await far.call('POST', '/mqtt/auth', {}, { 'x-hook-secret': SECRET }))).toBe('403 forbidden');
  });

  test('allow a board that shows its password, as the own broker does', async () => {
    const t = await startCloud({ mqttHooks: HOOKS });
    const { mqtt, deviceId } = await t.activate();
    const good = { username: mqtt.username, password: mqtt.password, clientid: mqtt.clientId };
    expect(await ask(t, 'auth', good)).toEqual({ result: 'allow', is_superuser: false });
    const { clientid, ...rest } = good;
    expect(await ask(t, 'auth', { ...rest, clientId: clientid })).toEqual({ result: 'allow', is_superuser: false });
    for (const bad of [
      {},
      rest,
      { ...good, password: 'tk_wrong' },
      { ...good, clientid: 'other' },
      { ...good, username: deviceId },
    ]) {
      expect(await ask(t, 'auth', bad)).toEqual({ result: 'deny', is_superuser: false });
    }
    await t.as('PUT', `/devices/${deviceId}`, { status: 3 });
    expect(await ask(t, 'auth', good)).toEqual({ result: 'deny', is_superuser: false });
  });

  test("allow a board its own topics, and nothing of another's", async () => {
    const t = await startCloud({ mqttHooks: HOOKS });
    const { mqtt, topics } = await t.activate('A');
    const other = await t.activate('B');
    const may = async (action: string, topic: string) => {
      const { username, clientId: clientid } = mqtt;
      return ((await ask(t, 'acl', { username, clientid, action, topic })) as { result: string }).result;
    };
    expect(await may('publish', topics.propertyPost)).toBe('allow');
    expect(await may('publish', topics.status)).toBe('allow');
    expect(await may('subscribe', topics.propertySet)).toBe('allow');
    expect(await may('publish', topics.propertySet)).toBe('deny');
    expect(await may('publish', other.topics.propertyPost)).toBe('deny');
    for (const filter of ['#', '/sys/#', other.topics.propertySet]) expect(await may('subscribe', filter)).toBe('deny');
    const stranger = { username: mqtt.username, clientid: 'x', action: 'publish', topic: topics.status };
    expect(await ask(t, 'acl', stranger)).toEqual({ result: 'deny', is_superuser: false });
    expect(await ask(t, 'acl', { username: mqtt.username })).toEqual({ result: 'deny', is_superuser: false });
  });

  test.each([
    ['a short secret', { ...HOOKS, secret: 'short' }],
    ['an address that is none', { ...HOOKS, addresses: ['localhost'] }],
  ])('do not start with %s', async (_name, mqttHooks) => {
    const failure = await startCloud({ mqttHooks }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CloudStartError);
    expect(failure).toMatchObject({ code: 'invalid_option' });
  });

  test.each(['10.0.0.0/33', '10.0.0.5/', '10.0.0.0/1e1', '10.0.0.0/0x8', '10.0.0.0/8/24', '10.0.0.0/-1', 'fd00::/129'])(
    'do not start with %s, which is no network',
    async (network) => {
      const failure = startCloud({ mqttHooks: { ...HOOKS, addresses: [network] } });
      await expect(failure).rejects.toMatchObject({ code: 'invalid_option' });
    },
  );
});
