import { DerError, type DerReader, Tag } from './der.js';

/** `YYMMDDHHMMSSZ` and `YYYYMMDDHHMMSSZ`: the only forms that a certificate may have (RFC 5280, 4.1.2.5). */
const UTC_TIME_BYTES = 13;
const GENERALIZED_TIME_BYTES = 15;
const ZULU = 0x5a;

/** Reads a Time: epoch milliseconds. @throws {DerError} where it is none, or a day that does not exist */
export function readCertificateTime(reader: DerReader): number {
  const isUtc = reader.isNext(Tag.utcTime);
  const bytes = reader.content(isUtc ? Tag.utcTime : Tag.generalizedTime);
  if (bytes.length !== (isUtc ? UTC_TIME_BYTES : GENERALIZED_TIME_BYTES) || bytes[bytes.length - 1] !== ZULU) {
    throw new DerError('a time has another form');
  }
  const at = isUtc ? 2 : 4;
  const short = twoDigits(bytes, 0);
  const year = isUtc ? short + (short < 50 ? 2000 : 1900) : short * 100 + twoDigits(bytes, 2);
  const month = twoDigits(bytes, at);
  const day = twoDigits(bytes, at + 2);
  const hour = twoDigits(bytes, at + 4);
  const minute = twoDigits(bytes, at + 6);
  const second = twoDigits(bytes, at + 8);
  // `Date.UTC` takes years below 100 for those of the last century, and carries days that a month does not have over.
  if (year < 1900 || month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) {
    throw new DerError('a time is none');
  }
  const midnight = Date.UTC(year, month - 1, day);
  if (new Date(midnight).getUTCDate() !== day) throw new DerError('a time is none');
  return midnight + ((hour * 60 + minute) * 60 + second) * 1000;
}

function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - 0x30;
  const ones = bytes[at + 1]! - 0x30;
  if (tens < 0 || tens > 9 || ones < 0 || ones > 9) throw new DerError('a time has another form');
  return tens * 10 + ones;
}
