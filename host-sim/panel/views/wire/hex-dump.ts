const ROW = 16;

/** Bytes from Base64; none from what is no Base64. */
export function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}

/** Bytes as `od -A x -t x1z` shows them: where they are, each in hex, and what of them is ASCII. */
export function hexDump(bytes: Uint8Array): string {
  const rows: string[] = [];
  for (let start = 0; start < bytes.length; start += ROW) {
    const row = [...bytes.subarray(start, start + ROW)];
    const hex = row.map((byte) => ` ${byte.toString(16).padStart(2, '0')}`).join('');
    const ascii = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    rows.push(`${start.toString(16).padStart(6, '0')}${hex.padEnd(3 * ROW)}  >${ascii}<`);
  }
  return rows.join('\n');
}
