import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { withoutMosquittoClients } from '../support/mosquitto.js';
import { connectBoard } from './support/board.js';
import { TestClock } from './support/clock.js';
import { onCleanup, temporaryDirectory } from './support/fixture.js';
import { asFiles, caOf, run, type Shown, sClient, shownBy, startTlsCloud, type TlsCloud } from './support/tls.js';

const DAY_MS = 86_400_000;

/** A client certificate, and how to revoke it. */
async function certify(t: TlsCloud, kind: 'app' | 'board' = 'app', name = 'phone') {
  const identity = await t.cloud.tls.certifyClient({ kind, name });
  const { serialNumber } = identity.certificate;
  return { ...shownBy(identity), serialNumber, revoke: () => t.cloud.tls.revokeClient(serialNumber) };
}

/** An MQTT session on the listener, as the board of the activation. */
async function session(
  t: TlsCloud,
  { cert, key }: Partial<Shown>,
  activation?: Awaited<ReturnType<TlsCloud['activate']>>,
) {
  const tls = { ca: caOf(t), ...(cert && { cert }), ...(key && { key }) };
  const board = await connectBoard(t.cloud.tls.mtlsUrl, activation ?? (await t.activate()), { tls });
  onCleanup(() => board.end());
  return board;
}

describe('the listener for client certificates', () => {
  test('opens to one of the CA, in TLS 1.2 and 1.3, and then wants the usual login', async () => {
    const t = await startTlsCloud();
    const shown = await certify(t);
    const files = asFiles(shown);
    for (const version of ['-tls1_2', '-tls1_3']) {
      const told = await sClient(
        t.cloud.tls.mtlsPort,
        version,
        '-cert',
        files.cert,
        '-key',
        files.key,
        '-CAfile',
        t.cloud.tls.caFile,
      );
      expect(told).toMatchObject({ code: 0, output: expect.stringContaining('Verify return code: 0 (ok)') });
    }
    const activation = await t.activate();
    const board = await session(t, shown, activation);
    await board.subscribe(activation.topics.propertySet);
    const stranger = { ...activation, mqtt: { ...activation.mqtt, password: 'wrong' } };
    await expect(session(t, shown, stranger)).rejects.toMatchObject({ code: 4 });
  });

  test.skipIf(withoutMosquittoClients)('serves mosquitto_pub', async () => {
    const t = await startTlsCloud();
    const { mqtt, topics } = await t.activate();
    const { cert, key } = asFiles(await certify(t));
    const { caFile, mtlsPort } = t.cloud.tls;
    const publish = [
      '-h',
      'localhost',
      '-p',
      String(mtlsPort),
      '-u',
      mqtt.username,
      '-P',
      mqtt.password,
      '-i',
      mqtt.clientId,
      '-q',
      '1',
    ];
    const message = ['-t', topics.status, '-m', JSON.stringify({ status: 'online', time: Date.now() })];
    const online = t.next('deviceOnline');
    const told = await run('mosquitto_pub', ...publish, ...message, '--cafile', caFile, '--cert', cert, '--key', key);
    expect(told).toEqual({ code: 0, output: '' });
    await online;
    expect((await run('mosquitto_pub', ...publish, ...message, '--cafile', caFile)).code).not.toBe(0);
  });

  test('refuses who shows none, with the alert that says so', async () => {
    const t = await startTlsCloud();
    const told = await sClient(t.cloud.tls.mtlsPort, '-tls1_2');
    expect(told.output).toMatch(/alert handshake failure|alert certificate required/);
    await expect(session(t, {})).rejects.toThrow();
    expect((await t.untilLogged('tls_refused')).data).toEqual({
      listener: 'mtls',
      why: 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE',
    });
  });

  test('refuses one of another CA', async () => {
    const [t, other] = [await startTlsCloud(), await startTlsCloud()];
    await expect(session(t, await certify(other))).rejects.toThrow();
  });

  test('refuses one that nobody has signed', async () => {
    const t = await startTlsCloud();
    const folder = temporaryDirectory();
    const [cert, key] = [join(folder, 'cert'), join(folder, 'key')];
    await run(
      'openssl',
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      '/CN=me',
      '-keyout',
      key,
      '-out',
      cert,
    );
    await expect(session(t, { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') })).rejects.toThrow();
  });

  test("refuses the cloud's own certificate, which is for servers", async () => {
    const dataDir = temporaryDirectory();
    const t = await startTlsCloud({ dataDir });
    const pem = readFileSync(join(dataDir, 'server.key'), 'utf8');
    await expect(session(t, { cert: pem, key: pem })).rejects.toThrow();
  });

  test('refuses one that had expired before it started', async () => {
    const dataDir = temporaryDirectory();
    const { environment } = new TestClock(Date.now() - 366 * DAY_MS);
    const lastYear = await startTlsCloud({ dataDir, environment });
    const shown = await certify(lastYear);
    await lastYear.cloud.close();
    const t = await startTlsCloud({ dataDir });
    await expect(session(t, shown)).rejects.toThrow();
    // The server's own has been renewed.
    await session(t, await certify(t));
  });

  test('refuses one that expires, and ends the session that it had opened', async () => {
    const clock = new TestClock(Date.now());
    const t = await startTlsCloud({ environment: clock.environment });
    const shown = await certify(t);
    const activation = await t.activate();
    const tls = { ca: '', rejectUnauthorized: false, cert: shown.cert, key: shown.key };
    const board = await connectBoard(t.cloud.tls.mtlsUrl, activation, { tls });
    const closed = board.closed();
    clock.set(366 * DAY_MS);
    clock.advance(3_600_000);
    await closed;
    await expect(connectBoard(t.cloud.tls.mtlsUrl, activation, { tls })).rejects.toThrow();
    expect(t.logged.find(({ name }) => name === 'client_certificate_refused')?.data['why']).toBe('expired');
  });

  test('serves a board’s certificate to that board alone', async () => {
    const t = await startTlsCloud();
    const [one, other] = [await t.activate('A'), await t.activate('B')];
    const shown = await certify(t, 'board', one.deviceId);
    await expect(session(t, shown, other)).rejects.toMatchObject({ code: 5 });
    const board = await session(t, shown, one);
    await board.subscribe(one.topics.propertySet);
  });
});

describe('a certificate that is revoked', () => {
  test('opens nothing from then on, and its sessions end at once, no others', async () => {
    const t = await startTlsCloud();
    const [shown, others] = [await certify(t), await certify(t, 'app', 'tablet')];
    const activation = await t.activate('A');
    const board = await session(t, shown, activation);
    const otherActivation = await t.activate('B');
    const other = await session(t, others, otherActivation);
    const closed = board.closed();
    shown.revoke();
    await closed;
    await expect(session(t, shown, activation)).rejects.toThrow();
    await other.subscribe(otherActivation.topics.propertySet);
    expect((await t.untilLogged('client_certificate_refused')).data).toEqual({
      serialNumber: shown.serialNumber,
      why: 'revoked',
    });
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'does not come in by a session of %s that it opened before',
    async (version) => {
      const t = await startTlsCloud();
      const shown = await certify(t);
      const options = {
        port: t.cloud.tls.mtlsPort,
        ca: caOf(t),
        maxVersion: version,
        cert: shown.cert,
        key: shown.key,
      };
      const ticket = await new Promise<Buffer>((resolve, reject) => {
        const socket = connect(options);
        socket.once('session', resolve);
        socket.once('error', reject);
        onCleanup(() => {
          socket.destroy();
        });
      });
      const again = await opened(connect({ ...options, session: ticket }));
      expect(again.isSessionReused()).toBe(true);
      again.destroy();
      shown.revoke();
      const late = connect({ ...options, session: ticket });
      late.on('error', () => {});
      late.resume();
      await new Promise((resolve) => late.once('close', resolve));
      expect(t.logged.filter(({ name }) => name === 'client_certificate_refused').length).toBeGreaterThan(0);
    },
  );

  test('stays so over a restart', async () => {
    const dataDir = temporaryDirectory();
    const first = await startTlsCloud({ dataDir });
    const shown = await certify(first);
    shown.revoke();
    await first.cloud.close();
    const second = await startTlsCloud({ dataDir });
    await expect(session(second, shown)).rejects.toThrow();
    await session(second, await certify(second));
  });
});

function opened(socket: TLSSocket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}
