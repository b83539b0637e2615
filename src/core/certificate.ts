import { equalBytes, isHex } from './bytes.js';
import { CertificateError } from './certificate-error.js';
import { type Extensions, readExtensions } from './certificate-extensions.js';
import { readCertificateTime } from './certificate-time.js';
import { DerReader, Tag } from './der.js';
import { type PublicKey, readPublicKey } from './public-key.js';

/** A certificate (RFC 5280, 4.1) taken apart. Bytes are views of what was read; nothing has been verified. */
export interface Certificate {
  /** What is signed. */
  readonly tbs: Uint8Array;
  /** How, over SHA-256: by RSA (PKCS #1 v1.5) or ECDSA; `undefined`: by something that is not known here. */
  readonly signedWith: PublicKey['kind'] | undefined;
  readonly signature: Uint8Array;
  /** Big-endian, without a leading 0. */
  readonly serial: Uint8Array;
  /** DER of the names: they are compared byte by byte. */
  readonly issuer: Uint8Array;
  readonly subject: Uint8Array;
  /** Epoch milliseconds, both inclusive. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly key: PublicKey;
  readonly extensions: Extensions;
}

/** The longest certificate that is looked at, bytes. */
export const MAX_CERTIFICATE_BYTES = 4096;

const MAX_SERIAL_BYTES = 20;
const VERSION_TAG = 0xa0;
const EXTENSIONS_TAG = 0xa3;
const VERSION_3 = 2;
/** AlgorithmIdentifier sha256WithRSAEncryption with NULL (RFC 4055, 5). */
const RSA_SHA256 = '300d06092a864886f70d01010b0500';
/** AlgorithmIdentifier ecdsa-with-SHA256 (RFC 5758, 3.2). */
const ECDSA_SHA256 = '300a06082a8648ce3d040302';

/**
 * Reads the DER of a certificate of version 3, all of it.
 * @throws {CertificateError} where it has what is not known here, or contradicts itself
 * @throws {DerError}
 */
export function readCertificate(der: Uint8Array): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) {
    throw new CertificateError('unsupported', `has over ${MAX_CERTIFICATE_BYTES} bytes`);
  }
  const outer = new DerReader(der);
  const certificate = outer.inside(Tag.sequence);
  outer.end();
  const tbs = certificate.element(Tag.sequence);
  const algorithm = certificate.element(Tag.sequence);
  const signature = certificate.wholeBytes();
  certificate.end();

  const fields = new DerReader(tbs).inside(Tag.sequence);
  if (versionOf(fields) !== VERSION_3) throw new CertificateError('unsupported', 'is not of version 3');
  const serial = fields.unsigned();
  if (serial.length > MAX_SERIAL_BYTES) throw new CertificateError('malformed', 'has a serial number of over 20 bytes');
  if (!equalBytes(fields.element(Tag.sequence), algorithm)) {
    throw new CertificateError('malformed', 'names two signature algorithms');
  }
  const issuer = fields.element(Tag.sequence);
  const validity = fields.inside(Tag.sequence);
  const notBeforeMs = readCertificateTime(validity);
  const notAfterMs = readCertificateTime(validity);
  validity.end();
  const subject = fields.element(Tag.sequence);
  const key = readPublicKey(fields);
  const extensions = fields.more ? explicitExtensions(fields) : { isCa: false };
  fields.end();
  const signedWith = isHex(algorithm, RSA_SHA256) ? 'rsa' : isHex(algorithm, ECDSA_SHA256) ? 'ec' : undefined;
  return { tbs, signedWith, signature, serial, issuer, subject, notBeforeMs, notAfterMs, key, extensions };
}

/** As it is written: 2 for version 3, and nothing for version 1. */
function versionOf(fields: DerReader): number {
  if (!fields.isNext(VERSION_TAG)) return 0;
  const outer = fields.inside(VERSION_TAG);
  const version = outer.smallNumber();
  outer.end();
  return version;
}

function explicitExtensions(fields: DerReader): Extensions {
  const outer = fields.inside(EXTENSIONS_TAG);
  const extensions = readExtensions(outer);
  outer.end();
  return extensions;
}
