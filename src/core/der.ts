/** What is no DER, or not what was expected there; the sentence says which. */
export class DerError extends Error {}

/** Universal tags (X.690, 8), constructed where the type is. */
export const Tag = Object.freeze({
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const);

/**
 * Reads one element after another of DER (X.690, 10), in place. Strict: lengths are definite, of the fewest bytes and inside
 * of what holds them (at most 65,535); tags fit in one byte. Every method throws `DerError` for what is not so.
 */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Whether there is another element. */
  get more(): boolean {
    return this.#at < this.#end;
  }

  /** Offset of the next element. */
  get offset(): number {
    return this.#at;
  }

  /** Whether the next element has this tag. */
  isNext(tag: number): boolean {
    return this.more && this.#bytes[this.#at] === tag;
  }

  /** Steps over the next element, whatever its tag, and says what it is. */
  skip(): number {
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) throw new DerError('a tag has more than one byte');
    const length = this.#length();
    this.#at += length;
    return tag;
  }

  /** The content of the next element, which must have this tag: a view. */
  content(tag: number): Uint8Array {
    const length = this.#enter(tag);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** The whole of the next element, which must have this tag, with tag and length: a view. */
  element(tag: number): Uint8Array {
    const start = this.#at;
    const length = this.#enter(tag);
    this.#at += length;
    return this.#bytes.subarray(start, this.#at);
  }

  /** A reader of what is in the next element, which must have this tag. */
  inside(tag: number): DerReader {
    const length = this.#enter(tag);
    this.#at += length;
    return new DerReader(this.#bytes, this.#at - length, this.#at);
  }

  /** There must be nothing left. */
  end(): void {
    if (this.more) throw new DerError('there is more than there should be');
  }

  /** BOOLEAN: true is FF (X.690, 11.1). */
  boolean(): boolean {
    const content = this.content(Tag.boolean);
    const value = content[0];
    if (content.length !== 1 || (value !== 0 && value !== 0xff)) throw new DerError('a boolean is none');
    return value === 0xff;
  }

  /** The bytes of an INTEGER that is not negative, without a leading 0 unless it is 0: a view. */
  unsigned(): Uint8Array {
    const content = this.content(Tag.integer);
    if (content.length === 0) throw new DerError('a number is empty');
    if (content[0]! >= 0x80) throw new DerError('a number is negative');
    if (content[0] !== 0 || content.length === 1) return content;
    if (content[1]! < 0x80) throw new DerError('a number has a needless 0');
    return content.subarray(1);
  }

  /** An INTEGER from 0 to 255. */
  smallNumber(): number {
    const bytes = this.unsigned();
    if (bytes.length > 1) throw new DerError('a number is over 255');
    return bytes[0]!;
  }

  /** A BIT STRING of whole bytes: a view. */
  wholeBytes(): Uint8Array {
    const content = this.content(Tag.bitString);
    if (content[0] !== 0) throw new DerError('bits are no whole bytes');
    return content.subarray(1);
  }

  /** The first 8 bits of a BIT STRING of named bits (X.690, 11.2.2: without zeros at its end), bit 0 in 0x80. */
  namedBits(): number {
    const content = this.content(Tag.bitString);
    const unused = content[0];
    if (unused === undefined || unused > 7) throw new DerError('a bit string is none');
    if (content.length === 1) {
      if (unused !== 0) throw new DerError('a bit string is none');
      return 0;
    }
    const last = content[content.length - 1]!;
    if ((last >> unused) % 2 === 0 || last % 2 ** unused !== 0) throw new DerError('a bit string ends in zeros');
    return content[1]!;
  }

  #enter(tag: number): number {
    if (!this.isNext(tag)) throw new DerError(`element 0x${tag.toString(16)} is missing`);
    this.#at++;
    return this.#length();
  }

  /** Of the content that follows. */
  #length(): number {
    let length = this.#byte();
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count < 1 || count > 2) throw new DerError('a length is indefinite or too long');
      length = this.#byte();
      if (count === 2) length = length * 256 + this.#byte();
      if (length < (count === 1 ? 0x80 : 0x100)) throw new DerError('a length has more bytes than it needs');
    }
    if (length > this.#end - this.#at) throw new DerError('an element is longer than what holds it');
    return length;
  }

  #byte(): number {
    if (this.#at >= this.#end) throw new DerError('it ends too soon');
    return this.#bytes[this.#at++]!;
  }
}
