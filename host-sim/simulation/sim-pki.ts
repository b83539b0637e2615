import type { X509Certificate } from 'node:crypto';
import type { PrivateFiles } from '../cloud/data-directory.js';
import type { CloudEnvironment } from '../cloud/environment.js';
import type { Authority } from '../cloud/pki/authority.js';
import { openAuthority, rotateAuthority } from '../cloud/pki/authority-files.js';
import { makeEcKeys } from '../cloud/pki/keys.js';
import { ServerIdentity } from '../cloud/pki/server-identity.js';
import { serverNames } from '../cloud/pki/server-names.js';
import type { TlsCredentials } from '../world/tls-peer.js';

/** What a certificate says of the times in which it holds, and for whom. */
export interface Certifying {
  readonly names: readonly string[];
  /** When it is made, and for how long it holds from then on, ms. */
  readonly atMs: number;
  readonly lifetimeMs: number;
}

export interface SimPkiOptions {
  readonly environment: CloudEnvironment;
  /** By what names the cloud is called. */
  readonly host: string;
  readonly publicHost: string;
  /** When the certificate was made that it begins with, ms. */
  readonly madeMs: number;
}

/** Keys and certificates of a cloud, in its folder in memory, as the cloud itself makes them. */
export class SimPki {
  readonly #options: SimPkiOptions;
  readonly #texts = new Map<string, string>();
  readonly files: PrivateFiles = {
    file: (name) => name,
    read: (name) => this.#texts.get(name),
    writePrivate: (name, text) => {
      this.#texts.set(name, text);
    },
    writeFirst: (name, text) => {
      if (this.#texts.has(name)) return false;
      this.#texts.set(name, text);
      return true;
    },
  };

  constructor(options: SimPkiOptions) {
    this.#options = options;
    const environment = this.#at(options.madeMs);
    const { authority } = openAuthority(this.files, environment);
    ServerIdentity.open({ authority, directory: this.files, environment, names: () => this.names });
  }

  /** Whose certificates the cloud has. */
  get authority(): Authority {
    return openAuthority(this.files, this.#options.environment).authority;
  }

  /** Its names in a server certificate. */
  get names(): readonly string[] {
    return serverNames(this.#options);
  }

  get environment(): CloudEnvironment {
    return this.#options.environment;
  }

  /** What boards are given to trust: base64 of DER. */
  get anchor(): string {
    return base64(this.authority.certificate);
  }

  /** Puts a new authority into the place of the present one; for a cloud that is down. The one before the present one is forgotten. */
  rotate(): void {
    rotateAuthority(this.files, this.authority, this.#options.environment);
  }

  /** Credentials that an authority vouches for; by default the cloud's. */
  certify({ names, atMs, lifetimeMs }: Certifying, authority = this.authority): TlsCredentials {
    const { publicKey, privateKey } = makeEcKeys();
    const subject = { commonName: 'SmartLink dev cloud' };
    const request = { subject, publicKey, use: { kind: 'server', names }, lifetimeMs } as const;
    const certificate = authority.certify(request, this.#at(atMs));
    const chain = [certificate, ...authority.intermediates].map(({ raw }) => Uint8Array.from(raw));
    return { chain, key: privateKey };
  }

  #at(atMs: number): CloudEnvironment {
    return { ...this.#options.environment, now: () => atMs };
  }
}

function base64(certificate: X509Certificate): string {
  return certificate.raw.toString('base64');
}
