import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { PrivateFiles } from '../data-directory.js';
import type { CloudEnvironment } from '../environment.js';
import { type Authority, endOf, startOf } from './authority.js';
import { makeEcKeys, privateKeyPem } from './keys.js';

const SERVER_FILE = 'server.key';
const DAY_MS = 86_400_000;
const LIFETIME_MS = 90 * DAY_MS;
/** A certificate that ends sooner than this is renewed. */
const RENEWED_AHEAD_MS = 30 * DAY_MS;

/** A key (PKCS#8, PEM) and its certificate. */
interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: X509Certificate;
}

interface ServerIdentityOptions {
  readonly authority: Authority;
  /** Where it is kept; absent: nowhere. */
  readonly directory: PrivateFiles | undefined;
  readonly environment: CloudEnvironment;
  /** Host names and IP addresses by which the cloud is called, now. */
  readonly names: () => readonly string[];
}

/** With what the listeners of a cloud show who they are: kept in the data directory, renewed before it ends. */
export class ServerIdentity {
  readonly #options: ServerIdentityOptions;
  #identity: KeyAndCertificate;

  private constructor(options: ServerIdentityOptions, identity: KeyAndCertificate) {
    this.#options = options;
    this.#identity = identity;
  }

  /** The identity that was kept, where it still serves, or a new one. @throws CloudStartError `data_dir_unwritable` */
  static open(options: ServerIdentityOptions): ServerIdentity {
    const { directory } = options;
    const kept = parse(directory?.read(SERVER_FILE));
    const serves = kept !== undefined && isFit(kept.certificate, options);
    return new ServerIdentity(options, serves ? kept : make(options));
  }

  get certificate(): X509Certificate {
    return this.#identity.certificate;
  }

  /** Key and certificate chain, PEM. */
  get pem(): { readonly key: string; readonly cert: string } {
    const { key, certificate } = this.#identity;
    return { key, cert: [certificate, ...this.#options.authority.intermediates].join('') };
  }

  /**
   * Makes a new identity where this one ends soon, has not begun, or lacks a name.
   * @returns whether it did
   * @throws CloudStartError `data_dir_unwritable`; the old one stays then
   */
  renew(): boolean {
    if (isFit(this.#identity.certificate, this.#options)) return false;
    this.#identity = make(this.#options);
    return true;
  }
}

function isFit(certificate: X509Certificate, { authority, environment, names }: ServerIdentityOptions): boolean {
  return (
    authority.made(certificate) &&
    // Made while the clock was ahead, it would be good for nothing until then.
    startOf(certificate) <= environment.now() &&
    endOf(certificate) - environment.now() > RENEWED_AHEAD_MS &&
    names().every((name) => (isIP(name) ? certificate.checkIP(name) : certificate.checkHost(name)) !== undefined)
  );
}

function make(options: ServerIdentityOptions): KeyAndCertificate {
  const { authority, directory, environment } = options;
  const names = options.names();
  const { publicKey, privateKey } = makeEcKeys();
  const subject = { commonName: 'SmartLink dev cloud' };
  const request = { subject, publicKey, use: { kind: 'server', names }, lifetimeMs: LIFETIME_MS } as const;
  const certificate = authority.certify(request, environment);
  const key = privateKeyPem(privateKey);
  directory?.writePrivate(SERVER_FILE, `${key}${certificate}`);
  return { key, certificate };
}

/** Undefined for what this program has not written: it is made anew, since nobody needs the old one. */
function parse(pem: string | undefined): KeyAndCertificate | undefined {
  if (pem === undefined) return undefined;
  try {
    const key = createPrivateKey(pem);
    const certificate = new X509Certificate(pem);
    return certificate.checkPrivateKey(key) ? { key: privateKeyPem(key), certificate } : undefined;
  } catch {
    return undefined;
  }
}
