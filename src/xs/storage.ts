import keyValue, { type Store } from 'embedded:storage/key-value';
import type { RecordStorage } from '../ports/storage.js';
import { readFactoryPartition } from './factory-partition.js';

/** Name of the namespace in the `nvs` partition. */
const NAMESPACE = 'smartlink';
/** The record that the factory may have written into a partition of its own. */
const FACTORY = 'factory';

/**
 * Records as blobs in NVS: each write is committed before it returns, and is atomic for its key. The factory's own record goes
 * before one under its name in NVS, which is what a board without it makes for itself.
 */
export class XsStorage implements RecordStorage {
  readonly #store: Store = keyValue.open({ path: NAMESPACE });

  read(key: string): Uint8Array | undefined {
    const sealed = key === FACTORY ? readFactoryPartition() : undefined;
    if (sealed !== undefined) return sealed;
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
