import type { RecordStorage } from '../../src/ports/storage.js';

/** Records that live as long as the process. */
export class MemoryStorage implements RecordStorage {
  readonly #records = new Map<string, Uint8Array>();

  read(key: string): Uint8Array | undefined {
    return this.#records.get(key)?.slice();
  }

  write(key: string, value: Uint8Array): void {
    this.#records.set(key, value.slice());
  }

  delete(key: string): void {
    this.#records.delete(key);
  }
}
