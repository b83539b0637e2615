import { decodeBase64 } from '../core/base64.js';
import { checkCertificateChain } from '../core/certificate-chain.js';
import type { Crypto } from '../core/crypto.js';
import type { PublicKey } from '../core/public-key.js';
import type { Security } from '../net/connection.js';
import type { TlsIdentity } from '../ports/socket.js';
import type { Diagnostics } from './diagnostics.js';
import type { WallClock } from './wall-clock.js';

export interface TrustOptions {
  readonly crypto: Crypto;
  readonly clock: WallClock;
  readonly diagnostics: Diagnostics;
  /** By the clock, a certificate holds no more or not yet: either of the two is wrong. */
  readonly onTimeDoubted: () => void;
  /** Base64 of the DER of each CA of the environment that the board is in now. */
  readonly anchors: () => readonly string[] | undefined;
  readonly identity?: TlsIdentity | undefined;
}

/** Whom a board believes to be its cloud: the servers of its environment's own CAs. */
export class Trust implements Security {
  readonly identity: TlsIdentity | undefined;
  readonly #options: TrustOptions;

  constructor(options: TrustOptions) {
    this.#options = options;
    this.identity = options.identity;
  }

  /** Whether there is a CA to believe in; with one there is no way but over TLS. */
  get hasAnchors(): boolean {
    const anchors = this.#options.anchors();
    return anchors !== undefined && anchors.length > 0;
  }

  judge(host: string, chain: readonly Uint8Array[]): PublicKey | undefined {
    const { crypto, clock, diagnostics, anchors } = this.#options;
    const verdict = checkCertificateChain(crypto, {
      chain,
      // Read when they are needed: it is rare, and they would take room all the time.
      anchors: (anchors() ?? []).map(decodeBase64).filter((der) => der !== undefined),
      host,
      nowMs: clock.nowMs(),
      isFloor: !clock.known,
    });
    if (verdict.trusted) {
      clock.proven(verdict.untilMs);
      return verdict.key;
    }
    const { code, message } = verdict;
    diagnostics.emit('warn', 'server_refused', { host, code, message });
    if (code === 'expired' || code === 'not_yet_valid') this.#options.onTimeDoubted();
    return undefined;
  }
}
