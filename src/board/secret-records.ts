import { ACTIVATION_RECORD } from '../activation/activation-store.js';
import type { RecordStores } from '../ports/storage.js';
import { FACTORY_RECORD } from '../records/factory-record.js';
import { NETWORK_RECORD } from '../records/network-record.js';

/** The records that are kept with the secrets. */
export const SECRET_RECORDS: readonly string[] = Object.freeze([FACTORY_RECORD, NETWORK_RECORD, ACTIVATION_RECORD]);

/**
 * Moves what a version without a store for secrets has left in the other one. To be called before any record is read; what a
 * power cut, or a flash that fails, leaves undone is done at the next boot.
 */
export function moveSecrets({ storage, secrets }: RecordStores): void {
  try {
    for (const key of SECRET_RECORDS) {
      const record = storage.read(key);
      if (record === undefined) continue;
      if (secrets.read(key) === undefined) secrets.write(key, record);
      storage.delete(key);
    }
  } catch {
    // Whoever needs the record finds out, and says so.
  }
}
