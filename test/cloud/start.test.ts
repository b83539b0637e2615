import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { timed } from '../support/timed.js';
import { onCleanup, startCloud, temporaryDirectory } from './support/fixture.js';
import { product } from './support/products.js';

const mode = (file: string) => statSync(file).mode & 0o777;

describe('the development account', () => {
  test('is generated at first start, told once, and kept for its owner only', async () => {
    const dataDir = join(temporaryDirectory(), 'new');
    // With the real password hash.
    const first = await startCloud({ dataDir, user: undefined, environment: undefined });
    const { username, password, passwordFile } = first.cloud.account;
    expect(password).toMatch(/^.{16,}$/);
    expect((await first.login({ name: username, password: password! })).status).toBe(200);
    expect(JSON.parse(readFileSync(passwordFile!, 'utf8'))).toEqual({ username, password });
    expect(mode(dataDir)).toBe(0o700);
    for (const file of ['account.json', 'jwt.key', 'cloud.sqlite', 'cloud.sqlite-wal'])
      expect(mode(join(dataDir, file))).toBe(0o600);
    expect(JSON.stringify(first.logged)).not.toContain(password);
    await first.cloud.close();

    const second = await startCloud({ dataDir, user: undefined, environment: undefined });
    expect(second.cloud.account).toEqual({ userId: 1, username, passwordFile });
    expect((await second.login({ name: username, password: password! })).status).toBe(200);
  });

  test('is made from its file where a kill came before the user was stored', async () => {
    const dataDir = temporaryDirectory();
    writeFileSync(join(dataDir, 'account.json'), '{"username":"dev","password":"kept-password"}');
    const t = await startCloud({ dataDir, user: undefined });
    expect((await t.login({ name: 'dev', password: 'kept-password' })).status).toBe(200);
  });

  test('can be given, also with a new password, which ends old logins', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir, user: { name: 'me', password: 'first-password' } });
    expect(first.cloud.account).toEqual({ userId: 1, username: 'me' });
    const { token } = (await first.login({ name: 'me', password: 'first-password' })).body.data;
    await first.cloud.close();
    expect(existsSync(join(dataDir, 'account.json'))).toBe(false);
    const second = await startCloud({ dataDir, user: { name: 'me', password: 'second-password' } });
    expect((await second.login({ name: 'me', password: 'first-password' })).status).toBe(401);
    expect((await second.login({ name: 'me', password: 'second-password' })).status).toBe(200);
    expect((await second.call('GET', '/users/me', undefined, { authorization: `Bearer ${token}` })).status).toBe(401);
  });

  test('tokens work over a restart', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    const { token } = (await first.login()).body.data;
    await first.cloud.close();
    const second = await startCloud({ dataDir });
    expect((await second.call('GET', '/users/me', undefined, { authorization: `Bearer ${token}` })).status).toBe(200);
  });
});

describe('a cloud that cannot start says why', () => {
  test.each(['api', 'mqtt'] as const)('the %s port is taken', async (listener) => {
    const { server, port } = await occupiedPort();
    await expect(startCloud({ [`${listener}Port`]: port })).rejects.toMatchObject({
      code: 'port_in_use',
      data: { port, listener },
    });
    server.close();
  });

  test.each(['https', 'mqtts', 'mtls'] as const)('the %s port is taken', async (listener) => {
    const { port } = await occupiedPort();
    const tls = { httpsPort: 0, mqttsPort: 0, mtlsPort: 0, [`${listener}Port`]: port };
    await expect(startCloud({ tls })).rejects.toMatchObject({ code: 'port_in_use', data: { port, listener } });
  });

  test('the host is not ours', async () => {
    await expect(startCloud({ host: '192.0.2.1' })).rejects.toMatchObject({
      code: 'listen_failed',
      data: { listener: 'mqtt', reason: 'EADDRNOTAVAIL' },
    });
  });

  test('the data directory is a file, or below one', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    await expect(startCloud({ dataDir: file })).rejects.toMatchObject({
      code: 'data_dir_unwritable',
      data: { dataDir: file },
    });
    await expect(startCloud({ dataDir: join(file, 'below') })).rejects.toMatchObject({ code: 'data_dir_unwritable' });
  });

  test('the data directory is there and may not be written', async () => {
    // To root, the mode of a folder is no hindrance: then it is one in which nobody can make a file.
    const root = process.getuid?.() === 0;
    const dataDir = root ? '/proc/self' : join(temporaryDirectory(), 'locked');
    if (!root) mkdirSync(dataDir, { mode: 0o500 });
    await expect(startCloud({ dataDir })).rejects.toMatchObject({
      code: 'data_dir_unwritable',
      data: { dataDir, reason: root ? expect.stringMatching(/^E[A-Z]+$/) : 'EACCES' },
    });
  });

  test('another cloud runs on the data directory; when it has ended, it is free', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    await expect(startCloud({ dataDir })).rejects.toMatchObject({ code: 'data_dir_in_use', data: { dataDir } });
    await first.cloud.close();
    await startCloud({ dataDir });
  });

  test('the signing key is not one', async () => {
    const dataDir = temporaryDirectory();
    writeFileSync(join(dataDir, 'jwt.key'), 'x');
    await expect(startCloud({ dataDir })).rejects.toMatchObject({ code: 'data_dir_corrupt' });
  });

  test('the database is of a newer program', async () => {
    const dataDir = temporaryDirectory();
    const database = new Sqlite(join(dataDir, 'cloud.sqlite'));
    database.pragma('user_version = 99');
    database.close();
    await expect(startCloud({ dataDir })).rejects.toMatchObject({ code: 'database_too_new', data: { version: 99 } });
  });

  test('another program has the database open', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir });
    await first.cloud.close();
    const file = join(dataDir, 'cloud.sqlite');
    const database = new Sqlite(file);
    database.exec('BEGIN IMMEDIATE');
    await expect(startCloud({ dataDir })).rejects.toMatchObject({ code: 'database_in_use', data: { file } });
    database.close();
    await startCloud({ dataDir });
  });

  test('and leaves nothing open', async () => {
    const dataDir = temporaryDirectory();
    const { server, port } = await occupiedPort();
    await expect(startCloud({ dataDir, apiPort: port })).rejects.toMatchObject({ code: 'port_in_use' });
    server.close();
    await startCloud({ dataDir });
  });
});

describe('a running cloud', () => {
  test('closes within a second, with boards connected and callers waiting, however often it is told to', async () => {
    const t = await startCloud();
    const activation = await t.activate();
    await t.online(activation);
    const other = await t.activate('B');
    const waiting = t
      .as('POST', `/devices/${other.deviceId}/control?wait=60000`, { action: 'trigger' })
      .catch(() => {});
    await t.as('GET', '/devices');
    const { tookMs } = await timed(async () => {
      const closing = t.cloud.close();
      expect(t.cloud.close()).toBe(closing);
      await closing;
    });
    expect(tookMs).toBeLessThan(1_000);
    await waiting;
    await expect(fetch(t.cloud.apiUrl)).rejects.toThrow();
  });

  test('several run in one process and know nothing of each other', async () => {
    const [one, two] = [await startCloud(), await startCloud()];
    const activation = await one.activate();
    await expect(two.connect(activation)).rejects.toMatchObject({ code: 4 });
    expect((await two.as('GET', '/devices')).body.data.total).toBe(0);
  });

  test('takes a changed definition over at start', async () => {
    const dataDir = temporaryDirectory();
    const first = await startCloud({ dataDir, products: [product('P', 'toggle')] });
    await first.cloud.close();
    const second = await startCloud({
      dataDir,
      products: [{ ...product('P', 'pulse'), category: 'changed' }, product('Q', 'toggle')],
    });
    const { list } = (await second.as('GET', '/products')).body.data;
    expect(list).toMatchObject([
      { productId: 1, productKey: 'P', controlMode: 'pulse', category: 'changed' },
      { productId: 2, productKey: 'Q' },
    ]);
  });

  test('a listener that throws is logged and hinders nobody', async () => {
    const t = await startCloud();
    t.cloud.events.on('deviceActivated', () => {
      throw new Error('mine');
    });
    const activated = t.next('deviceActivated');
    await t.activate();
    await activated;
    expect(t.logged.splice(0).map((event) => event.name)).toContain('event_listener_failed');
  });
});

function occupiedPort(): Promise<{ server: Server; port: number }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () =>
      resolve({ server, port: (server.address() as { port: number }).port }),
    );
    onCleanup(() => {
      server.close();
    });
  });
}
