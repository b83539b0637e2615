import { execFile, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudOptions } from '../../../host-sim/cloud/cloud.js';
import type { ClientIdentity } from '../../../host-sim/cloud/pki/client-certificates.js';
import { privateKeyPem } from '../../../host-sim/cloud/pki/keys.js';
import { startCloud, type TestCloud, temporaryDirectory } from './fixture.js';

export interface TlsCloud extends TestCloud {
  readonly cloud: TestCloud['cloud'] & { readonly tls: NonNullable<TestCloud['cloud']['tls']> };
}

/** A cloud that also listens with TLS, on free ports. */
export async function startTlsCloud(options: Partial<CloudOptions> = {}): Promise<TlsCloud> {
  return (await startCloud({ tls: { httpsPort: 0, mqttsPort: 0, mtlsPort: 0 }, ...options })) as TlsCloud;
}

/** What a program printed, and its exit code. */
export interface Told {
  readonly code: number;
  readonly output: string;
}

/** Runs a program to its end, with nothing on its standard input. */
export function run(program: string, ...args: string[]): Promise<Told> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { timeout: 60_000, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (child.exitCode ?? -1), output: stdout + stderr });
    });
    child.stdin?.end();
  });
}

/** `openssl s_client` against a port of the loopback; it ends when the handshake is done. */
export function sClient(port: number, ...args: string[]): Promise<Told> {
  return run('openssl', 's_client', '-connect', `127.0.0.1:${port}`, ...args);
}

/** CONNECT of MQTT 3.1.1, of somebody without a name. */
const CONNECT = Buffer.from('100e00044d5154540402000000026d65', 'hex');
/** CONNACK: bad user name or password. */
const CONNACK = Buffer.of(0x20, 2, 0, 4);

export interface Knock {
  /** Whether MQTT was answered, or the connection ended before. */
  readonly opened: boolean;
  /** What OpenSSL says about the handshake. */
  readonly told: string;
}

/** `openssl s_client` says CONNECT to a listener with MQTT: in TLS 1.3 a client is refused after its handshake. */
export function knock(port: number, ...args: string[]): Promise<Knock> {
  return new Promise((resolve) => {
    const address = `127.0.0.1:${port}`;
    const child = spawn('openssl', ['s_client', '-connect', address, '-ign_eof', ...args], { timeout: 60_000 });
    const output: Buffer[] = [];
    child.stdout.on('data', (data) => output.push(data));
    child.stderr.on('data', (data) => output.push(data));
    child.stdin.on('error', () => {});
    child.stdin.write(CONNECT);
    child.once('close', () => {
      const all = Buffer.concat(output);
      resolve({ opened: all.includes(CONNACK), told: all.toString('latin1') });
    });
  });
}

/** The certificate that the cloud's clients are to trust, PEM. */
export function caOf({ cloud }: TlsCloud): string {
  return readFileSync(cloud.tls.caFile, 'utf8');
}

/** What a client shows, PEM. */
export interface Shown {
  readonly cert: string;
  readonly key: string;
}

export function shownBy({ certificate, privateKey }: ClientIdentity): Shown {
  return { cert: certificate.toString(), key: privateKeyPem(privateKey) };
}

/** The same as arguments of programs that read files. */
export function asFiles({ cert, key }: Shown): { readonly cert: string; readonly key: string } {
  const folder = temporaryDirectory();
  const files = { cert: join(folder, 'client.pem'), key: join(folder, 'client.key') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  return files;
}

/** What OpenSSL finds in a PKCS #12 file: exactly as a person would ask it, so without `-legacy`. */
export async function unpack(
  pfx: string,
  password: string,
): Promise<Shown & { readonly all: string; readonly info: string }> {
  const file = join(temporaryDirectory(), 'client.p12');
  writeFileSync(file, Buffer.from(pfx, 'base64'));
  const read = async (...args: string[]) => {
    const { code, output } = await run('openssl', 'pkcs12', '-in', file, '-passin', `pass:${password}`, ...args);
    if (code !== 0) throw new Error(output);
    return output;
  };
  return {
    cert: await read('-clcerts', '-nokeys'),
    key: await read('-nocerts', '-noenc'),
    all: await read('-nokeys'),
    info: await read('-info', '-noout'),
  };
}
