import { crc32 } from './crc32.js';

/** Bytes before the payload: `S`, `L`, format 1, reserved 0, payload length (u32 LE), CRC-32 of the payload (u32 LE). */
export const ENVELOPE_BYTES = 12;

/** Writes the envelope in front of a payload that already stands at `bytes[ENVELOPE_BYTES, ENVELOPE_BYTES + length)`. */
export function sealRecord(bytes: Uint8Array, length: number): void {
  bytes[0] = 0x53;
  bytes[1] = 0x4c;
  bytes[2] = 1;
  bytes[3] = 0;
  putU32(bytes, 4, length);
  putU32(bytes, 8, crc32(bytes, ENVELOPE_BYTES, ENVELOPE_BYTES + length));
}

/** Length of the payload that the envelope at the start of `bytes` announces, or −1 where there is none. */
export function announcedLength(bytes: Uint8Array): number {
  if (bytes.length < ENVELOPE_BYTES || bytes[0] !== 0x53 || bytes[1] !== 0x4c || bytes[2] !== 1 || bytes[3] !== 0)
    return -1;
  return getU32(bytes, 4);
}

/** Length of the payload of a sealed record, or −1 when the record is not whole. */
export function sealedLength(bytes: Uint8Array): number {
  const length = announcedLength(bytes);
  if (length !== bytes.length - ENVELOPE_BYTES) return -1;
  return getU32(bytes, 8) === crc32(bytes, ENVELOPE_BYTES) ? length : -1;
}

function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 255;
  bytes[at + 1] = (value >>> 8) & 255;
  bytes[at + 2] = (value >>> 16) & 255;
  bytes[at + 3] = value >>> 24;
}

function getU32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
