// As signed integers, with which the engines reckon; the last eight as 0xedb88320 and so on would be fractions to them.
const NIBBLES: readonly number[] = Object.freeze([
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, -306674912,
  -267414716, -690576408, -882789492, -1687895376, -2032938284, -1609899400, -1111625188,
]);

/** CRC-32 (IEEE 802.3, as in zlib) of `bytes[start, end)`, as an unsigned 32-bit integer. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1;
  for (let i = start; i < end; i++) {
    crc ^= bytes[i]!;
    crc = (crc >>> 4) ^ NIBBLES[crc & 15]!;
    crc = (crc >>> 4) ^ NIBBLES[crc & 15]!;
  }
  return ~crc >>> 0;
}
