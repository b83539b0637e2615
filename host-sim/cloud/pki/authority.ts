import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { CloudEnvironment } from '../environment.js';
import { makeEcKeys, privateKeyPem } from './keys.js';
import { type CertificateUse, makeCertificate, type Subject } from './make-certificate.js';

const LIFETIME_MS = 3_650 * 86_400_000;
/** A clock that is a little behind shall not take what was just made for not yet valid. */
const BACKDATED_MS = 3_600_000;
const SERIAL_BYTES = 16;

/** What is left of the authority before, after a rotation. */
interface Previous {
  readonly certificate: X509Certificate;
  /** A cross-certificate: the present authority's key, signed by the previous one. Who trusts that one gets here by it. */
  readonly bridge: X509Certificate;
}

/** What is to be certified. */
export interface CertifyRequest {
  readonly subject: Subject;
  readonly publicKey: KeyObject;
  readonly use: CertificateUse;
  /** from now, ms; a certificate ends with its authority at the latest */
  readonly lifetimeMs: number;
}

/** A certificate authority: an EC P-256 key, its own certificate, and what is left of the authority before it. */
export class Authority {
  readonly certificate: X509Certificate;
  readonly #previous: Previous | undefined;
  readonly #privateKey: KeyObject;

  private constructor(certificate: X509Certificate, privateKey: KeyObject, previous: Previous | undefined) {
    this.certificate = certificate;
    this.#privateKey = privateKey;
    this.#previous = previous;
  }

  /** @param before the authority that it takes the place of: its key signs the bridge, and is needed no more */
  static make(environment: CloudEnvironment, before?: Authority): Authority {
    const { publicKey, privateKey } = makeEcKeys();
    const now = environment.now();
    const request = {
      subject: { commonName: `SmartLink CA ${environment.randomBytes(4).toString('hex')}` },
      publicKey,
      // Not later than that of the one before: a rotation on a clock that is ahead strands nobody when the clock is right again.
      notBefore: Math.min(now - BACKDATED_MS, before === undefined ? Infinity : startOf(before.certificate)),
    };
    const serial = () => environment.randomBytes(SERIAL_BYTES);
    const certificate = makeCertificate(
      // One may stand below it: the next, by its bridge.
      { ...request, use: { kind: 'authority', pathLength: 1 }, notAfter: now + LIFETIME_MS, serial: serial() },
      { certificate: undefined, privateKey },
    );
    if (before === undefined) return new Authority(certificate, privateKey, undefined);
    const notAfter = endOf(before.certificate);
    const bridge = makeCertificate(
      { ...request, use: { kind: 'authority', pathLength: 0 }, notAfter, serial: serial() },
      { certificate: before.certificate, privateKey: before.#privateKey },
    );
    return new Authority(certificate, privateKey, { certificate: before.certificate, bridge });
  }

  /** Reads what `toPem` wrote. @throws {Error} where it is anything else */
  static parse(pem: string): Authority {
    const privateKey = createPrivateKey(pem);
    const [certificate, bridge, previous] = certificatesIn(pem);
    if (!certificate?.ca || !certificate.checkPrivateKey(privateKey)) throw new Error('not an authority');
    if (bridge === undefined) return new Authority(certificate, privateKey, undefined);
    if (!previous || !bridge.checkPrivateKey(privateKey) || !isSigned(bridge, previous)) throw new Error('no bridge');
    return new Authority(certificate, privateKey, { certificate: previous, bridge });
  }

  /** Key and certificates. Whoever reads it can be this authority. */
  toPem(): string {
    const { certificate, bridge } = this.#previous ?? {};
    return [privateKeyPem(this.#privateKey), this.certificate, bridge ?? '', certificate ?? ''].join('');
  }

  /** The authority before this one, where boards may still know only that. */
  get previous(): X509Certificate | undefined {
    return this.#previous?.certificate;
  }

  /** Whose client certificates hold: its own, and those of the one before. */
  get trusted(): readonly X509Certificate[] {
    return this.#previous === undefined ? [this.certificate] : [this.certificate, this.#previous.certificate];
  }

  /** What goes along with each certificate that it makes, for those who know only the authority before. */
  get intermediates(): readonly X509Certificate[] {
    return this.#previous === undefined ? [] : [this.#previous.bridge];
  }

  /** Whether it made a certificate, with the key that it has now. */
  made(certificate: X509Certificate): boolean {
    return isSigned(certificate, this.certificate);
  }

  certify(request: CertifyRequest, environment: CloudEnvironment): X509Certificate {
    const { subject, publicKey, use, lifetimeMs } = request;
    const now = environment.now();
    const notAfter = Math.min(now + lifetimeMs, endOf(this.certificate));
    const serial = environment.randomBytes(SERIAL_BYTES);
    return makeCertificate(
      { subject, publicKey, use, serial, notBefore: now - BACKDATED_MS, notAfter },
      { certificate: this.certificate, privateKey: this.#privateKey },
    );
  }
}

/** The certificates of a PEM text, in order. @throws {Error} where one is none */
export function certificatesIn(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? []).map(
    (text) => new X509Certificate(text),
  );
}

/** The first moment of a certificate, ms since 1970. */
export function startOf(certificate: X509Certificate): number {
  return Date.parse(certificate.validFrom);
}

/** The last moment of a certificate, ms since 1970. */
export function endOf(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}

function isSigned(certificate: X509Certificate, by: X509Certificate): boolean {
  return certificate.checkIssued(by) && certificate.verify(by.publicKey);
}
