/** UTF-8 between strings and bytes, done natively by the engine. */
export interface Text {
  /** Decodes `bytes[start, end)`. @throws {TypeError} when the bytes are not well-formed UTF-8. */
  decode(bytes: Uint8Array, start: number, end: number): string;
  /** Encodes `text` into `into` at `offset`; returns the offset after it, or −1 when it does not fit (what was written is then undefined). */
  encode(text: string, into: Uint8Array, offset: number): number;
}
