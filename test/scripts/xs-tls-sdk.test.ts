import { execFile, spawn } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server, type TlsOptions } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CA, type CertificateOptions, type Issued, server, TestPki } from '../support/pki.js';

const hasSdk = process.env['MODDABLE'] !== undefined;
if (!hasSdk) console.warn('skipped: the Moddable SDK is not installed, or $MODDABLE does not name it');

const ROOT = join(import.meta.dirname, '../..');
const BUILD_TIMEOUT_MS = 300_000;
const HOST = 'cloud.example';
const DAY_MS = 86_400_000;

interface Outcome {
  readonly outcome: 'talked' | 'failed';
  readonly detail: string;
  readonly judged: number;
  readonly received: number;
  readonly wrong: number;
}

interface Case {
  readonly chain: readonly Issued[];
  readonly anchors?: readonly Issued[];
  readonly serverName?: string;
  readonly identity?: Issued;
  readonly options?: TlsOptions;
  readonly echo?: number;
}

/** The adapter as it is linked for a chip, in a Linux program, against OpenSSL's servers. */
describe.skipIf(!hasSdk)('TLS of the SDK behind the guard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'smartlink-tls-'));
  const pki = new TestPki();
  const servers: Server[] = [];
  let outcomes = new Map<string, Outcome>();

  const ca = (subject: string, options: Partial<CertificateOptions> = {}, issuer?: Issued): Issued =>
    pki.issue({ subject, extensions: CA, ...options }, issuer);
  const serverOf = (options: Partial<CertificateOptions>, issuer?: Issued): Issued =>
    pki.issue({ subject: 'server', extensions: server(`DNS:${HOST}`, 'IP:127.0.0.1'), ...options }, issuer);

  function makeCases(): Record<string, Case> {
    const root = ca('Root');
    const rsaRoot = ca('RSA Root', { key: 'rsa2048' });
    const intermediate = ca('Intermediate', {}, root);
    const rsaBetween = ca('RSA Intermediate', { key: 'rsa3072' }, rsaRoot);
    const rsaBelow = ca('RSA Issuer', { key: 'rsa3072' }, rsaBetween);
    const ec = serverOf({}, root);
    const rsa = serverOf({ key: 'rsa2048' }, rsaRoot);
    const below = serverOf({}, intermediate);
    const long = serverOf({ key: 'rsa3072' }, rsaBelow);
    const forged = pki.issue({ subject: 'server', extensions: server(`DNS:${HOST}`) });
    const client = pki.issue(
      { subject: 'board', key: 'rsa2048', extensions: ['extendedKeyUsage=clientAuth'] },
      rsaRoot,
    );
    const stranger = pki.issue({ subject: 'board', key: 'rsa2048' }, ca('Others'));
    const asksClient: TlsOptions = { requestCert: true, rejectUnauthorized: true, ca: rsaRoot.pem };
    const anchors = [root];
    return {
      'an EC server': { chain: [ec], anchors },
      'an RSA server': { chain: [rsa], anchors: [rsaRoot] },
      'an address instead of a name': { chain: [ec], anchors, serverName: '127.0.0.1' },
      'an intermediate': { chain: [below, intermediate], anchors },
      'a chain of over 4 KB, in records of 4 KB': { chain: [long, rsaBelow, rsaBetween, rsaRoot], anchors: [rsaRoot] },
      '200 KB': { chain: [ec], anchors, echo: 200_000 },
      'mutual TLS': { chain: [ec], anchors, identity: client, options: asksClient },
      'mutual TLS, RSA on both sides': { chain: [rsa], anchors: [rsaRoot], identity: client, options: asksClient },
      'a certificate that is wished for, and not there': {
        chain: [ec],
        anchors,
        options: { ...asksClient, rejectUnauthorized: false },
      },
      'no client certificate': { chain: [ec], anchors, options: asksClient },
      "a client certificate of another CA's": { chain: [ec], anchors, identity: stranger, options: asksClient },
      'a self-signed server': { chain: [forged], anchors },
      'another CA': { chain: [ec], anchors: [rsaRoot] },
      'another name': { chain: [ec], anchors, serverName: 'other.example' },
      'an expired certificate': {
        chain: [
          serverOf({ notBefore: new Date(Date.now() - 9 * DAY_MS), notAfter: new Date(Date.now() - DAY_MS) }, root),
        ],
        anchors,
      },
      'a certificate of tomorrow': { chain: [serverOf({ notBefore: new Date(Date.now() + DAY_MS) }, root)], anchors },
      'a forged leaf before the genuine CA': { chain: [forged, root], anchors },
      'a leaf without its intermediate': { chain: [below], anchors },
      'a server of TLS 1.3 alone': { chain: [ec], anchors, options: { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } },
      'a server that wants other ciphers': {
        chain: [ec],
        anchors,
        options: { ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      },
    };
  }

  async function listen({ chain, options = {} }: Case): Promise<number> {
    const tls = createServer({
      key: chain[0]!.keyPem,
      cert: chain.map(({ pem }) => pem).join('\n'),
      ...options,
    });
    tls.on('tlsClientError', () => {});
    tls.on('secureConnection', (socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    });
    servers.push(tls);
    await new Promise<void>((resolve) => tls.listen(0, '127.0.0.1', resolve));
    return (tls.address() as { port: number }).port;
  }

  beforeAll(async () => {
    await promisify(execFile)('node', [join(ROOT, 'scripts/check-xs.mjs'), '--tls-probe', folder]);
    const program = join(folder, 'bin/lin/release/smartlink');
    const probes: unknown[] = [];
    for (const [name, one] of Object.entries(makeCases())) {
      const { chain, anchors = [], serverName = HOST, identity, echo = 100 } = one;
      const base64 = ({ der }: Issued): string => Buffer.from(der).toString('base64');
      const key = (pem: string): string =>
        createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' }).toString('base64');
      probes.push({
        ...{ name, port: await listen({ ...one, chain }), serverName, echo },
        anchors: anchors.map(base64),
        ...(identity && { identity: { certificates: [base64(identity)], key: key(identity.keyPem) } }),
      });
    }
    writeFileSync(join(folder, 'probes.json'), JSON.stringify(probes));
    const child = spawn(program, [join(folder, 'probes.json')], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 90_000,
    });
    let output = '';
    child.stdout.on('data', (data) => (output += data));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code, output).toBe(0);
    // The SDK's own traces have no end of line.
    const lines = output.match(/\{"name".*\}$/gm) ?? [];
    outcomes = new Map(lines.map((line) => JSON.parse(line)).map(({ name, ...outcome }) => [name, outcome]));
    expect(outcomes.size).toBe(lines.length);
  }, BUILD_TIMEOUT_MS);

  afterAll(() => {
    for (const one of servers) one.close();
    pki.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['an EC server', 100],
    ['an RSA server', 100],
    ['an address instead of a name', 100],
    ['an intermediate', 100],
    ['a chain of over 4 KB, in records of 4 KB', 100],
    ['200 KB', 200_000],
    ['mutual TLS', 100],
    ['mutual TLS, RSA on both sides', 100],
    ['a certificate that is wished for, and not there', 100],
  ])('talks: %s', (name, received) => {
    expect(outcomes.get(name)).toEqual({ outcome: 'talked', detail: '', judged: 1, received, wrong: 0 });
  });

  it.each([
    ['a self-signed server', 'untrusted'],
    ['another CA', 'untrusted'],
    ['another name', 'wrong_name'],
    ['an expired certificate', 'expired'],
    ['a certificate of tomorrow', 'not_yet_valid'],
    ['a forged leaf before the genuine CA', 'untrusted'],
    ['a leaf without its intermediate', 'untrusted'],
  ])('believes no server that should not be believed: %s', (name, detail) => {
    expect(outcomes.get(name)).toEqual({ outcome: 'failed', detail, judged: 1, received: 0, wrong: 0 });
  });

  it.each([
    ['a server of TLS 1.3 alone', 70, 0],
    ['a server that wants other ciphers', 40, 0],
  ])('fails once, and says why: %s', (name, alert, judged) => {
    const detail = `The server ended the handshake with alert ${alert}.`;
    expect(outcomes.get(name)).toEqual({ outcome: 'failed', detail, judged, received: 0, wrong: 0 });
  });

  it.each(['no client certificate', "a client certificate of another CA's"])('is refused by a server: %s', (name) => {
    expect(outcomes.get(name)).toMatchObject({ outcome: 'failed', judged: 1, received: 0 });
  });
});
