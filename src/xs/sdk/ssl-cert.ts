import { ProvenKey } from 'ecdsa';
import PKCS8, { type PrivateRsaKey } from 'pkcs8';
import type { PublicKey } from '../../core/public-key.js';
import type { TlsIdentity } from '../../ports/socket.js';

/** What a session's options tell of keys. */
export interface KeyRing {
  /** The key of the server that has been vouched for; `undefined`: none has. */
  readonly serverKey: PublicKey | undefined;
  /** The same, once its key exchange has been verified with it. */
  readonly provenKey: PublicKey | undefined;
  readonly identity: TlsIdentity | undefined;
}

/** Keys as the SDK's RSA and our ECDSA take them. */
export type EngineKey =
  | PrivateRsaKey
  | { readonly modulus: bigint; readonly exponent: bigint }
  | { readonly pub: ProvenKey };

/**
 * Stands in for the SDK's module of this name, which believes forged chains. It judges nothing: who the server is has been
 * decided before the engine sees a certificate, and without that there is no key.
 */
export default class CertificateManager {
  readonly #keys: KeyRing;

  constructor(options: { readonly keys: KeyRing }) {
    this.#keys = options.keys;
  }

  verify(): boolean {
    return this.#keys.serverKey !== undefined;
  }

  /** Nothing is kept of a server. */
  register(): void {}

  /** The certificates to show; the first of them is given to `getKey`. */
  findPreferredCert(): readonly Uint8Array[] {
    return this.#keys.identity?.certificates ?? [];
  }

  /** The private key of our own certificate; of any other the server's key. @throws {Error} where there is none */
  getKey(certificate: unknown): EngineKey {
    const { provenKey, identity } = this.#keys;
    if (identity !== undefined && certificate === identity.certificates[0]) return PKCS8.parse(identity.key.slice());
    if (provenKey === undefined) throw new Error('nobody has vouched for the server');
    if (provenKey.kind === 'ec') return { pub: new ProvenKey() };
    return { modulus: numberOf(provenKey.modulus), exponent: numberOf(provenKey.exponent) };
  }
}

/** The SDK reads whole buffers, not views. */
function numberOf(bytes: Uint8Array): bigint {
  return BigInt.fromArrayBuffer(bytes.slice().buffer);
}
