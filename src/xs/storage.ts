import keyValue, { type Store } from 'embedded:storage/key-value';
import type { RecordStorage } from '../ports/storage.js';

/** Name of the namespace in the `nvs` partition. */
const NAMESPACE = 'smartlink';

/** Records as blobs in NVS: each write is committed before it returns, and is atomic for its key. */
export class XsStorage implements RecordStorage {
  readonly #store: Store = keyValue.open({ path: NAMESPACE });

  read(key: string): Uint8Array | undefined {
    const bytes = this.#store.read(key);
    return bytes && new Uint8Array(bytes);
  }

  write(key: string, value: Uint8Array): void {
    this.#store.write(key, value);
  }

  delete(key: string): void {
    this.#store.delete(key);
  }
}
