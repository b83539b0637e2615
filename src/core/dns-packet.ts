/** Port of a name server (RFC 1035, 4.2). */
export const DNS_PORT = 53;
/** Longest packet over UDP without extensions (RFC 1035, 4.2.1). */
export const DNS_PACKET_BYTES = 512;

const HEADER_BYTES = 12;
const MAX_NAME_BYTES = 255;
const TYPE_A = 1;
const CLASS_IN = 1;
/** A phone that is back on its own network soon asks anew. */
const TTL_S = 10;
const ANSWER_BYTES = 16;

/**
 * Turns a query of `length` bytes (RFC 1035, 4) into its answer, in place: for a name's IPv4 address always `address`, for
 * anything else that there is nothing of that kind. What follows the question (EDNS) is dropped.
 * @param packet room for `DNS_PACKET_BYTES`
 * @returns the answer's length; 0 for what is no query with one question, or malformed: it gets no answer
 */
export function answerDnsQuery(packet: Uint8Array, length: number, address: Uint8Array): number {
  if (length < HEADER_BYTES || length > DNS_PACKET_BYTES) return 0;
  // A standard query that is not cut (4.1.1), with one question and no answers.
  if ((packet[2]! & 0xfa) !== 0 || u16(packet, 4) !== 1 || u16(packet, 6) !== 0) return 0;
  const end = endOfQuestion(packet, length);
  if (end === 0) return 0;
  const isAddress = u16(packet, end - 4) === TYPE_A && u16(packet, end - 2) === CLASS_IN;
  packet[2] = 0x84 | (packet[2]! & 1); // an answer, authoritative, recursion desired as asked
  packet[3] = 0x80; // recursion available, no error
  packet[7] = isAddress ? 1 : 0;
  packet.fill(0, 8, HEADER_BYTES);
  if (!isAddress) return end;
  packet.set([0xc0, HEADER_BYTES, 0, TYPE_A, 0, CLASS_IN, 0, 0, 0, TTL_S, 0, 4], end);
  packet.set(address, end + 12);
  return end + ANSWER_BYTES;
}

/** Offset behind the question, 0 where it is malformed. A pointer in it could only point back into the header. */
function endOfQuestion(packet: Uint8Array, length: number): number {
  let at = HEADER_BYTES;
  for (;;) {
    if (at >= length) return 0;
    const label = packet[at++]!;
    if (label === 0) break;
    if (label > 63) return 0;
    at += label;
    if (at - HEADER_BYTES >= MAX_NAME_BYTES) return 0;
  }
  at += 4;
  return at <= length ? at : 0;
}

function u16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}
