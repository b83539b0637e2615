import keyValue, { type Store } from 'embedded:storage/key-value';
import type { RecordStorage } from '../ports/storage.js';
import { readFactoryPartition } from './factory-partition.js';

/** Namespaces in the `nvs` partition. */
const NAMESPACE = 'smartlink';
const SECRETS_NAMESPACE = 'smartlink-keys';
/** The record that the factory may have written into a partition of its own. */
const FACTORY = 'factory';

/** Records as blobs in NVS: each write is committed before it returns, and is atomic for its key. */
export class XsStorage implements RecordStorage {
  readonly #store: Store;

  constructor(namespace = NAMESPACE) {
    this.#store = keyValue.open({ path: namespace });
  }

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

/**
 * The secrets, in a namespace of their own. The factory's own record goes before one under its name there, which is what a board
 * without it makes for itself.
 */
export class XsSecrets extends XsStorage {
  constructor() {
    super(SECRETS_NAMESPACE);
  }

  override read(key: string): Uint8Array | undefined {
    const sealed = key === FACTORY ? readFactoryPartition() : undefined;
    return sealed ?? super.read(key);
  }
}
