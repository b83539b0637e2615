import { decodeBase64 } from '../core/base64.js';
import { equalBytes } from '../core/bytes.js';
import { readCertificate } from '../core/certificate.js';
import { DerReader, Tag } from '../core/der.js';
import { readRsaPrivateKey } from '../core/rsa-private-key.js';
import type { RecordStorage } from '../ports/storage.js';
import type { Text } from '../ports/text.js';
import { JsonRecord } from './json-record.js';

/** Key of the factory record. */
export const FACTORY_RECORD = 'factory';
/** The board's own certificate and those between it and its CA. */
export const MAX_CERTIFICATES = 3;
const MAX_ANCHORS = 4;

/** What the factory has given a board, or what it has given itself where the factory gave nothing. */
export interface FactoryRecord {
  readonly serial: string;
  /** Proof of possession: what the label says, and the password of the board's access point. */
  readonly pop: string;
  /** True: there is no label, since the board has made this itself. */
  readonly selfMade?: boolean;
  /** What it signs its activation with: 64 hex digits. */
  readonly boardKey?: string;
  /** Who it is on a connection that asks for that: base64 of the DER, its own first, at most three; and its key. */
  readonly certificate?: readonly string[];
  /** Base64 of the private key: RSA, 2048 bits, as PKCS #8 DER. */
  readonly key?: string;
  /** CAs: base64 of the DER, at most four. There, and empty: none of those that were given can be used. */
  readonly anchors?: readonly string[];
}

/** The record itself, for whoever makes one. Without a serial number and a proof it is none; any other part that is not right is left out. */
export function factoryRecord(secrets: RecordStorage, text: Text): JsonRecord<FactoryRecord> {
  return new JsonRecord<FactoryRecord>(secrets, text, FACTORY_RECORD, checkFactoryRecord);
}

function checkFactoryRecord(value: Record<string, unknown>): FactoryRecord | undefined {
  const { serial, pop, selfMade, boardKey, certificate, key, anchors } = value;
  if (typeof serial !== 'string' || !/^[A-Za-z0-9_-]{1,64}$/.test(serial)) return undefined;
  if (typeof pop !== 'string' || !/^[\x21-\x7e]{12,63}$/.test(pop)) return undefined;
  return {
    serial,
    pop,
    ...(selfMade === true && { selfMade }),
    ...(typeof boardKey === 'string' && /^[0-9A-Fa-f]{64}$/.test(boardKey) && { boardKey }),
    ...(isPair(certificate, key) && { certificate: certificate as string[], key: key as string }),
    ...(Array.isArray(anchors) && { anchors: anchors.slice(0, MAX_ANCHORS).filter(isCertificate) }),
  };
}

/** Whether the key is that of the first certificate: anything else opens nothing, and costs a handshake each time. */
function isPair(certificates: unknown, key: unknown): boolean {
  if (!Array.isArray(certificates) || certificates.length < 1 || certificates.length > MAX_CERTIFICATES) return false;
  try {
    const own = readCertificate(bytesOf(certificates[0])).key;
    // The others are for the server to read.
    for (const other of certificates.slice(1)) checkSequence(bytesOf(other));
    return own.kind === 'rsa' && equalBytes(own.modulus, readRsaPrivateKey(bytesOf(key)));
  } catch {
    return false;
  }
}

function isCertificate(value: unknown): value is string {
  try {
    readCertificate(bytesOf(value));
    return true;
  } catch {
    return false;
  }
}

/** @throws {DerError} */
function checkSequence(der: Uint8Array): void {
  const outer = new DerReader(der);
  outer.content(Tag.sequence);
  outer.end();
}

/** @throws {TypeError} where it is no base64 */
function bytesOf(value: unknown): Uint8Array {
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined;
  if (bytes === undefined) throw new TypeError('no base64');
  return bytes;
}
