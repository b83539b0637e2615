import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createMemoryStores } from '../../host-sim/host/memory-storage.js';
import { createNodeText } from '../../host-sim/host/node-text.js';
import type { XsEngine } from '../../host-sim/xs/engine.js';
import type { CertificateCode } from '../../src/core/certificate-error.js';
import { factoryRecord } from '../../src/records/factory-record.js';
import { caOf, startTlsCloud } from '../cloud/support/tls.js';
import { LiveBoard, type LiveBoardOptions } from '../support/live-board.js';
import { CA, type CertificateOptions, type Issued, server, TestPki } from '../support/pki.js';
import { PlainServer, SecureServer } from '../support/secure-server.js';
import { bundleEngine, withoutXs } from '../xs/engines.js';

const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);

describe.each(['Node', 'XS'])('a board on %s', (name) => {
  const skipped = name === 'XS' && withoutXs !== undefined;
  const pki = new TestPki();
  const ca = (subject: string, issuer?: Issued): Issued => pki.issue({ subject, extensions: CA }, issuer);
  const leaf = (issuer?: Issued, more: Partial<CertificateOptions> = {}): Issued =>
    pki.issue({ subject: 'localhost', extensions: server('DNS:localhost'), ...more }, issuer);
  const root = ca('Root');
  const open: { close(): void }[] = [];
  let engine: XsEngine | undefined;

  beforeAll(async () => {
    if (name === 'XS' && !skipped) engine = await bundleEngine();
  });

  afterEach(() => {
    for (const each of open.splice(0)) each.close();
  });

  afterAll(() => pki.close());

  function boot(apiUrl: string, options: Partial<LiveBoardOptions> = {}): LiveBoard {
    const live = new LiveBoard(apiUrl, { anchors: [base64(root.der)], engine, ...options });
    open.push({ close: () => live.board.powerCut() });
    return live;
  }

  async function listen(...args: Parameters<typeof SecureServer.listen>): Promise<SecureServer> {
    const listening = await SecureServer.listen(...args);
    open.push(listening);
    return listening;
  }

  /** An API that answers every activation with this broker. */
  function api(mqtt: object): Promise<SecureServer> {
    return listen([leaf(root)], {}, (heard) => (heard.endsWith('}') ? activationAnswer(mqtt) : undefined));
  }

  const IMPOSTORS: readonly [says: string, code: CertificateCode, chain: () => readonly Issued[]][] = [
    ['whose certificate is of another CA', 'untrusted', () => [leaf(ca('Stranger'))]],
    ['of another name', 'wrong_name', () => [leaf(root, { extensions: server('DNS:localhost.example') })]],
    ['whose certificate has expired', 'expired', () => [leaf(root, { notBefore: inDays(-20), notAfter: inDays(-1) })]],
    ['whose certificate is not yet valid', 'not_yet_valid', () => [leaf(root, { notBefore: inDays(2) })]],
    ['that signs for itself', 'untrusted', () => [leaf()]],
    ['that signs for itself and shows the genuine CA along', 'untrusted', () => [leaf(), root]],
    ['of a CA that has the name of the genuine one, shown along', 'bad_signature', () => [leaf(ca('Root')), root]],
    ['that leaves out the certificate between', 'untrusted', () => [leaf(ca('Between', root))]],
  ];

  describe.skipIf(skipped)('believes no server', () => {
    test.each(IMPOSTORS)('%s, and says nothing to it', async (_says, code, chain) => {
      const impostor = await listen(chain());
      const live = boot(`https://localhost:${impostor.port}`);
      expect((await live.event('server_refused')).data).toMatchObject({ host: 'localhost', code });
      expect((await live.event('activation_failed')).data).toMatchObject({ kind: 'broken', reason: 'untrusted' });
      expect(impostor.heard).toBe('');
      expect(live.crashes).toEqual([]);
    });

    test('that speaks no TLS 1.2', async () => {
      const old = await listen([leaf(root)], {
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'ALL:@SECLEVEL=0',
      });
      const live = boot(`https://localhost:${old.port}`);
      expect((await live.event('activation_failed')).data).toMatchObject({ reason: 'connect_failed' });
      expect(old.handshakes).toBe(0);
    });

    test('that speaks no TLS at all', async () => {
      const plain = await PlainServer.listen('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      open.push(plain);
      const live = boot(`https://localhost:${plain.port}`);
      expect((await live.event('activation_failed')).data).toMatchObject({ reason: 'connect_failed' });
      expect(plain.heard).not.toContain('activate');
    });
  });

  describe.skipIf(skipped)('with a CA never speaks MQTT in the clear', () => {
    test('where the cloud offers no TLS for it', async () => {
      const plain = await PlainServer.listen();
      open.push(plain);
      const { port } = await api({ server: '127.0.0.1', port: plain.port });
      const live = boot(`https://localhost:${port}`);
      const { reason } = (await live.event('activation_failed')).data;
      expect(reason).toContain('offers no MQTT over TLS');
      expect(plain.connections).toBe(0);
    });

    test('where nobody listens at the port for TLS, and somebody does beside it', async () => {
      const plain = await PlainServer.listen();
      const closed = await PlainServer.listen();
      open.push(plain);
      const { port } = await api({ server: '127.0.0.1', port: plain.port, portTLS: closed.port });
      closed.close();
      const live = boot(`https://localhost:${port}`);
      expect((await live.event('session_lost')).data).toMatchObject({ reason: 'connect_failed' });
      await live.event('session_lost', () => true, live.events.length);
      expect(plain.connections).toBe(0);
    });

    test('where an impostor has the port for TLS', async () => {
      const plain = await PlainServer.listen();
      open.push(plain);
      const impostor = await listen([leaf(root, { extensions: server('IP:127.0.0.2') })]);
      const { port } = await api({ server: '127.0.0.1', port: plain.port, portTLS: impostor.port });
      const live = boot(`https://localhost:${port}`);
      expect((await live.event('server_refused')).data).toMatchObject({ host: '127.0.0.1', code: 'wrong_name' });
      expect((await live.event('session_lost')).data).toMatchObject({ reason: 'untrusted' });
      expect(impostor.heard).toBe('');
      expect(plain.connections).toBe(0);
    });
  });

  test.skipIf(skipped)('without a CA does not reach a cloud at https, and says what is missing', async () => {
    const { port } = await listen([leaf(root)]);
    const live = boot(`https://localhost:${port}`, { anchors: [] });
    expect((await live.event('activation_failed')).data.reason).toContain('has no CA');
  });

  test.skipIf(skipped)('is online over TLS alone, and notices at once that its session is cut', async () => {
    const t = await startTlsCloud();
    const { httpsUrl } = t.cloud.tls;
    const live = boot(httpsUrl, { anchors: [base64(new X509Certificate(caOf(t)).raw)] });
    await live.online();
    const { list } = (await t.as('GET', '/devices')).body.data;
    expect(list).toMatchObject([{ status: 'online' }]);
    await t.cloud.close();
    expect((await live.event('session_lost')).data).toMatchObject({ reason: 'closed' });
    expect(live.crashes).toEqual([]);
  });
});

test('a board whose build knows no CA trusts that of its factory record, and only that', async () => {
  const pki = new TestPki();
  const root = pki.issue({ subject: 'Root', extensions: CA });
  const stranger = pki.issue({ subject: 'Stranger', extensions: CA });
  const impostor = await SecureServer.listen([
    pki.issue({ subject: 'localhost', extensions: server('DNS:localhost') }, stranger),
  ]);
  const t = await startTlsCloud();
  const made = (der: Uint8Array) => {
    const stores = createMemoryStores();
    const record = factoryRecord(stores.secrets, createNodeText());
    record.write({ serial: 'AABBCCDDEEFF', pop: 'ABCDEFGHJKLM', anchors: [base64(der)] });
    return stores;
  };
  const ours = new LiveBoard(t.cloud.tls.httpsUrl, { stores: made(new X509Certificate(caOf(t)).raw) });
  await ours.online();
  const fooled = new LiveBoard(`https://localhost:${impostor.port}`, { stores: made(root.der) });
  expect((await fooled.event('server_refused')).data).toMatchObject({ code: 'untrusted' });
  for (const { board } of [ours, fooled]) board.powerCut();
  impostor.close();
  pki.close();
});

function base64(der: Uint8Array): string {
  return Buffer.from(der).toString('base64');
}

function activationAnswer(mqtt: object): string {
  const topic = (name: string): string => `/sys/SW-SERVO-001/dev_1/${name}`;
  const data = {
    deviceId: 'dev_1',
    deviceSecret: 'a secret',
    mqtt: {
      username: 'SW-SERVO-001&dev_1',
      password: 'another',
      clientId: 'SW-SERVO-001&dev_1',
      keepAlive: 60,
      ...mqtt,
    },
    topics: {
      propertyPost: topic('thing/event/property/post'),
      propertySet: topic('thing/service/property/set'),
      status: topic('status'),
    },
  };
  const body = JSON.stringify({ code: 200, message: 'success', data });
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`;
}
