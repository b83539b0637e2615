/** Length of an SNTP packet (RFC 4330, 4). */
export const NTP_BYTES = 48;
export const NTP_PORT = 123;

/** Seconds from 1900 to 1970. */
const NTP_TO_UNIX_S = 2_208_988_800;

/** Writes a client's request whose transmit timestamp is a nonce: a reply must repeat it, so a blind forger has to guess. */
export function writeNtpRequest(into: Uint8Array, nonceHigh: number, nonceLow: number): void {
  into.fill(0, 0, NTP_BYTES);
  into[0] = 0x23; // no warning, version 4, client
  putU32(into, 40, nonceHigh);
  putU32(into, 44, nonceLow);
}

/** The time in a server's reply as epoch milliseconds; `undefined` when it is not a reply to that request (RFC 4330, 5). */
export function readNtpReply(
  bytes: Uint8Array,
  length: number,
  nonceHigh: number,
  nonceLow: number,
): number | undefined {
  if (length < NTP_BYTES) return undefined;
  const leap = bytes[0]! >> 6;
  const mode = bytes[0]! & 7;
  const stratum = bytes[1]!;
  if (leap === 3 || mode !== 4 || stratum < 1 || stratum > 15) return undefined;
  if (getU32(bytes, 24) !== nonceHigh || getU32(bytes, 28) !== nonceLow) return undefined;
  const seconds = getU32(bytes, 40);
  const fraction = getU32(bytes, 44);
  if (seconds === 0 && fraction === 0) return undefined;
  // A set top bit is 1968–2036, a clear one 2036–2104 (RFC 4330, 3).
  const era = seconds >= 0x8000_0000 ? 0 : 0x1_0000_0000;
  return (seconds + era - NTP_TO_UNIX_S) * 1_000 + Math.floor((fraction * 1_000) / 0x1_0000_0000);
}

function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = (value >>> 16) & 255;
  bytes[at + 2] = (value >>> 8) & 255;
  bytes[at + 3] = value & 255;
}

function getU32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}
