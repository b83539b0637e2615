import { DerReader } from './der.js';
import { isIPv4 } from './url.js';

/** Tags of GeneralName (RFC 5280, 4.2.1.6). */
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;
const STAR = 0x2a;
const DOT = 0x2e;

/**
 * Whether one of the names of a certificate is the server's (RFC 6125, 6.4): a host name is looked for among the dNSNames
 * alone, where `*` may stand for the whole left-most label, and an IPv4 address among the iPAddresses alone. What the subject
 * says does not count.
 * @param names the content of subjectAltName
 * @param host as the URL has it
 * @throws {DerError}
 */
export function isNameOf(names: Uint8Array, host: string): boolean {
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  const address = isIPv4(name) ? name.split('.').map(Number) : undefined;
  const reader = new DerReader(names);
  let found = false;
  // To the end, found or not: a certificate is well-formed as a whole, or it is not.
  while (reader.more) {
    const isName = reader.isNext(DNS_NAME);
    if (isName || reader.isNext(IP_ADDRESS)) {
      const value = reader.content(isName ? DNS_NAME : IP_ADDRESS);
      if (address === undefined ? isName && matches(value, name) : !isName && isAddress(value, address)) found = true;
    } else reader.skip();
  }
  return found;
}

function isAddress(value: Uint8Array, address: readonly number[]): boolean {
  return value.length === address.length && address.every((byte, at) => byte === value[at]);
}

function matches(pattern: Uint8Array, name: string): boolean {
  if (pattern[0] !== STAR) return name.length > 0 && isText(pattern, 0, name, 0);
  const dot = name.indexOf('.');
  // A star for a top-level domain's every name is nobody's to have.
  if (pattern[1] !== DOT || dot < 1 || pattern.indexOf(DOT, 2) < 0) return false;
  return isText(pattern, 1, name, dot);
}

/** Whether the rest of both is the same ASCII, capitals or not. */
function isText(pattern: Uint8Array, patternAt: number, name: string, nameAt: number): boolean {
  if (pattern.length - patternAt !== name.length - nameAt) return false;
  for (let at = patternAt; at < pattern.length; at++) {
    if (lowerCase(pattern[at]!) !== lowerCase(name.charCodeAt(nameAt + at - patternAt))) return false;
  }
  return true;
}

function lowerCase(unit: number): number {
  return unit >= 0x41 && unit <= 0x5a ? unit + 0x20 : unit;
}
