import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { TestClock } from '../cloud/support/clock.js';
import { temporaryDirectory } from '../cloud/support/fixture.js';
import {
  asFiles,
  knock as knockAt,
  run,
  sClient,
  shownBy,
  startTlsCloud,
  type TlsCloud,
} from '../cloud/support/tls.js';
import { withoutMosquittoClients } from '../support/mosquitto.js';

const DAY_MS = 86_400_000;
const VERSIONS = ['-tls1_2', '-tls1_3'] as const;
/** Knocks at the mutual TLS listener. */
const knock = ({ cloud }: TlsCloud, ...args: string[]) => knockAt(cloud.tls.mtlsPort, ...args);

/** The arguments by which a program shows a client certificate of a cloud. */
async function certify(t: TlsCloud): Promise<{ readonly shown: string[]; readonly serialNumber: string }> {
  const identity = await t.cloud.tls.certifyClient({ kind: 'app', name: 'phone' });
  const { cert, key } = asFiles(shownBy(identity));
  return { shown: ['-cert', cert, '-key', key], serialNumber: identity.certificate.serialNumber };
}

describe.each(VERSIONS)('the mutual TLS listener, for openssl s_client %s', (version) => {
  test('opens with a client certificate of the CA, and not without', async () => {
    const t = await startTlsCloud();
    const { shown } = await certify(t);
    expect(await knock(t, version, ...shown)).toMatchObject({ opened: true });
    const without = await knock(t, version);
    expect(without.opened).toBe(false);
    expect(without.told).toMatch(/alert (certificate required|handshake failure)/);
  });

  test('stays shut with one of another CA, be it sent with its chain', async () => {
    const [t, other] = [await startTlsCloud(), await startTlsCloud()];
    const { shown } = await certify(other);
    for (const chain of [[], ['-cert_chain', other.cloud.tls.caFile]]) {
      expect(await knock(t, version, ...shown, ...chain)).toMatchObject({ opened: false });
    }
  });

  test('stays shut with one that has ended', async () => {
    const dataDir = temporaryDirectory();
    const { environment } = new TestClock(Date.now() - 366 * DAY_MS);
    const lastYear = await startTlsCloud({ dataDir, environment });
    const { shown } = await certify(lastYear);
    await lastYear.cloud.close();
    const t = await startTlsCloud({ dataDir });
    expect(await knock(t, version, ...shown)).toMatchObject({ opened: false });
  });

  test('stays shut with one that was revoked', async () => {
    const t = await startTlsCloud();
    const { shown, serialNumber } = await certify(t);
    t.cloud.tls.revokeClient(serialNumber);
    expect(await knock(t, version, ...shown)).toMatchObject({ opened: false });
  });

  describe('with a session that is taken up again', () => {
    const session = () => join(temporaryDirectory(), 'session.pem');

    test('opens as long as the certificate holds; then it is shut, without another handshake', async () => {
      const clock = new TestClock(Date.now());
      const t = await startTlsCloud({ environment: clock.environment });
      const [revoked, ended] = [await certify(t), await certify(t)];
      for (const [{ shown }, end] of [
        [revoked, () => t.cloud.tls.revokeClient(revoked.serialNumber)],
        [ended, () => clock.set(366 * DAY_MS)],
      ] as const) {
        const file = session();
        await knock(t, version, ...shown, '-sess_out', file);
        const again = await knock(t, version, ...shown, '-sess_in', file);
        expect(again.opened).toBe(true);
        expect(again.told).toMatch(/^Reused, TLS/m);
        end();
        const late = await knock(t, version, ...shown, '-sess_in', file);
        expect(late.opened).toBe(false);
        expect(late.told).toMatch(/^Reused, TLS/m);
      }
    });

    test('of another cloud is worth nothing', async () => {
      const [t, other] = [await startTlsCloud(), await startTlsCloud()];
      const { shown } = await certify(other);
      const file = session();
      expect(await knock(other, version, ...shown, '-sess_out', file)).toMatchObject({ opened: true });
      const { opened, told } = await knock(t, version, ...shown, '-sess_in', file);
      expect(opened).toBe(false);
      expect(told).not.toMatch(/^Reused, TLS/m);
    });
  });
});

describe('every listener', () => {
  /** Runs `openssl s_client` against each port. */
  async function each({ cloud }: TlsCloud, ...args: string[]): Promise<string[]> {
    const { httpsPort, mqttsPort, mtlsPort } = cloud.tls;
    const told = [];
    for (const port of [httpsPort, mqttsPort, mtlsPort]) told.push((await sClient(port, ...args)).output);
    return told;
  }

  test('sees through a client that was made to fall back to TLS 1.2 (RFC 7507)', async () => {
    for (const told of await each(await startTlsCloud(), '-tls1_2', '-fallback_scsv')) {
      expect(told).toMatch(/alert inappropriate fallback/);
    }
  });

  test('signs with no SHA-1', async () => {
    for (const told of await each(
      await startTlsCloud(),
      '-tls1_2',
      '-sigalgs',
      'ECDSA+SHA1',
      '-cipher',
      'ALL:@SECLEVEL=0',
    )) {
      expect(told).toMatch(/alert handshake failure/);
    }
  });

  test('compresses nothing, and takes no data before the handshake is done', async () => {
    const t = await startTlsCloud();
    for (const told of await each(t, '-tls1_2', '-comp')) expect(told).toContain('Compression: NONE');
    const { shown } = await certify(t);
    const { told } = await knock(t, '-tls1_3', ...shown);
    expect(told).toMatch(/Max Early Data: 0/);
  });

  test('has a certificate for its own names and for no other', async () => {
    const t = await startTlsCloud();
    const trust = ['-CAfile', t.cloud.tls.caFile, '-verify_return_error'];
    for (const [name, verdict] of [
      ['localhost', /Verify return code: 0 \(ok\)/],
      ['cloud.example', /verify error:num=62:hostname mismatch/i],
      ['sub.localhost', /verify error:num=62:hostname mismatch/i],
    ] as const) {
      for (const told of await each(t, ...trust, '-verify_hostname', name)) expect(told).toMatch(verdict);
    }
    for (const told of await each(t, ...trust, '-verify_ip', '127.0.0.1')) expect(told).toContain('code: 0 (ok)');
    for (const told of await each(t, ...trust, '-verify_ip', '127.0.0.2')) expect(told).toMatch(/IP address mismatch/);
  });
});

describe('curl', () => {
  test('reaches the API with TLS 1.2 and 1.3, and with nothing older', async () => {
    const { tls } = (await startTlsCloud()).cloud;
    const fetch = (...bounds: string[]) =>
      run('curl', '-sS', '--cacert', tls.caFile, ...bounds, `${tls.httpsUrl}/health`);
    expect(await fetch('--tlsv1.2', '--tls-max', '1.2')).toMatchObject({ code: 0 });
    expect(await fetch('--tlsv1.3')).toMatchObject({ code: 0 });
    // 35: the handshake failed.
    const old = ['--tlsv1.0', '--tls-max', '1.1', '--ciphers', 'DEFAULT:@SECLEVEL=0'];
    expect(await fetch(...old)).toMatchObject({ code: 35 });
  });
});

describe.skipIf(withoutMosquittoClients)('mosquitto_sub', () => {
  test('hears its board with the CA and TLS 1.2 or 1.3; by another name and with another CA it hears nothing', async () => {
    const [t, other] = [await startTlsCloud(), await startTlsCloud()];
    const activation = await t.activate();
    const { mqtt, topics } = activation;
    const board = await t.online(activation);
    await board.end();
    const subscribe = (host: string, ca: string, ...more: string[]) =>
      run(
        'mosquitto_sub',
        ...['-h', host, '-p', String(t.cloud.tls.mqttsPort), '--cafile', ca, '-C', '1', '-W', '5'],
        ...['-u', mqtt.username, '-P', mqtt.password, '-i', mqtt.clientId, '-t', topics.status, ...more],
      );
    const { caFile } = t.cloud.tls;
    for (const version of ['tlsv1.2', 'tlsv1.3']) {
      const told = await subscribe('localhost', caFile, '--tls-version', version);
      expect(told).toMatchObject({ code: 0, output: expect.stringContaining('"status":"offline"') });
    }
    expect((await subscribe('127.0.0.2', caFile)).code).not.toBe(0);
    expect((await subscribe('localhost', other.cloud.tls.caFile)).code).not.toBe(0);
  });
});
