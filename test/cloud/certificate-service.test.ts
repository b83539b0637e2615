import { describe, expect, test } from 'vitest';
import { type CertificateRequest, CertificateService } from '../../host-sim/cloud/domain/certificates.js';
import { Revocations } from '../../host-sim/cloud/domain/revocations.js';
import { createServices } from '../../host-sim/cloud/domain/services.js';
import type { UserView } from '../../host-sim/cloud/domain/users.js';
import { EventHub, Logger } from '../../host-sim/cloud/events.js';
import { CertificateStore } from '../../host-sim/cloud/store/certificate-store.js';
import { openDatabase } from '../../host-sim/cloud/store/database.js';
import { RevocationStore } from '../../host-sim/cloud/store/revocation-store.js';
import { MemoryFiles } from '../../host-sim/cloud/store/stored-files.js';
import { TestClock } from './support/clock.js';
import { onCleanup } from './support/fixture.js';
import { PRODUCTS } from './support/products.js';

const LIFETIME_MS = 365 * 86_400_000;

/** The service over a real database, with an authority that makes nothing but serial numbers. */
async function start() {
  const database = await openDatabase(':memory:');
  onCleanup(() => {
    database.close();
  });
  const clock = new TestClock();
  const { environment } = clock;
  const now = () => environment.now();
  const services = createServices({
    database,
    environment,
    events: new EventHub({ onListenerError: () => {} }),
    log: new Logger({ log: () => {}, now }),
    signingKey: Buffer.alloc(32),
    sealingKey: Buffer.alloc(32),
    packageFiles: new MemoryFiles(),
    userFiles: new MemoryFiles(),
  });
  services.products.seed(PRODUCTS);
  const user = await services.users.ensure('user', 'password123');
  const other = await services.users.ensure('other', 'password123');
  const revocations = new Revocations({ store: new RevocationStore(database), now });
  let made = 0;
  const requests: CertificateRequest[] = [];
  const certificates = new CertificateService({
    store: new CertificateStore(database),
    revocations,
    access: services.access,
    environment,
    operatorId: user.userId,
    make: async (request) => {
      requests.push(request);
      await new Promise<void>((resolve) => setImmediate(resolve));
      made += 1;
      const serialNumber = `A${made}`;
      const pfx = Buffer.from('pfx');
      return { serialNumber, issuer: 'CA', notAfter: now() + LIFETIME_MS, pfx, password: 'password' };
    },
  });
  const board = (deviceSN: string) =>
    services.activation.register({ productKey: 'SW-SERVO-001', deviceSN, projectId: 'proj_default' });
  const issue = async (who: UserView, deviceId?: string): Promise<string> =>
    (await certificates.issue(who, { deviceId })).serialNumber;
  return { clock, services, certificates, revocations, user, other, board, issue, requests };
}

/** The words of those of many that were refused. */
async function refused(many: readonly Promise<unknown>[]): Promise<unknown[]> {
  const settled = await Promise.allSettled(many);
  return settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.word] : []));
}

test('a certificate is not issued to who closes his account while its key is made', async () => {
  const { services, certificates, other, issue } = await start();
  const issuing = issue(other);
  services.users.close(other.userId);
  await expect(issuing).rejects.toMatchObject({ word: 'unauthorized' });
  expect(certificates.list(other, { page: 1, size: 20 }).total).toBe(0);
});

describe('certificates that hold at once', () => {
  test('are 100 of a user’s apps; one that is revoked, or has ended, makes room', async () => {
    const { clock, certificates, user, other, board, issue } = await start();
    const issued = [];
    for (let count = 0; count < 100; count += 1) issued.push(await issue(user));
    await expect(issue(user)).rejects.toMatchObject({
      word: 'forbidden',
      detail: expect.stringContaining('revoke one'),
    });
    await issue(user, board('A'));
    await issue(other);
    certificates.revoke(user, issued[7]!);
    await issue(user);
    await expect(issue(user)).rejects.toMatchObject({ word: 'forbidden' });
    clock.advance(LIFETIME_MS);
    await issue(user);
  });

  test('are 10 of a board, whoever asks', async () => {
    const { user, other, board, issue } = await start();
    const deviceId = board('A');
    for (let count = 0; count < 10; count += 1) await issue(count % 2 === 0 ? user : other, deviceId);
    await expect(issue(user, deviceId)).rejects.toMatchObject({ word: 'forbidden' });
    await issue(user, board('B'));
  });

  test('are no more where many ask together', async () => {
    const { certificates, user, board, issue } = await start();
    const deviceId = board('A');
    expect(await refused(Array.from({ length: 12 }, () => issue(user, deviceId)))).toEqual(['forbidden', 'forbidden']);
    expect(certificates.list(user, { page: 1, size: 20 }).total).toBe(10);
  });
});

describe('making keys', () => {
  test('is done one by one; beyond 64 that wait, who asks is told to come again', async () => {
    const { user, issue, requests } = await start();
    const many = Array.from({ length: 66 }, () => issue(user));
    expect(requests).toHaveLength(1);
    expect(await refused(many)).toEqual(['too_many_requests']);
    expect(requests).toHaveLength(65);
  });

  test('gives nothing to who has lost his right to the board meanwhile', async () => {
    const { services, certificates, user, board, issue } = await start();
    const deviceId = board('A');
    const issuing = issue(user, deviceId);
    services.devices.delete(user, deviceId);
    await expect(issuing).rejects.toMatchObject({ word: 'device_not_found' });
    expect(certificates.list(user, { page: 1, size: 20 }).total).toBe(0);
  });
});

test('a revocation is heard of before it returns, until nobody watches', async () => {
  const { certificates, revocations, user, issue } = await start();
  const heard: boolean[] = [];
  const serialNumber = await issue(user);
  const stop = revocations.watch(() => heard.push(revocations.isRevoked(serialNumber)));
  certificates.revoke(user, serialNumber);
  expect(heard).toEqual([true]);
  stop();
  certificates.revoke(user, await issue(user));
  expect(heard).toHaveLength(1);
});
