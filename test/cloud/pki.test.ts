import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNodeEnvironment } from '../../host-sim/cloud/environment.js';
import { addressBytes } from '../../host-sim/cloud/pki/address-bytes.js';
import { Authority, certificatesIn } from '../../host-sim/cloud/pki/authority.js';
import { boardOf, certifyClient } from '../../host-sim/cloud/pki/client-certificates.js';
import { makeEcKeys } from '../../host-sim/cloud/pki/keys.js';
import { makePkcs12 } from '../../host-sim/cloud/pki/pkcs12.js';
import { serverNames } from '../../host-sim/cloud/pki/server-names.js';
import { temporaryDirectory } from './support/fixture.js';
import { run, startTlsCloud } from './support/tls.js';

const environment = createNodeEnvironment();
const DAY_MS = 86_400_000;

async function certifyServer(authority: Authority): Promise<X509Certificate> {
  const { publicKey } = makeEcKeys();
  const use = { kind: 'server', names: ['localhost', '127.0.0.1'] } as const;
  return authority.certify({ subject: { commonName: 'server' }, publicKey, use, lifetimeMs: DAY_MS }, environment);
}

/** What `openssl verify` says of a certificate, to one who trusts `anchor` and was sent `others`. */
function verify(
  certificate: X509Certificate,
  anchor: X509Certificate,
  others: readonly X509Certificate[] = [],
  purpose = 'sslserver',
) {
  const folder = temporaryDirectory();
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const sent = others.length === 0 ? [] : ['-untrusted', file('others', others.join(''))];
  const args = [
    '-x509_strict',
    '-no-CApath',
    '-no-CAstore',
    '-purpose',
    purpose,
    '-CAfile',
    file('anchor', anchor.toString()),
  ];
  return run('openssl', 'verify', ...args, ...sent, file('certificate', certificate.toString()));
}

describe('certificates', () => {
  test('are what OpenSSL takes, strictly, for servers and for clients, and for nothing else', async () => {
    const authority = Authority.make(environment);
    const server = await certifyServer(authority);
    const { certificate: client } = await certifyClient(authority, environment, { kind: 'app', name: 'phone' });
    expect((await verify(server, authority.certificate)).code).toBe(0);
    expect((await verify(client, authority.certificate, [], 'sslclient')).code).toBe(0);
    expect((await verify(client, authority.certificate)).output).toContain('unsuitable certificate purpose');
    expect((await verify(server, authority.certificate, [], 'sslclient')).output).toContain(
      'unsuitable certificate purpose',
    );
    expect((await verify(server, Authority.make(environment).certificate)).code).not.toBe(0);
  });

  test('have serial numbers of their own: positive, 126 random bits', async () => {
    const authority = Authority.make(environment);
    const serials = await Promise.all(
      Array.from({ length: 8 }, async () => (await certifyServer(authority)).serialNumber),
    );
    expect(new Set(serials).size).toBe(8);
    for (const serial of serials) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test('end with their authority at the latest', async () => {
    const authority = Authority.make(environment);
    const later = { ...environment, now: () => Date.now() + 3_600 * DAY_MS };
    const { certificate } = await certifyClient(authority, later, { kind: 'board', name: 'dev_a1b2c3d4' });
    expect(certificate.validTo).toBe(authority.certificate.validTo);
  });

  test('of boards have an RSA-2048 key and name the board, those of apps name none', async () => {
    const authority = Authority.make(environment);
    const board = await certifyClient(authority, environment, { kind: 'board', name: 'dev_a1b2c3d4' });
    expect(board.certificate.publicKey.asymmetricKeyType).toBe('rsa');
    expect(board.certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(2_048);
    expect(boardOf(board.certificate)).toBe('dev_a1b2c3d4');
    for (const name of ['dev_a1b2c3d4', 'x\nOU=board', 'x, OU=board', 'x+OU=board']) {
      const app = await certifyClient(authority, environment, { kind: 'app', name });
      expect(boardOf(app.certificate)).toBeUndefined();
    }
  });
});

describe('a rotation', () => {
  test('strands nobody: who trusts the old authority alone, or the new one alone, is led to it', async () => {
    const old = Authority.make(environment);
    const next = Authority.make(environment, old);
    const server = await certifyServer(next);
    expect((await verify(server, next.certificate)).code).toBe(0);
    expect((await verify(server, next.certificate, next.intermediates)).code).toBe(0);
    expect((await verify(server, old.certificate, next.intermediates)).code).toBe(0);
    expect((await verify(server, old.certificate)).output).toContain('unable to get local issuer certificate');
  });

  test('on a clock that is years ahead strands nobody when the clock is right again', async () => {
    const old = Authority.make(environment);
    const next = Authority.make({ ...environment, now: () => Date.now() + 2_000 * DAY_MS }, old);
    const server = await certifyServer(next);
    expect((await verify(server, next.certificate)).code).toBe(0);
    expect((await verify(server, old.certificate, next.intermediates)).code).toBe(0);
  });

  test('is kept whole in the text of the authority', async () => {
    const old = Authority.make(environment);
    const next = Authority.make(environment, old);
    const read = Authority.parse(next.toPem());
    expect(read.toPem()).toBe(next.toPem());
    expect(read.previous?.fingerprint256).toBe(old.certificate.fingerprint256);
    expect(read.made(await certifyServer(next))).toBe(true);
    expect(read.made(await certifyServer(old))).toBe(false);
  });

  test('after a rotation forgets the first', async () => {
    const first = Authority.make(environment);
    const second = Authority.make(environment, first);
    const third = Authority.make(environment, second);
    const server = await certifyServer(third);
    expect((await verify(server, second.certificate, third.intermediates)).code).toBe(0);
    expect((await verify(server, first.certificate, third.intermediates)).code).not.toBe(0);
  });

  test('cannot be put together of two', async () => {
    const [one, other] = [Authority.make(environment), Authority.make(environment)];
    const rotated = Authority.make(environment, one);
    const pem = rotated.toPem();
    const [own, bridge] = certificatesIn(pem).map(String);
    for (const wrong of [
      '',
      'nonsense',
      one.certificate.toString(),
      pem.replace(own!, other.certificate.toString()),
      pem.replace(bridge!, other.certificate.toString()),
      pem.replace(one.certificate.toString(), other.certificate.toString()),
      pem.replace(one.certificate.toString(), ''),
    ]) {
      expect(() => Authority.parse(wrong)).toThrow();
    }
  });
});

describe('a PKCS#12 file', () => {
  test('is opened by OpenSSL with its password, without -legacy, and by no other', async () => {
    const authority = Authority.make(environment);
    const { privateKey, certificate } = await certifyClient(authority, environment, {
      kind: 'app',
      name: 'phone',
    });
    const password = 'p4ss "word\' \\$';
    const path = join(temporaryDirectory(), 'phone.p12');
    writeFileSync(
      path,
      await makePkcs12({ name: 'phone', privateKey, certificates: [certificate, authority.certificate], password }),
    );
    const opened = await run('openssl', 'pkcs12', '-in', path, '-passin', `pass:${password}`, '-nodes');
    expect(opened.code).toBe(0);
    expect(createPrivateKey(opened.output).equals(privateKey)).toBe(true);
    const certificates = certificatesIn(opened.output).map(({ fingerprint256 }) => fingerprint256);
    expect(certificates).toEqual([certificate, authority.certificate].map(({ fingerprint256 }) => fingerprint256));
    const facts = await run('openssl', 'pkcs12', '-in', path, '-passin', `pass:${password}`, '-info', '-noout');
    expect(facts.output).toMatch(/MAC: sha256[\s\S]*PBES2, PBKDF2, AES-256-CBC[\s\S]*hmacWithSHA256/);
    expect((await run('openssl', 'pkcs12', '-in', path, '-passin', 'pass:other', '-nodes')).output).toContain(
      'invalid password',
    );
  });
});

describe('addresses in certificates', () => {
  test('are what a URL makes of them, whatever their form', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV6(),
          fc.ipV4().map((address) => `::ffff:${address}`),
        ),
        (address) => {
          fc.pre(isIPv6(address));
          const groups = [...addressBytes(address)]
            .map((byte) => byte.toString(16).padStart(2, '0'))
            .join('')
            .match(/.{4}/g)!;
          expect(new URL(`http://[${groups.join(':')}]`).hostname).toBe(new URL(`http://[${address}]`).hostname);
        },
      ),
    );
    expect(addressBytes('192.0.2.7')).toEqual(Uint8Array.of(192, 0, 2, 7));
  });

  test('are those of this machine where the cloud listens on all', () => {
    expect(serverNames({ host: '192.0.2.7' })).toEqual(['localhost', '127.0.0.1', '::1', '192.0.2.7']);
    expect(serverNames({ host: '127.0.0.1', publicHost: 'Desk.Local' })).toEqual([
      'localhost',
      '127.0.0.1',
      '::1',
      'desk.local',
    ]);
    expect(serverNames({ host: '127.0.0.1', publicHost: 'desk:8080' })).toEqual(['localhost', '127.0.0.1', '::1']);
    expect(serverNames({ host: '0.0.0.0' }).filter((name) => /^(0\.|::$|fe80)/.test(name))).toEqual([]);
  });
});

describe('the files of a cloud', () => {
  const mode = (file: string): number => statSync(file).mode & 0o777;

  test('are for their owner alone, and the same after a restart', async () => {
    const dataDir = join(temporaryDirectory(), 'new');
    const first = await startTlsCloud({ dataDir });
    expect(first.cloud.tls.caFile).toBe(join(dataDir, 'ca.pem'));
    const files = ['ca.key', 'ca.pem', 'server.key'];
    for (const file of files) expect(mode(join(dataDir, file))).toBe(0o600);
    const before = files.map((file) => readFileSync(join(dataDir, file), 'utf8'));
    expect(new X509Certificate(before[1]!).ca).toBe(true);
    expect(before[1]).not.toContain('KEY');
    await first.cloud.close();
    await (await startTlsCloud({ dataDir })).cloud.close();
    expect(files.map((file) => readFileSync(join(dataDir, file), 'utf8'))).toEqual(before);
    expect(JSON.stringify(first.logged)).not.toContain('PRIVATE');
  });

  test('are made anew where they can be, and said to be broken where not', async () => {
    const dataDir = temporaryDirectory();
    await (await startTlsCloud({ dataDir })).cloud.close();
    const pem = readFileSync(join(dataDir, 'ca.pem'), 'utf8');
    for (const file of ['ca.pem', 'server.key']) writeFileSync(join(dataDir, file), 'broken');
    await (await startTlsCloud({ dataDir })).cloud.close();
    expect(readFileSync(join(dataDir, 'ca.pem'), 'utf8')).toBe(pem);
    writeFileSync(join(dataDir, 'ca.key'), 'broken');
    await expect(startTlsCloud({ dataDir })).rejects.toMatchObject({
      code: 'data_dir_corrupt',
      data: { file: join(dataDir, 'ca.key') },
    });
  });

  test('hold no server certificate of a time to come: the clock was wrong when it was made', async () => {
    const dataDir = temporaryDirectory();
    await (await startTlsCloud({ dataDir })).cloud.close();
    rmSync(join(dataDir, 'server.key'));
    const ahead = { ...environment, now: () => Date.now() + 1_000 * DAY_MS };
    await (await startTlsCloud({ dataDir, environment: ahead })).cloud.close();
    await (await startTlsCloud({ dataDir })).cloud.close();
    const server = new X509Certificate(readFileSync(join(dataDir, 'server.key'), 'utf8'));
    expect(Date.parse(server.validFrom)).toBeLessThan(Date.now());
  });

  test('without a data directory are the CA certificate alone, until the cloud closes', async () => {
    const t = await startTlsCloud();
    const { caFile } = t.cloud.tls;
    expect(mode(dirname(caFile))).toBe(0o700);
    expect(readdirSync(dirname(caFile))).toEqual(['ca.pem']);
    await t.cloud.close();
    expect(existsSync(dirname(caFile))).toBe(false);
  });

  test('warn of an authority in its last year', async () => {
    const dataDir = temporaryDirectory();
    await (await startTlsCloud({ dataDir })).cloud.close();
    const late = { ...environment, now: () => Date.now() + 3_300 * DAY_MS };
    const t = await startTlsCloud({ dataDir, environment: late });
    expect(t.logged.map(({ name }) => name)).toContain('ca_ends');
  });
});
