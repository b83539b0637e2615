import type { RecordStorage, RecordStores } from '../../src/ports/storage.js';

/** Records that live as long as the process. */
export class MemoryStorage implements RecordStorage {
  readonly #records = new Map<string, Uint8Array>();

  read(key: string): Uint8Array | undefined {
    const value = this.#records.get(key);
    return value && new Uint8Array(value);
  }

  write(key: string, value: Uint8Array): void {
    // Not `slice`, which on a Buffer is a view.
    this.#records.set(key, new Uint8Array(value));
  }

  delete(key: string): void {
    this.#records.delete(key);
  }
}

/** Both stores of a board, empty. */
export function createMemoryStores(): RecordStores {
  return { storage: new MemoryStorage(), secrets: new MemoryStorage() };
}
