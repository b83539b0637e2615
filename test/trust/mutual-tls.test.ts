import { X509Certificate } from 'node:crypto';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import type { RecordStores } from '../../src/ports/storage.js';
import { factoryRecord } from '../../src/records/factory-record.js';
import { caOf, startTlsCloud, type TlsCloud } from '../cloud/support/tls.js';
import { LiveBoard } from '../support/live-board.js';
import { bundleEngine, withoutXs } from '../xs/engines.js';

const text = createNodeText();
/** A cloud whose boards come back at once. */
const startCloud = (): Promise<TlsCloud> => startTlsCloud({ reconnectSpread: 0 });

/** The cloud knows that the board with that device id has a certificate. */
async function issue(t: TlsCloud, deviceId: string): Promise<void> {
  expect((await t.as('POST', '/certificates', { deviceId })).status).toBe(200);
}

/** What the factory gives the board of a serial number: a certificate for a device id. */
async function equip(stores: RecordStores, t: TlsCloud, serial: string, deviceId: string): Promise<string> {
  const { certificate, privateKey } = await t.cloud.tls.certifyClient({ kind: 'board', name: deviceId });
  factoryRecord(stores.secrets, text).write({
    serial,
    pop: 'MNBVCXZASDFG',
    certificate: [certificate.raw.toString('base64')],
    key: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  });
  return certificate.serialNumber;
}

describe.each(['Node', 'XS'])('a board on %s with a client certificate', (name) => {
  const skipped = name === 'XS' && withoutXs !== undefined;
  const open: LiveBoard[] = [];
  let engine: XsEngine | undefined;

  beforeAll(async () => {
    if (name === 'XS' && !skipped) engine = await bundleEngine();
  });

  afterEach(() => {
    for (const live of open.splice(0)) live.board.powerCut();
  });

  function boot(t: TlsCloud, stores: RecordStores): LiveBoard {
    const anchors = [new X509Certificate(caOf(t)).raw.toString('base64')];
    const live = new LiveBoard(t.cloud.tls.httpsUrl, { stores, anchors, engine });
    open.push(live);
    return live;
  }

  test.skipIf(skipped)(
    'is online by it, and once it is revoked loses its session at once and comes back no more',
    async () => {
      const t = await startCloud();
      const stores = createMemoryStores();
      const { deviceId } = await t.activate();
      const serialNumber = await equip(stores, t, 'AABBCCDDEEFF', deviceId);
      await issue(t, deviceId);
      const online = t.next('deviceOnline');
      const live = boot(t, stores);
      expect((await online).deviceId).toBe(deviceId);

      t.cloud.tls.revokeClient(serialNumber);
      const lost = await live.event('session_lost');
      expect(lost.data).toMatchObject({ kind: 'failed', reason: 'closed' });
      // It tries again, with longer and longer waits, and is told nothing but that.
      const from = live.events.length;
      for (let attempt = 0; attempt < 2; attempt++) {
        const again = await live.event('session_lost', () => true, attempt === 0 ? from : live.events.length);
        expect(again.data).toMatchObject({ kind: 'failed', reason: 'closed' });
        expect(again.data.retryMs).toBeLessThanOrEqual(2_000 * 2 ** attempt);
      }
      expect((await t.untilLogged('client_certificate_refused')).data).toEqual({ serialNumber, why: 'revoked' });
      expect(live.events.slice(from).some(({ data }) => (data as { to?: string }).to === 'online')).toBe(false);
      expect(live.crashes).toEqual([]);
    },
  );

  test.skipIf(skipped)('of another board is refused with its own credentials, and waits', async () => {
    const t = await startCloud();
    const stores = createMemoryStores();
    const other = await t.activate('OTHER');
    await issue(t, (await t.activate()).deviceId);
    await equip(stores, t, 'AABBCCDDEEFF', other.deviceId);
    const { data } = await boot(t, stores).event('session_lost');
    expect(data).toMatchObject({ kind: 'refused', reason: 'CONNACK 5' });
    expect(data.retryMs).toBeGreaterThanOrEqual(30_000);
  });

  test.skipIf(skipped)('of another CA does not come in', async () => {
    const [t, stranger] = [await startCloud(), await startCloud()];
    const stores = createMemoryStores();
    const { deviceId } = await t.activate();
    await equip(stores, stranger, 'AABBCCDDEEFF', deviceId);
    await issue(t, deviceId);
    const live = boot(t, stores);
    expect((await live.event('session_lost')).data).toMatchObject({
      kind: 'failed',
      reason: expect.stringMatching(/^closed$|^connect_failed$/),
    });
    expect((await t.untilLogged('tls_refused')).data).toMatchObject({ listener: 'mtls' });
    expect(live.crashes).toEqual([]);
  });

  test.skipIf(skipped)(
    'that its cloud knows nothing of is not asked for it, and comes in by the port for all',
    async () => {
      const [t, stranger] = [await startCloud(), await startCloud()];
      const stores = createMemoryStores();
      await equip(stores, stranger, 'AABBCCDDEEFF', 'dev_1');
      const live = boot(t, stores);
      await live.online();
      expect(live.events.some(({ name: event }) => event === 'session_lost')).toBe(false);
    },
  );

  test.skipIf(skipped)('that is damaged goes without it, over TLS', async () => {
    const t = await startCloud();
    const stores = createMemoryStores();
    await equip(stores, t, 'AABBCCDDEEFF', 'dev_1');
    const record = factoryRecord(stores.secrets, text);
    record.write({ ...record.read()!, key: 'AAAA' });
    const live = boot(t, stores);
    await live.online();
    expect(live.events.some(({ name: event }) => event === 'session_lost')).toBe(false);
  });
});
