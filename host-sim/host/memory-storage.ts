import type { RecordStorage } from '../../src/ports/storage.js';

/** Records that live as long as the process. */
export class MemoryStorage implements RecordStorage {
  readonly #records = new Map<string, Uint8Array>();

  read(key: string): Uint8Array | undefined {
    const value = this.#records.get(key);
    return value && Uint8Array.from(value);
  }

  write(key: string, value: Uint8Array): void {
    // Not `slice`, which on a Buffer is a view.
    this.#records.set(key, Uint8Array.from(value));
  }

  delete(key: string): void {
    this.#records.delete(key);
  }
}
