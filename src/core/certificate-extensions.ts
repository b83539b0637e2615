import { isHex } from './bytes.js';
import { CertificateError } from './certificate-error.js';
import { DerReader, Tag } from './der.js';

/** What the extensions of a certificate say (RFC 5280, 4.2.1), as far as a client of a server needs to know. */
export interface Extensions {
  /** May be the issuer of others (basicConstraints). */
  isCa: boolean;
  /** How many CAs may be between it and a server; absent: any number. */
  maxPathLength?: number;
  /** Bits of keyUsage, the first in 0x80; absent: any use. */
  keyUsage?: number;
  /** Whether extKeyUsage has serverAuth; absent: any use. */
  serverAuth?: boolean;
  /** The content of subjectAltName: GeneralName after GeneralName. */
  names?: Uint8Array;
}

/** Bits of keyUsage. */
export const DIGITAL_SIGNATURE = 0x80;
export const KEY_CERT_SIGN = 0x04;

const MOST_EXTENSIONS = 24;
/** The number after id-ce (2.5.29) as an OID's last byte. */
const KEY_USAGE = 15;
const SUBJECT_ALT_NAME = 17;
const BASIC_CONSTRAINTS = 19;
const NAME_CONSTRAINTS = 30;
const EXT_KEY_USAGE = 37;
/** id-kp-serverAuth. */
const SERVER_AUTH = '2b06010505070301';

/**
 * Reads the Extensions of a certificate.
 * @throws {CertificateError} where one is critical and not known here, or constrains names, or where they are too many
 * @throws {DerError} also where one of those that are known comes twice
 */
export function readExtensions(reader: DerReader): Extensions {
  const extensions: Extensions = { isCa: false };
  const list = reader.inside(Tag.sequence);
  for (let count = 0, seen = 0; list.more; count++) {
    if (count === MOST_EXTENSIONS) throw new CertificateError('unsupported', `has over ${MOST_EXTENSIONS} extensions`);
    const extension = list.inside(Tag.sequence);
    const oid = extension.content(Tag.oid);
    const isCritical = extension.isNext(Tag.boolean) && extension.boolean();
    const value = new DerReader(extension.content(Tag.octetString));
    extension.end();
    const number = oid.length === 3 && oid[0] === 0x55 && oid[1] === 0x1d ? oid[2]! : -1;
    const bit = take(extensions, number, value);
    if (bit === 0) {
      if (isCritical) throw new CertificateError('unsupported', `has a critical extension that is not known here`);
      continue;
    }
    value.end();
    if ((seen & bit) !== 0) throw new CertificateError('malformed', 'has an extension twice');
    seen |= bit;
  }
  return extensions;
}

/** Takes in one extension; the result is a bit of its own, 0 for one that is not known here. */
function take(extensions: Extensions, number: number, value: DerReader): number {
  switch (number) {
    case BASIC_CONSTRAINTS:
      takeBasicConstraints(extensions, value.inside(Tag.sequence));
      return 1;
    case KEY_USAGE:
      extensions.keyUsage = value.namedBits();
      return 2;
    case EXT_KEY_USAGE:
      extensions.serverAuth = hasServerAuth(value.inside(Tag.sequence));
      return 4;
    case SUBJECT_ALT_NAME:
      extensions.names = value.content(Tag.sequence);
      return 8;
    case NAME_CONSTRAINTS:
      // Without looking into them a CA would count for more names than it is meant for, critical or not.
      throw new CertificateError('unsupported', 'has name constraints, which are not known here');
    default:
      return 0;
  }
}

function takeBasicConstraints(extensions: Extensions, reader: DerReader): void {
  extensions.isCa = reader.isNext(Tag.boolean) && reader.boolean();
  if (reader.more) {
    if (!extensions.isCa) throw new CertificateError('malformed', 'has a path length and is no CA');
    extensions.maxPathLength = reader.smallNumber();
  }
  reader.end();
}

function hasServerAuth(reader: DerReader): boolean {
  let found = false;
  do {
    if (isHex(reader.content(Tag.oid), SERVER_AUTH)) found = true;
  } while (reader.more);
  return found;
}
