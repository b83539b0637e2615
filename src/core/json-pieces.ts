const BACKSLASH = 0x5c;
const QUOTE = 0x22;

/** What the pieces up to now are. */
export type JsonPiecesState = 'part' | 'whole' | 'broken';

/** Puts together the bytes of one JSON object that comes in pieces: it is whole with the brace that closes it. */
export class JsonPieces {
  readonly #bytes: Uint8Array;
  #length = 0;
  #depth = 0;
  #isQuoted = false;
  #isEscaped = false;

  /** @param maxBytes what is longer is broken */
  constructor(maxBytes: number) {
    this.#bytes = new Uint8Array(maxBytes);
  }

  /** What has come is `bytes[0, length)`, until the next piece. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  /**
   * Takes a piece; `isFirst`: what was there before is forgotten. Broken is what is too long or begins otherwise; whether a whole one
   * is JSON is for a parser to say, and also what it makes of bytes behind the brace.
   */
  push(piece: Uint8Array, isFirst: boolean): JsonPiecesState {
    if (isFirst) {
      this.#length = this.#depth = 0;
      this.#isQuoted = this.#isEscaped = false;
    }
    if (this.#length + piece.length > this.#bytes.length) return 'broken';
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i]!;
      if (this.#isQuoted) this.#readQuoted(byte);
      else if (byte === QUOTE) this.#isQuoted = true;
      else if (byte === 0x7b || byte === 0x5b) this.#depth++;
      else if ((byte === 0x7d || byte === 0x5d) && --this.#depth <= 0) return 'whole';
      // Before the first brace there may be white space.
      else if (this.#depth === 0 && byte > 0x20) return 'broken';
    }
    return this.#isQuoted && this.#depth === 0 ? 'broken' : 'part';
  }

  #readQuoted(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isQuoted = false;
  }
}
