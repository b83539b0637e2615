/** Compares numbers of one length, big-endian: negative, 0 or positive, as `a` is less than `b`, equal or more. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let at = 0; at < a.length; at++) {
    const difference = a[at]! - b[at]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Whether two byte sequences are the same. Not in constant time: for nothing that is secret. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** Whether `bytes` are those of `hex` (lower case): a constant that takes no memory of a chip. */
export function isHex(bytes: Uint8Array, hex: string): boolean {
  return bytes.length * 2 === hex.length && hasHexAt(bytes, 0, hex);
}

/** Whether the bytes of `hex` (lower case) stand in `bytes` at `offset`. */
export function hasHexAt(bytes: Uint8Array, offset: number, hex: string): boolean {
  for (let at = 0; at < hex.length; at += 2) {
    if (bytes[offset + at / 2] !== digitAt(hex, at) * 16 + digitAt(hex, at + 1)) return false;
  }
  return true;
}

/** The bytes of an even number of hex digits. */
export function decodeHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** Bytes as hex digits, in lower case. */
export function encodeHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += (byte < 16 ? '0' : '') + byte.toString(16);
  return hex;
}

function digitAt(hex: string, at: number): number {
  const unit = hex.charCodeAt(at);
  return unit < 0x3a ? unit - 0x30 : unit - 0x57;
}
