import { isObject } from '../core/json-guard.js';
import { ENVELOPE_BYTES, sealedLength, sealRecord } from '../core/record-envelope.js';
import type { RecordStorage } from '../ports/storage.js';
import type { Text } from '../ports/text.js';

/** Largest record, envelope included; a page of NVS takes it whole. */
export const MAX_RECORD_BYTES = 8_000;

/**
 * One atomic record: a JSON object, all or nothing at a power cut, integrity checked. A record that is damaged, that
 * the medium cannot read or that `check` refuses reads as missing: the capability then starts from its defaults.
 */
export class JsonRecord<T extends object> {
  readonly #storage: RecordStorage;
  readonly #text: Text;
  readonly #key: string;
  readonly #check: (value: Record<string, unknown>) => T | undefined;

  constructor(
    storage: RecordStorage,
    text: Text,
    key: string,
    check: (value: Record<string, unknown>) => T | undefined,
  ) {
    this.#storage = storage;
    this.#text = text;
    this.#key = key;
    this.#check = check;
  }

  read(): T | undefined {
    try {
      const bytes = this.#storage.read(this.#key);
      if (bytes === undefined || sealedLength(bytes) < 0) return undefined;
      const value: unknown = JSON.parse(this.#text.decode(bytes, ENVELOPE_BYTES, bytes.length));
      return isObject(value) ? this.#check(value) : undefined;
    } catch {
      return undefined;
    }
  }

  /** When it returns, the value is durable. @throws {RangeError} over `MAX_RECORD_BYTES`; {Error} when the medium fails. */
  write(value: T): void {
    this.writeJson(JSON.stringify(value));
  }

  /** `write` for whoever has the JSON already. */
  writeJson(json: string): void {
    // As a rule a character is a byte, and a board has no memory for more; UTF-8 takes at most 3 for a UTF-16 unit.
    const record = this.#encode(json, json.length) ?? this.#encode(json, 3 * json.length);
    if (record === undefined) throw new RangeError(`record ${this.#key} is over ${MAX_RECORD_BYTES} bytes`);
    sealRecord(record, record.length - ENVELOPE_BYTES);
    this.#storage.write(this.#key, record);
  }

  /** With room for the envelope; `undefined` where `room` or a record is too small for it. */
  #encode(json: string, room: number): Uint8Array | undefined {
    const bytes = new Uint8Array(Math.min(MAX_RECORD_BYTES, ENVELOPE_BYTES + room));
    const end = this.#text.encode(json, bytes, ENVELOPE_BYTES);
    if (end < 0) return undefined;
    return end === bytes.length ? bytes : bytes.slice(0, end);
  }

  erase(): void {
    this.#storage.delete(this.#key);
  }
}
