import type { Text } from './text.js';

/** Longest line that is kept, bytes. */
export const MAX_LINE_BYTES = 1_024;

/** Puts the lines of an HTTP head together as their bytes come (RFC 9112, 2.2): they end in CRLF, or in LF alone. */
export class HttpLines {
  /** The line so far. Between two lines it is the owner's to use. */
  readonly buffer = new Uint8Array(MAX_LINE_BYTES);
  readonly #text: Text;
  #length = 0;
  #overlong = false;

  constructor(text: Text) {
    this.#text = text;
  }

  /** Whether the line, which is not read yet, does not fit: the rest of it is dropped. */
  get overlong(): boolean {
    return this.#overlong;
  }

  /** Takes the next byte. True: it ends the line, which is to be read. */
  push(byte: number): boolean {
    if (byte === 0x0a) return true;
    if (this.#length < MAX_LINE_BYTES) this.buffer[this.#length++] = byte;
    else this.#overlong = true;
    return false;
  }

  /** The line without its end, and makes room for the next; `undefined` for one that did not fit. */
  read(): string | undefined {
    let length = this.#length;
    const overlong = this.#overlong;
    this.#length = 0;
    this.#overlong = false;
    if (overlong) return undefined;
    if (length > 0 && this.buffer[length - 1] === 0x0d) length--;
    // Header bytes beyond ASCII are opaque (RFC 9110, 5.5), so a line that is no UTF-8 is kept without them.
    for (let i = 0; i < length; i++) if (this.buffer[i]! > 0x7e) this.buffer[i] = 0x3f;
    return this.#text.decode(this.buffer, 0, length);
  }
}
