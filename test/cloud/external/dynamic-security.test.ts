import { describe, expect, test } from 'vitest';
import type { ActivationAnswer, BrokerAddress } from '../../../host-sim/cloud/domain/activation.js';
import { createServices } from '../../../host-sim/cloud/domain/services.js';
import { activationSignature, boardKey } from '../../../host-sim/cloud/domain/signed-activation.js';
import { EventHub, Logger } from '../../../host-sim/cloud/events.js';
import {
  type ControlChannel,
  type ControlCommand,
  ControlLost,
  type ControlResponse,
} from '../../../host-sim/cloud/external/control-channel.js';
import { DynamicSecurity } from '../../../host-sim/cloud/external/dynamic-security.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { MemoryFiles } from '../../../host-sim/cloud/store/stored-files.js';
import { TestClock } from '../support/clock.js';
import { onCleanup } from '../support/fixture.js';
import { PRODUCTS } from '../support/products.js';

interface FakeClient {
  password: string;
  disabled: boolean;
  readonly clientid: string;
  roles: string[];
}

/** The plugin as far as the cloud uses it, with its own sentences; the real one is in another test. */
class FakePlugin implements ControlChannel {
  isOpen = true;
  /** What becomes of the next messages. */
  fate: 'answered' | 'lost before' | 'lost after' = 'answered';
  readonly clients = new Map<string, FakeClient>();
  readonly roles = new Map<string, unknown>();
  readonly log: string[] = [];
  #opened = () => {};

  onOpened(listener: () => void): void {
    this.#opened = listener;
  }

  open(): void {
    this.isOpen = true;
    this.fate = 'answered';
    this.#opened();
  }

  async request(commands: readonly ControlCommand[]): Promise<readonly ControlResponse[]> {
    await undefined;
    if (!this.isOpen) throw new ControlLost('away', false);
    if (this.fate === 'lost before') throw new ControlLost('lost', true);
    const answers = commands.map((command) => {
      this.log.push(`${command.command} ${command['username'] ?? command['rolename'] ?? ''}`);
      return this.#act(command);
    });
    if (this.fate === 'lost after') throw new ControlLost('lost', true);
    return answers;
  }

  // biome-ignore lint/suspicious/noExplicitAny: fields of every type
  #act({ command, username, password, rolename, clientid, acls, roles, offset }: any): ControlResponse {
    const client = this.clients.get(username);
    const names = (roles as { rolename: string }[] | undefined)?.map((role) => role.rolename) ?? [];
    switch (command) {
      case 'createRole':
        if (this.roles.has(rolename)) return { error: 'Role already exists' };
        this.roles.set(rolename, acls);
        return {};
      case 'modifyRole':
        if (!this.roles.has(rolename)) return { error: 'Role not found' };
        this.roles.set(rolename, acls);
        return {};
      case 'createClient':
        if (client) return { error: 'Client already exists' };
        this.clients.set(username, { password, clientid, disabled: false, roles: names });
        return {};
      case 'deleteRole':
        return this.roles.delete(rolename) ? {} : { error: 'Role not found' };
      case 'getDefaultACLAccess':
        return { data: { acls: [] } };
      case 'listClients':
        return { data: { clients: [...this.clients].slice(offset, offset + 100).map(listed) } };
      default:
    }
    if (!client) return { error: 'Client not found' };
    if (command === 'modifyClient') Object.assign(client, { password, roles: names });
    if (command === 'deleteClient') this.clients.delete(username);
    if (command === 'enableClient') client.disabled = false;
    if (command === 'disableClient') client.disabled = true;
    if (command === 'addClientRole') client.roles.push(rolename);
    return command === 'getClient' ? { data: { client: listed([username, client]) } } : {};
  }
}

function listed([username, { disabled, roles }]: [string, FakeClient]): object {
  return { username, ...(disabled && { disabled }), roles: roles.map((rolename) => ({ rolename })) };
}

const ADDRESS: BrokerAddress = { port: 1883, portTLS: 8883, portMTLS: () => undefined, reconnectSpreadS: 0 };
const CALLER = { host: 'cloud.example', isSecure: false };
const KEY = 'SW-SERVO-001';

async function openCloud() {
  const clock = new TestClock();
  const { environment } = clock;
  const database = await openDatabase(':memory:');
  const plugin = new FakePlugin();
  const log = new Logger({ log: () => {}, now: environment.now });
  const security = new DynamicSecurity({ channel: plugin, username: 'admin', environment, log });
  const services = createServices({
    database,
    environment,
    events: new EventHub({ onListenerError: () => {} }),
    log,
    signingKey: Buffer.alloc(32, 1),
    sealingKey: Buffer.alloc(32, 2),
    packageFiles: new MemoryFiles(),
    userFiles: new MemoryFiles(),
    boardAccess: security,
  });
  onCleanup(() => {
    security.close();
    services.writes.close();
    database.close();
  });
  services.products.seed(PRODUCTS);
  plugin.clients.set('admin', { password: 'x', clientid: '', disabled: false, roles: ['admin'] });
  security.start(services.stores.devices);
  const user = await services.users.register({ username: 'someone', password: 'password123' });
  const activate = async (deviceSN: string): Promise<ActivationAnswer> =>
    services.activation.activate({ productKey: KEY, deviceSN }, ADDRESS, CALLER);
  /** All that is under way has been said. */
  const settled = async () => {
    for (let turn = 0; turn < 20; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
  };
  return { clock, plugin, security, services, user, activate, settled };
}

describe('an activation', () => {
  test('is answered once the broker has the password, a role of the board alone, and its client id', async () => {
    const { plugin, activate } = await openCloud();
    const { mqtt, topics, deviceId } = await activate('A');
    expect(plugin.clients.get(mqtt.username)).toEqual({
      password: mqtt.password,
      clientid: mqtt.username,
      disabled: false,
      roles: [`smartlink:${mqtt.username}`],
    });
    const acls = plugin.roles.get(`smartlink:${mqtt.username}`) as { acltype: string; topic: string; allow: boolean }[];
    expect(acls.every(({ topic, allow }) => allow && topic.startsWith(`/sys/${KEY}/${deviceId}/`))).toBe(true);
    const topicsOf = (type: string) => acls.filter(({ acltype }) => acltype === type).map(({ topic }) => topic);
    expect(topicsOf('publishClientSend')).toEqual(expect.arrayContaining([topics.status, topics.propertySetReply]));
    expect(topicsOf('publishClientSend')).not.toContain(topics.propertySet);
    expect(topicsOf('subscribePattern')).toEqual([`/sys/${KEY}/${deviceId}/#`]);
  });

  test('again renews the password, whatever the broker remembers', async () => {
    const { plugin, activate } = await openCloud();
    const { mqtt: first } = await activate('A');
    plugin.clients.get(first.username)!.disabled = true;
    const { mqtt: second } = await activate('A');
    expect(second.username).toBe(first.username);
    expect(plugin.clients.get(second.username)).toMatchObject({ password: second.password, disabled: false });
    plugin.clients.delete(second.username);
    const { mqtt: third } = await activate('A');
    expect(plugin.clients.get(third.username)).toMatchObject({ password: third.password });
  });

  test('is refused where the broker is away, and nothing is changed', async () => {
    const { plugin, activate, services } = await openCloud();
    const { mqtt } = await activate('A');
    const stored = () => services.stores.devices.byId(mqtt.username.split('&')[1]!)?.password_hash;
    const before = stored();
    plugin.isOpen = false;
    await expect(activate('A')).rejects.toMatchObject({ word: 'broker_unavailable', status: 503, retryAfterS: 5 });
    await expect(activate('B')).rejects.toMatchObject({ word: 'broker_unavailable' });
    expect(stored()).toEqual(before);
    expect(services.activation.deviceId(KEY, 'B')).toBeUndefined();
    plugin.open();
    expect(plugin.clients.get(mqtt.username)?.password).toBe(mqtt.password);
    const again = await activate('B');
    expect(plugin.clients.has(again.mqtt.username)).toBe(true);
  });

  test.each(['lost before', 'lost after'] as const)(
    'whose answer is %s the broker acted leaves no password that nobody knows',
    async (fate) => {
      const { plugin, activate, settled } = await openCloud();
      const { mqtt } = await activate('A');
      plugin.fate = fate;
      await expect(activate('A')).rejects.toMatchObject({ word: 'broker_unavailable' });
      await expect(activate('B')).rejects.toMatchObject({ word: 'broker_unavailable' });
      plugin.open();
      await settled();
      // Both boards are refused, and activate again.
      expect([...plugin.clients.keys()]).toEqual(['admin']);
      expect([...plugin.roles.keys()].filter((name) => name.includes('&'))).toEqual([]);
      expect((await activate('A')).mqtt.username).toBe(mqtt.username);
      await activate('B');
      await settled();
      expect(plugin.clients.size).toBe(3);
    },
  );

  test('of one device at a time: who comes meanwhile is asked to come back', async () => {
    const { plugin, activate, settled } = await openCloud();
    const [first, second] = await Promise.allSettled([activate('A'), activate('A')]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: { word: 'broker_unavailable', retryAfterS: 1 } });
    await settled();
    expect(plugin.clients.size).toBe(2);
  });

  test('that is a replay of an older one is refused before the broker hears of it', async () => {
    const { plugin, services, settled } = await openCloud();
    const { productSecret } = services.products.update(KEY, { activationMode: 'signed' });
    const signed = async (counter: number) => {
      const random = `${counter.toString(16).padStart(16, '0')}0123456789abcdef`;
      const request = { productKey: KEY, deviceSN: 'A', random };
      const sign = activationSignature(boardKey(productSecret!, 'A'), request).toString('hex');
      return services.activation.activate({ ...request, sign }, ADDRESS, CALLER);
    };
    const { mqtt } = await signed(5);
    await settled();
    const before = plugin.log.length;
    for (const counter of [5, 4]) await expect(signed(counter)).rejects.toMatchObject({ word: 'forbidden' });
    await settled();
    expect(plugin.log).toHaveLength(before);
    expect(plugin.clients.get(mqtt.username)?.password).toBe(mqtt.password);
  });

  test('of a device that is deleted or disabled meanwhile is none', async () => {
    const { plugin, activate, services, user, settled } = await openCloud();
    const { deviceId: deleted, mqtt } = await activate('A');
    const activation = activate('A');
    services.devices.delete(user, deleted);
    await expect(activation).rejects.toMatchObject({ word: 'broker_unavailable' });
    const { deviceId: disabled } = await activate('B');
    const other = activate('B');
    services.devices.update(user, disabled, { status: 'disabled' }, 'en');
    await expect(other).rejects.toMatchObject({ word: 'device_disabled' });
    await settled();
    expect(plugin.clients.has(mqtt.username)).toBe(false);
    expect([...plugin.clients.keys()]).toEqual(['admin']);
  });
});

describe('what happens to a device', () => {
  test('happens at the broker: disabled, enabled, deleted; of its product as well', async () => {
    const { plugin, activate, services, user, settled } = await openCloud();
    const { deviceId, mqtt } = await activate('A');
    const state = async () => {
      await settled();
      const client = plugin.clients.get(mqtt.username);
      return client && (client.disabled ? 'disabled' : 'enabled');
    };
    services.devices.update(user, deviceId, { status: 'disabled' }, 'en');
    expect(await state()).toBe('disabled');
    services.products.update(KEY, { status: 0 });
    services.products.update(KEY, { status: 1 });
    expect(await state()).toBe('disabled');
    services.devices.update(user, deviceId, { status: 'online' }, 'en');
    expect(await state()).toBe('enabled');
    services.products.update(KEY, { status: 0 });
    expect(await state()).toBe('disabled');
    services.products.update(KEY, { status: 1 });
    expect(await state()).toBe('enabled');
    services.devices.delete(user, deviceId);
    expect(await state()).toBeUndefined();
    expect(plugin.roles.has(`smartlink:${mqtt.username}`)).toBe(false);
  });

  test('while the broker is away happens when it is back', async () => {
    const { plugin, activate, services, user, settled } = await openCloud();
    const boards = [await activate('A'), await activate('B'), await activate('C')];
    const [kept, disabled, deleted] = boards.map(({ mqtt }) => mqtt.username);
    plugin.isOpen = false;
    services.devices.update(user, boards[1]!.deviceId, { status: 'disabled' }, 'en');
    services.devices.delete(user, boards[2]!.deviceId);
    await settled();
    expect(plugin.clients.get(disabled!)?.disabled).toBe(false);
    plugin.open();
    await settled();
    expect(plugin.clients.get(kept!)?.disabled).toBe(false);
    expect(plugin.clients.get(disabled!)?.disabled).toBe(true);
    expect(plugin.clients.has(deleted!)).toBe(false);
  });

  test('is said again where the broker does not answer', async () => {
    const { clock, plugin, activate, services, user, settled } = await openCloud();
    const { deviceId, mqtt } = await activate('A');
    plugin.fate = 'lost before';
    services.devices.delete(user, deviceId);
    await settled();
    expect(plugin.clients.has(mqtt.username)).toBe(true);
    plugin.fate = 'answered';
    clock.advance(5_000);
    await settled();
    expect(plugin.clients.has(mqtt.username)).toBe(false);
  });
});

describe('after a connect', () => {
  test("the broker's list is made what the database says, and clients of others are left alone", async () => {
    const { clock, plugin, activate, services, user, settled } = await openCloud();
    const enabled = (await activate('A')).mqtt.username;
    const disabled = await activate('B');
    services.devices.update(user, disabled.deviceId, { status: 'disabled' }, 'en');
    await settled();
    plugin.clients.get(enabled)!.disabled = true;
    plugin.clients.get(disabled.mqtt.username)!.disabled = false;
    const client = (username: string, roles = [`smartlink:${username}`]) =>
      plugin.clients.set(username, { password: 'x', clientid: username, disabled: false, roles });
    for (let index = 0; index < 250; index += 1) client(`${KEY}&dev_stale${index}`);
    client('a&b', ['theirs']);
    client(`OTHER&${disabled.deviceId}`);
    plugin.open();
    await settled();
    expect(plugin.clients.get(enabled)?.disabled).toBe(false);
    expect(plugin.clients.get(disabled.mqtt.username)?.disabled).toBe(true);
    // Perhaps another process is just activating it.
    expect(plugin.clients.has(`${KEY}&dev_stale0`)).toBe(true);
    clock.advance(10_000);
    for (let round = 0; round < 5; round += 1) await settled();
    expect([...plugin.clients.keys()].sort()).toEqual(['a&b', 'admin', enabled, disabled.mqtt.username].sort());
  });

  test('and a while after another process has changed a board, in case that one ended before it told the broker', async () => {
    const { clock, plugin, security, activate, services, settled } = await openCloud();
    const [disabled, deleted] = [await activate('A'), await activate('B')];
    const { database } = services;
    database.prepare('UPDATE devices SET disabled = 1 WHERE device_id = ?').run(disabled.deviceId);
    database.prepare('DELETE FROM devices WHERE device_id = ?').run(deleted.deviceId);
    security.lookThroughSoon();
    security.lookThroughSoon();
    clock.advance(15_000);
    await settled();
    expect(plugin.log.filter((line) => line.startsWith('listClients'))).toHaveLength(2);
    expect(plugin.clients.get(disabled.mqtt.username)?.disabled).toBe(true);
    clock.advance(10_000);
    await settled();
    expect(plugin.clients.has(deleted.mqtt.username)).toBe(false);
  });

  test('the account of the cloud has what it needs', async () => {
    const { plugin, settled } = await openCloud();
    await settled();
    expect(plugin.clients.get('admin')?.roles).toEqual(['admin', 'smartlink-cloud']);
    const times = () => plugin.log.filter((line) => line === 'addClientRole admin').length;
    expect(times()).toBe(1);
    plugin.open();
    await settled();
    expect(times()).toBe(1);
  });
});
