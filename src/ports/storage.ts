/**
 * Small records that survive power cuts, in the shape of ECMA-419 key-value storage.
 * A write or delete is atomic: after a power cut at any instant the record is whole, either the old or the new.
 * Keys: `[a-z][a-z0-9-]{0,14}` (what NVS takes). Values: up to 8,000 bytes.
 */
export interface RecordStorage {
  /** The record's bytes, or `undefined` when there is none. @throws {Error} when the medium fails. */
  read(key: string): Uint8Array | undefined;
  /** Replaces the record; when it returns, the record is durable. @throws {Error} when the medium fails or is full. */
  write(key: string, value: Uint8Array): void;
  /** Removes the record; a missing one is no error. */
  delete(key: string): void;
}

/** The two stores of a board. A record's key is of one of them alone. */
export interface RecordStores {
  readonly storage: RecordStorage;
  /** For what nobody else may know: passwords, tokens, keys. Nothing reads it but whoever a record is for. */
  readonly secrets: RecordStorage;
}
