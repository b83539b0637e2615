import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyPairKeyObjectResult, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type KeyKind = 'p256' | 'p384' | 'rsa1024' | 'rsa2048' | 'rsa3072' | 'rsa2048e3' | 'ed25519';

export interface CertificateOptions {
  /** As `openssl -subj` has it; a common name alone may be given without `/CN=`. */
  subject: string;
  /** Default: `p256`. */
  key?: KeyKind;
  /** Keys of one kind and name are the same. Default: another key each time. */
  keyName?: string;
  /** Lines of an OpenSSL extension section, beside the key identifiers that each gets; `CA` and `server` are ready-made. */
  extensions?: readonly string[];
  /** Default: a day ago, and in a year. */
  notBefore?: Date;
  notAfter?: Date;
  /** Default: `sha256`. */
  digest?: string;
}

/** A certificate, and what is needed to issue others with it. */
export interface Issued {
  readonly der: Uint8Array;
  readonly pem: string;
  readonly keyPem: string;
  readonly file: string;
  readonly keyFile: string;
}

const DAY_MS = 86_400_000;

const KEY_IDENTIFIERS = ['subjectKeyIdentifier=hash', 'authorityKeyIdentifier=keyid'];

/** What makes a certificate a CA's. */
export const CA = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'] as const;

/** What makes a certificate that of a server of these names (`DNS:…`, `IP:…`). */
export function server(...names: string[]): string[] {
  return [
    'basicConstraints=critical,CA:FALSE',
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=serverAuth',
    ...(names.length === 0 ? [] : [`subjectAltName=${names.join(',')}`]),
  ];
}

/** Makes keys and certificates with the `openssl` of the machine, in a folder of its own. */
export class TestPki {
  readonly folder = mkdtempSync(join(tmpdir(), 'smartlink-pki-'));
  readonly #keys = new Map<string, string>();
  #count = 0;

  constructor() {
    writeFileSync(
      join(this.folder, 'ca.cnf'),
      [
        '[ca]',
        'default_ca=this',
        '[this]',
        `database=${join(this.folder, 'index.txt')}`,
        `new_certs_dir=${this.folder}`,
        'unique_subject=no',
        'rand_serial=yes',
        'policy=any',
        'default_md=sha256',
        'preserve=yes',
        '[any]',
        'commonName=optional',
        '[req]',
        'distinguished_name=dn',
        '[dn]',
      ].join('\n'),
    );
    writeFileSync(join(this.folder, 'index.txt'), '');
  }

  /** Issues a certificate; without an issuer it signs itself. */
  issue(options: CertificateOptions, issuer?: Issued): Issued {
    const number = ++this.#count;
    const path = (name: string): string => join(this.folder, `${number}.${name}`);
    const keyFile = this.#keyFile(options.key ?? 'p256', options.keyName ?? `${number}`);
    const subject = options.subject.startsWith('/') ? options.subject : `/CN=${options.subject}`;
    const config = join(this.folder, 'ca.cnf');
    this.openssl('req', '-new', '-config', config, '-key', keyFile, '-subj', subject, '-out', path('csr'));
    writeFileSync(path('ext'), ['[ext]', ...KEY_IDENTIFIERS, ...(options.extensions ?? [])].join('\n'));
    const { notBefore = new Date(Date.now() - DAY_MS), notAfter = new Date(Date.now() + 365 * DAY_MS) } = options;
    this.openssl(
      ...['ca', '-batch', '-notext', '-config', config, '-in', path('csr'), '-out', path('pem')],
      ...['-startdate', opensslDate(notBefore), '-enddate', opensslDate(notAfter)],
      ...['-md', options.digest ?? 'sha256'],
      ...['-extfile', path('ext'), '-extensions', 'ext'],
      ...(issuer === undefined
        ? ['-selfsign', '-keyfile', keyFile]
        : ['-cert', issuer.file, '-keyfile', issuer.keyFile]),
    );
    const pem = readFileSync(path('pem'), 'utf8');
    const der = Uint8Array.from(new X509Certificate(pem).raw);
    return { der, pem, keyPem: readFileSync(keyFile, 'utf8'), file: path('pem'), keyFile };
  }

  /** What `openssl verify` says of a chain, as a board would ask it; empty: it is trusted. */
  verify(question: {
    readonly chain: readonly Issued[];
    readonly anchors: readonly Issued[];
    readonly host: string;
    readonly atMs: number;
  }): string {
    const { chain, anchors, host, atMs } = question;
    const file = (name: string, certificates: readonly Issued[]): string => {
      const path = join(this.folder, name);
      writeFileSync(path, certificates.map(({ pem }) => pem).join('\n'));
      return path;
    };
    const isAddress = /^[0-9.]+$/.test(host);
    try {
      this.openssl(
        ...['verify', '-no-CApath', '-no-CAstore', '-partial_chain', '-purpose', 'sslserver'],
        ...['-attime', String(Math.floor(atMs / 1_000)), isAddress ? '-verify_ip' : '-verify_hostname', host],
        ...(anchors.length === 0 ? ['-no-CAfile'] : ['-CAfile', file('anchors.pem', anchors)]),
        ...['-untrusted', file('untrusted.pem', chain), chain[0]!.file],
      );
      return '';
    } catch (error) {
      const said = /error \d+ at .*/.exec(String((error as { stderr?: unknown }).stderr))?.[0];
      if (said === undefined) throw error;
      return said;
    }
  }

  openssl(...args: string[]): string {
    return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #keyFile(kind: KeyKind, name: string): string {
    const id = `${kind}-${name}`;
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const file = join(this.folder, `${id}.key`);
    writeFileSync(file, makeKey(kind));
    this.#keys.set(id, file);
    return file;
  }
}

function makeKey(kind: KeyKind): string {
  return makePair(kind).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

function makePair(kind: KeyKind): KeyPairKeyObjectResult {
  if (kind === 'p256' || kind === 'p384') {
    return generateKeyPairSync('ec', { namedCurve: kind === 'p256' ? 'P-256' : 'P-384' });
  }
  if (kind === 'ed25519') return generateKeyPairSync('ed25519');
  const [, bits, exponent] = /^rsa(\d+)(?:e(\d+))?$/.exec(kind)!;
  return generateKeyPairSync('rsa', { modulusLength: Number(bits), publicExponent: Number(exponent ?? 65_537) });
}

function opensslDate(date: Date): string {
  return date.toISOString().replace(/[-:T]|\.\d+/g, '');
}
