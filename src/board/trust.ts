import { decodeBase64 } from '../core/base64.js';
import { checkCertificateChain } from '../core/certificate-chain.js';
import type { Crypto } from '../core/crypto.js';
import type { PublicKey } from '../core/public-key.js';
import type { Security } from '../net/connection.js';
import type { Host } from '../ports/host.js';
import type { TlsIdentity } from '../ports/socket.js';
import type { Diagnostics } from './diagnostics.js';
import type { WallClock } from './wall-clock.js';

export interface TrustOptions {
  readonly crypto: Crypto;
  readonly clock: WallClock;
  readonly diagnostics: Diagnostics;
  /** Base64 of the DER of each CA. */
  readonly anchors: readonly string[];
  readonly identity?: TlsIdentity | undefined;
}

/** Whom a board believes to be its cloud: the servers of an environment's own CAs. */
export class Trust implements Security {
  readonly identity: TlsIdentity | undefined;
  readonly #options: TrustOptions;

  constructor(options: TrustOptions) {
    this.#options = options;
    this.identity = options.identity;
  }

  judge(host: string, chain: readonly Uint8Array[]): PublicKey | undefined {
    const { crypto, clock, diagnostics, anchors } = this.#options;
    const verdict = checkCertificateChain(crypto, {
      chain,
      // Read when they are needed: it is rare, and they would take room all the time.
      anchors: anchors.map(decodeBase64).filter((der) => der !== undefined),
      host,
      nowMs: clock.nowMs(),
      isFloor: !clock.known,
    });
    if (verdict.trusted) return verdict.key;
    diagnostics.emit('warn', 'server_refused', { host, code: verdict.code, message: verdict.message });
    return undefined;
  }
}

/**
 * What a board trusts in its environment; `undefined` where that has no CA.
 * @param identity who the board is on a connection that asks for that
 */
export function trustOf(
  { crypto, settings }: Host,
  clock: WallClock,
  diagnostics: Diagnostics,
  identity: TlsIdentity | undefined,
): Trust | undefined {
  const { anchors = [] } = settings.environment;
  return anchors.length === 0 ? undefined : new Trust({ crypto, clock, diagnostics, anchors, identity });
}
