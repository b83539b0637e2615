const SPACE = 0x20;
const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** What the pieces up to now are; `none`: white space. */
export type JsonPiecesState = 'none' | 'part' | 'whole' | 'broken';

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
   * is JSON is for a parser to say. What stands behind the brace is left out.
   */
  push(piece: Uint8Array, isFirst: boolean): JsonPiecesState {
    if (isFirst) {
      this.#length = this.#depth = 0;
      this.#isQuoted = this.#isEscaped = false;
    }
    const before = this.#length;
    if (before + piece.length > this.#bytes.length) return 'broken';
    this.#bytes.set(piece, before);
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i]!;
      if (this.#depth === 0) {
        if (byte === OPEN_BRACE) this.#depth = 1;
        else if (byte > SPACE) return 'broken';
      } else if (this.#isQuoted) this.#readQuoted(byte);
      else if (byte === QUOTE) this.#isQuoted = true;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth++;
      else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --this.#depth === 0) {
        this.#length = before + i + 1;
        return 'whole';
      }
    }
    this.#length = before + piece.length;
    return this.#depth === 0 ? 'none' : 'part';
  }

  #readQuoted(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) this.#isQuoted = false;
  }
}
