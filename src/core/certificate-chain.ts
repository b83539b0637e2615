import { equalBytes } from './bytes.js';
import { type Certificate, readCertificate } from './certificate.js';
import { type CertificateCode, CertificateError } from './certificate-error.js';
import { DIGITAL_SIGNATURE, KEY_CERT_SIGN } from './certificate-extensions.js';
import type { Crypto } from './crypto.js';
import { DerError } from './der.js';
import type { PublicKey } from './public-key.js';
import { isNameOf } from './server-name.js';
import { isEcdsaSignature, isRsaSignature } from './signature.js';

export interface ChainCheck {
  /** What the server sent: DER, its own certificate first, the others in any order; at most `MAX_CERTIFICATES`. */
  readonly chain: readonly Uint8Array[];
  /** DER of the CA certificates that are trusted, at the root or not. Their own signatures are not looked at. */
  readonly anchors: readonly Uint8Array[];
  /** The server as the URL has it: a host name or an IPv4 address. */
  readonly host: string;
  /** Epoch milliseconds. */
  readonly nowMs: number;
  /** Only the floor of the clock is known: it is `nowMs` or later. Then nothing can be too early. */
  readonly isFloor: boolean;
}

export type ChainVerdict =
  /**
   * `key` is the server's: what it signs in the handshake is to be verified with it. `untilMs`: the end of the first certificate on
   * the way that ends, epoch milliseconds.
   */
  | { readonly trusted: true; readonly key: PublicKey; readonly untilMs: number }
  /** `message`: a sentence for a person. */
  | { readonly trusted: false; readonly code: CertificateCode; readonly message: string };

/** Most certificates that a server may send, and most on the way from its own to a trust anchor, both included. */
export const MAX_CERTIFICATES = 4;

/** Signatures that one check verifies at most: each takes a chip some hundred milliseconds. */
const MAX_SIGNATURES = 8;

/**
 * Whether a server is the one that it should be (RFC 5280, 6): its certificate is for `host` and for servers, and there is a
 * way of issuers from it to a trust anchor, each of them a CA, within its time, and signing for the one below. Signatures are
 * verified from the anchor down, so no key is used that has not been vouched for.
 */
export function checkCertificateChain(crypto: Crypto, check: ChainCheck): ChainVerdict {
  return new PathSearch(crypto, check).run();
}

type Refusal = Extract<ChainVerdict, { trusted: false }>;

class PathSearch {
  readonly #crypto: Crypto;
  readonly #check: ChainCheck;
  /** What the server sent, but for its own. */
  #sent: Certificate[] = [];
  #anchors: Certificate[] = [];
  /** The way so far, the server's own first. */
  readonly #path: Certificate[] = [];
  #signatures = 0;
  /** Of the trust anchor that was found. */
  #anchorEndsMs = 0;
  /** What was in the way first. */
  #refusal: Refusal | undefined;

  constructor(crypto: Crypto, check: ChainCheck) {
    this.#crypto = crypto;
    this.#check = check;
  }

  run(): ChainVerdict {
    const { chain, anchors } = this.#check;
    if (chain.length === 0) return refusal('malformed', 'The server sent no certificate.');
    if (chain.length > MAX_CERTIFICATES) {
      return refusal('unsupported', `The server sent over ${MAX_CERTIFICATES} certificates.`);
    }
    const leaf = this.#try("The server's certificate", () => this.#readLeaf(chain[0]!));
    if (leaf === undefined) return this.#refusal!;
    this.#anchors = this.#readAll(anchors, 'A trusted CA certificate');
    this.#sent = this.#readAll(chain.slice(1), "A CA certificate of the server's");
    this.#path.push(leaf);
    if (this.#findWay()) return { trusted: true, key: leaf.key, untilMs: this.#firstEndMs() };
    return this.#refusal ?? refusal('untrusted', untrusted(leaf));
  }

  /** Goes on from the last certificate of the path; true once a trust anchor vouches for all of it. */
  #findWay(): boolean {
    const path = this.#path;
    const { issuer } = path[path.length - 1]!;
    for (const anchor of this.#anchors) {
      if (!equalBytes(anchor.subject, issuer)) continue;
      const isWay = this.#try('A trusted CA certificate', () => this.#mustIssue(anchor));
      if (!isWay || !this.#isSigned(anchor)) continue;
      this.#anchorEndsMs = anchor.notAfterMs;
      return true;
    }
    if (path.length + 1 >= MAX_CERTIFICATES) return false;
    for (const candidate of this.#sent) {
      if (!equalBytes(candidate.subject, issuer) || path.includes(candidate)) continue;
      if (!this.#try("A CA certificate of the server's", () => this.#mustIssue(candidate))) continue;
      path.push(candidate);
      if (this.#findWay()) return true;
      path.pop();
    }
    return false;
  }

  #firstEndMs(): number {
    let firstMs = this.#anchorEndsMs;
    for (const { notAfterMs } of this.#path) firstMs = Math.min(firstMs, notAfterMs);
    return firstMs;
  }

  #readLeaf(der: Uint8Array): Certificate {
    const leaf = readCertificate(der);
    const { isCa, keyUsage = DIGITAL_SIGNATURE, serverAuth, names } = leaf.extensions;
    if (isCa) throw new CertificateError('not_a_server', "is a CA's, not a server's");
    if (serverAuth === false || (keyUsage & DIGITAL_SIGNATURE) === 0) {
      throw new CertificateError('not_a_server', 'is not for servers: its key usage says so');
    }
    if (names === undefined || !isNameOf(names, this.#check.host)) {
      throw new CertificateError('wrong_name', `is not for ${this.#check.host}: its subjectAltName must name it`);
    }
    this.#mustBeValid(leaf);
    return leaf;
  }

  /** Whether it may be the issuer of the path's last certificate. @throws {CertificateError} it may not */
  #mustIssue(ca: Certificate): true {
    const { isCa, maxPathLength, keyUsage, serverAuth } = ca.extensions;
    // A trust anchor without keyUsage is trusted for what it is there for (as `openssl req -x509` makes them).
    const usage = keyUsage ?? (this.#anchors.includes(ca) ? KEY_CERT_SIGN : 0);
    if (!isCa || (usage & KEY_CERT_SIGN) === 0) {
      throw new CertificateError('not_a_ca', 'may not issue others: its basicConstraints and keyUsage must say so');
    }
    if (serverAuth === false) throw new CertificateError('not_a_ca', 'may not issue those of servers');
    if (maxPathLength !== undefined && this.#casInPath() > maxPathLength) {
      throw new CertificateError('path_too_long', `allows no more than ${maxPathLength} CAs below it`);
    }
    this.#mustBeValid(ca);
    return true;
  }

  /** CAs in the path; one that a CA issued for itself, with a new key, does not count (RFC 5280, 4.2.1.9). */
  #casInPath(): number {
    let count = 0;
    for (let at = 1; at < this.#path.length; at++) {
      const { subject, issuer } = this.#path[at]!;
      if (!equalBytes(subject, issuer)) count++;
    }
    return count;
  }

  #mustBeValid({ notBeforeMs, notAfterMs }: Certificate): void {
    const { nowMs, isFloor } = this.#check;
    if (nowMs > notAfterMs) throw new CertificateError('expired', `has expired on ${date(notAfterMs)}: renew it`);
    if (nowMs < notBeforeMs && !isFloor) {
      throw new CertificateError('not_yet_valid', `is valid from ${date(notBeforeMs)} on: check the clocks`);
    }
  }

  /** Whether the anchor signed for the path's last, that for the one below it, and so on. */
  #isSigned(anchor: Certificate): boolean {
    let { key } = anchor;
    for (let at = this.#path.length - 1; at >= 0; at--) {
      const certificate = this.#path[at]!;
      const who = at === 0 ? "The server's certificate" : "A CA certificate of the server's";
      if (!this.#try(who, () => this.#mustBeSigned(certificate, key))) return false;
      key = certificate.key;
    }
    return true;
  }

  #mustBeSigned({ tbs, signature, signedWith }: Certificate, key: PublicKey): true {
    if (signedWith === undefined) {
      throw new CertificateError('unsupported', 'is signed by something other than RSA or ECDSA with SHA-256');
    }
    if (this.#signatures === MAX_SIGNATURES) {
      throw new CertificateError('unsupported', `takes over ${MAX_SIGNATURES} signatures to verify`);
    }
    this.#signatures++;
    const isSigned =
      key.kind === 'rsa'
        ? signedWith === 'rsa' && isRsaSignature(this.#crypto, key, tbs, signature)
        : signedWith === 'ec' && isEcdsaSignature(this.#crypto, key, tbs, signature);
    if (!isSigned) throw new CertificateError('bad_signature', 'is not signed by the CA that it names');
    return true;
  }

  #readAll(ders: readonly Uint8Array[], who: string): Certificate[] {
    const certificates: Certificate[] = [];
    for (const der of ders) {
      const certificate = this.#try(who, () => readCertificate(der));
      if (certificate !== undefined) certificates.push(certificate);
    }
    return certificates;
  }

  /** What `step` gives; `undefined` where it finds a certificate wrong, which is kept as the reason if it is the first. */
  #try<T>(who: string, step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (error instanceof CertificateError) this.#refusal ??= refusal(error.code, `${who} ${error.message}.`);
      else if (error instanceof DerError)
        this.#refusal ??= refusal('malformed', `${who} is malformed: ${error.message}.`);
      else throw error;
      return undefined;
    }
  }
}

function refusal(code: CertificateCode, message: string): Refusal {
  return { trusted: false, code, message };
}

function untrusted({ subject, issuer }: Certificate): string {
  return equalBytes(subject, issuer)
    ? "The server's certificate is signed by itself: it must be signed by a CA that this board trusts."
    : "The server's certificate comes from no CA that this board trusts, or the server leaves out a certificate between.";
}

function date(ms: number): string {
  return new Date(ms).toISOString();
}
