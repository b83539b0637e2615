import TextDecoder from 'text/decoder';
import TextEncoder from 'text/encoder';
import { passedMalformed } from '../core/utf8.js';
import type { Text } from '../ports/text.js';

/**
 * UTF-8 by the SDK's native coders. `String.fromArrayBuffer` would be shorter, but lets surrogates and overlong forms pass.
 */
export class XsText implements Text {
  // A byte order mark is a character like any other.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #encoder = new TextEncoder();

  decode(bytes: Uint8Array, start: number, end: number): string {
    const view = bytes.subarray(start, end);
    const text = this.#decoder.decode(view);
    if (passedMalformed(view, text.length)) throw new TypeError('invalid utf-8');
    return text;
  }

  encode(text: string, into: Uint8Array, offset: number): number {
    const { read, written } = this.#encoder.encodeInto(text, into.subarray(offset));
    if (read !== text.length) return -1;
    // A lone surrogate comes out as malformed UTF-8; every other engine writes U+FFFD, which is three bytes too.
    if (written !== read && !text.isWellFormed()) return this.encode(text.toWellFormed(), into, offset);
    return offset + written;
  }
}
