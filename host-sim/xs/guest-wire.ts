import { passedMalformed } from '../../src/core/utf8.js';
import { Act, ANSWER_OK } from './protocol.js';

/** Of the worker: hands bytes to the host and waits for its answer. */
declare const issueCommand: (message: ArrayBuffer) => ArrayBuffer;

const OUT_BYTES = 32_768;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** UTF-8 by the engine's own coders. @throws {TypeError} when it is not well-formed */
export function decodeText(bytes: Uint8Array, start: number, end: number): string {
  const view = bytes.subarray(start, end);
  const text = decoder.decode(view);
  if (passedMalformed(view, text.length)) throw new TypeError('invalid utf-8');
  return text;
}

/** As `Text.encode`. */
export function encodeText(text: string, into: Uint8Array, offset: number): number {
  const { read, written } = encoder.encodeInto(text, into.subarray(offset));
  if (read !== text.length) return -1;
  const end = offset + written;
  if (written !== read) replaceSurrogates(into, offset, end);
  return end;
}

/** XS writes a lone surrogate as three bytes that are no UTF-8; U+FFFD, which takes its place, is three bytes too. */
function replaceSurrogates(bytes: Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) {
    if (bytes[i] !== 0xed || bytes[i + 1]! < 0xa0) continue;
    bytes[i] = 0xef;
    bytes[i + 1] = 0xbf;
    bytes[i + 2] = 0xbd;
  }
}

/** Of a record: bytes after their length. They stay good: each message is a buffer of its own. */
export function bytesAt(message: DataView, at: number): Uint8Array {
  return new Uint8Array(message.buffer, at + 4, message.getUint32(at));
}

/** Of a record: text after its length. */
export function textAt(message: DataView, at: number): string {
  return decodeText(bytesAt(message, at), 0, message.getUint32(at));
}

/**
 * The guest's way out: records gather in one buffer and leave as the answer to the event that caused them, or, ahead of a
 * question, with the question. So the host sees everything in the order in which the firmware did it.
 */
export class Outgoing {
  readonly #bytes = new Uint8Array(OUT_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  #length = 0;
  /** Where the record that is being built begins. */
  #start = 0;

  /** Begins a record that takes at most `room` bytes beyond its opcode. */
  begin(opcode: number, room: number): void {
    if (this.#length + 1 + room > OUT_BYTES) {
      if (1 + room > OUT_BYTES) throw new RangeError(`a record of ${room} bytes does not fit the bridge`);
      this.#bytes[this.#length++] = Act.flush;
      issueCommand(this.take()!);
    }
    this.#start = this.#length;
    this.#bytes[this.#length++] = opcode;
  }

  u32(value: number): void {
    this.#view.setUint32(this.#length, value);
    this.#length += 4;
  }

  f64(value: number): void {
    this.#view.setFloat64(this.#length, value);
    this.#length += 8;
  }

  bytes(value: Uint8Array): void {
    this.u32(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** @throws {RangeError} over `most` bytes, and leaves the record out */
  text(value: string, most: number): void {
    const end = encodeText(value, this.#bytes, this.#length + 4);
    if (end < 0 || end - this.#length - 4 > most) {
      this.#length = this.#start;
      throw new RangeError(`a text is over ${most} bytes`);
    }
    this.u32(end - this.#length - 4);
    this.#length = end;
  }

  /** What has gathered since this was last asked; `undefined`: nothing. */
  take(): ArrayBuffer | undefined {
    if (this.#length === 0) return undefined;
    const message = this.#bytes.buffer.slice(0, this.#length);
    this.#length = 0;
    return message;
  }

  /** Sends what has gathered, a question last, and waits. The answer starts at byte 1. @throws what the host's method threw */
  ask(): DataView {
    const answer = new DataView(issueCommand(this.take()!));
    if (answer.getUint8(0) !== ANSWER_OK) {
      throw new Error(decodeText(new Uint8Array(answer.buffer), 1, answer.byteLength));
    }
    return answer;
  }
}

/**
 * A bounded table whose ids are never used for two things in a row, so that what arrives late finds nothing. Makes no
 * objects once it is built.
 */
export class Table<T> {
  readonly #what: string;
  readonly #items: (T | undefined)[] = [];
  readonly #ids: Uint32Array;
  readonly #free: Uint16Array;
  #freeCount: number;

  constructor(what: string, capacity: number) {
    this.#what = what;
    this.#ids = new Uint32Array(capacity);
    this.#free = new Uint16Array(capacity);
    this.#freeCount = capacity;
    for (let i = 0; i < capacity; i++) {
      this.#items.push(undefined);
      this.#ids[i] = i;
      this.#free[i] = capacity - 1 - i;
    }
  }

  /** @throws {RangeError} when it is full */
  add(item: T): number {
    if (this.#freeCount === 0) throw new RangeError(`more than ${this.#items.length} ${this.#what}`);
    const index = this.#free[--this.#freeCount]!;
    this.#items[index] = item;
    return this.#ids[index]!;
  }

  get(id: number): T | undefined {
    const index = id % this.#items.length;
    return this.#ids[index] === id ? this.#items[index] : undefined;
  }

  /** Whether one of its items is such. */
  some(isSuch: (item: T) => boolean): boolean {
    for (const item of this.#items) if (item !== undefined && isSuch(item)) return true;
    return false;
  }

  /** Takes an item out, if it is there. */
  remove(id: number): T | undefined {
    const index = id % this.#items.length;
    if (this.#ids[index] !== id) return undefined;
    const item = this.#items[index];
    if (item === undefined) return undefined;
    this.#items[index] = undefined;
    // Wraps at 2^32; the capacities are powers of two, so an id keeps its index.
    this.#ids[index] = id + this.#items.length;
    this.#free[this.#freeCount++] = index;
    return item;
  }
}
