import { isSecretName, redactText } from './secret-names.js';

const STAR = 0x2a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Deeper than anything that is sent here. */
const MOST_LEVELS = 32;

/** It is no JSON. */
class NoJson extends Error {}
/** Here it was cut off. */
class Cut extends Error {}

/** Hides bytes. */
export function hide(bytes: Uint8Array, start = 0, end = bytes.length): void {
  bytes.fill(STAR, start, end);
}

/**
 * Hides the secrets in a JSON text (UTF-8), in place: whatever stands below a name of a secret, and secrets within texts. What
 * is no JSON, compressed or broken, is hidden as a whole.
 * @param isCut the end of the text is missing
 */
export function redactJson(bytes: Uint8Array, isCut: boolean): void {
  try {
    new JsonRedactor(bytes, isCut).run();
  } catch (error) {
    if (!(error instanceof Cut)) hide(bytes);
  }
}

class JsonRedactor {
  readonly #bytes: Uint8Array;
  readonly #isCut: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, isCut: boolean) {
    this.#bytes = bytes;
    this.#isCut = isCut;
  }

  run(): void {
    this.#value(false, 0);
    this.#blanks();
    if (this.#at < this.#bytes.length) throw new NoJson();
  }

  #value(isSecret: boolean, level: number): void {
    if (level > MOST_LEVELS) throw new NoJson();
    switch (this.#peek()) {
      case 0x7b:
        this.#members(0x7d, () => {
          if (this.#peek() !== QUOTE) throw new NoJson();
          const [start, end] = this.#string();
          const name = this.#text(start, end);
          this.#expect(0x3a);
          this.#value(isSecret || isSecretName(name), level + 1);
        });
        break;
      case 0x5b:
        this.#members(0x5d, () => this.#value(isSecret, level + 1));
        break;
      case QUOTE: {
        const [start, end] = this.#string();
        if (isSecret) hide(this.#bytes, start, end);
        else this.#redactWithin(start, end);
        break;
      }
      default:
        this.#literal(isSecret);
    }
  }

  /** What stands between brackets, of which the first is next. */
  #members(close: number, member: () => void): void {
    this.#at++;
    if (this.#peek() === close) {
      this.#at++;
      return;
    }
    for (;;) {
      member();
      const next = this.#peek();
      this.#at++;
      if (next === close) return;
      if (next !== 0x2c) throw new NoJson();
    }
  }

  /** A string, of which the quote is next; where its inside stands. One that is cut off is hidden. */
  #string(): [start: number, end: number] {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    for (let at = start; at < bytes.length; at++) {
      const byte = bytes[at]!;
      if (byte === BACKSLASH) at++;
      else if (byte < 0x20) throw new NoJson();
      else if (byte === QUOTE) {
        this.#at = at + 1;
        return [start, at];
      }
    }
    hide(bytes, start);
    throw this.#end();
  }

  /** A number, which may be a secret, or true, false and null, which tell none. */
  #literal(isSecret: boolean): void {
    const bytes = this.#bytes;
    const start = this.#at;
    let end = start;
    while (end < bytes.length && isOfLiteral(bytes[end]!)) end++;
    const literal = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    this.#at = end;
    const isNumber = /^-?[0-9]/.test(literal);
    if (isSecret && isNumber) hide(bytes, start, end);
    if (end === bytes.length && this.#isCut) throw new Cut();
    if (isNumber ? Number.isNaN(Number(literal)) : !/^(?:true|false|null)$/.test(literal)) throw new NoJson();
  }

  /** Hides what is secret within a text: of a URL a part, of JSON in JSON and of what is written in another way all. */
  #redactWithin(start: number, end: number): void {
    const bytes = this.#bytes;
    if (!isSuspect(bytes, start, end)) return;
    const text = this.#text(start, end);
    const redacted = redactText(text);
    if (holdsSecret(text)) hide(bytes, start, end);
    else if (redacted !== text) {
      // Written as it is read, character by character, it can be replaced in its place.
      const written = Buffer.from(redacted);
      if (written.length === end - start && text.length === written.length) bytes.set(written, start);
      else hide(bytes, start, end);
    }
  }

  /** What is written between quotes. @throws {NoJson} */
  #text(start: number, end: number): string {
    const inside = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, end - start).toString();
    if (!inside.includes('\\')) return inside;
    try {
      return JSON.parse(`"${inside}"`);
    } catch {
      throw new NoJson();
    }
  }

  #expect(byte: number): void {
    if (this.#peek() !== byte) throw new NoJson();
    this.#at++;
  }

  #peek(): number {
    this.#blanks();
    if (this.#at >= this.#bytes.length) throw this.#end();
    return this.#bytes[this.#at]!;
  }

  #blanks(): void {
    for (; ; this.#at++) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
    }
  }

  #end(): Error {
    return this.#isCut ? new Cut() : new NoJson();
  }
}

/** Digits, signs and letters. */
function isOfLiteral(byte: number): boolean {
  const letter = byte | 0x20;
  return (byte >= 0x2b && byte <= 0x39 && byte !== 0x2c && byte !== 0x2f) || (letter >= 0x61 && letter <= 0x7a);
}

/** Whether a text may hold a secret: words and numbers do not. */
function isSuspect(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === BACKSLASH || byte === 0x2f || byte === 0x3d || byte === 0x7b || byte === 0x5b || byte === 0x20)
      return true;
  }
  return false;
}

/** Whether a text is JSON that holds a secret, or looks as if it were JSON and is none. */
function holdsSecret(text: string): boolean {
  if (!/^\s*[{["]/.test(text)) return false;
  const [before, after] = [Buffer.from(text), Buffer.from(text)];
  // Read as it is written: of two fields of one name a parser would keep the last alone.
  redactJson(after, false);
  return !after.equals(before);
}
