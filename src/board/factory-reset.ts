import { ACTIVATION_RECORD } from '../activation/activation-store.js';
import { DOWNLOAD_RECORD } from '../ota/download-job.js';
import type { RecordStores } from '../ports/storage.js';
import { NETWORK_RECORD } from '../records/network-record.js';
import { ENVIRONMENT_RECORD } from './environments.js';
import { CLOCK_RECORD } from './time-keeper.js';

/** Says that the rest of the records are to be erased. */
const MARK = 'reset';
/** What a board has been told and has learnt. Not of it: the factory record, the count of crashes, and what updates have proven. */
const FORGOTTEN: readonly string[] = Object.freeze([
  NETWORK_RECORD,
  ACTIVATION_RECORD,
  ENVIRONMENT_RECORD,
  CLOCK_RECORD,
  DOWNLOAD_RECORD,
  'outputs',
  'events',
]);

/**
 * Brings a board back to the state of the factory. The mark is written first, and taken away last: before that write the board is
 * as it was, after it, it is unprovisioned, wherever the power goes.
 * @throws {Error} when the medium fails: before the mark nothing has changed, after it the next boot goes on
 */
export function forgetEverything(stores: RecordStores): void {
  stores.storage.write(MARK, new Uint8Array(1));
  erase(stores);
}

/** To be called before any record is read. Whether the board is to take itself for new, though its flash may not yet say so. */
export function finishForgetting(stores: RecordStores): boolean {
  try {
    if (stores.storage.read(MARK) === undefined) return false;
    erase(stores);
    return false;
  } catch {
    // Either the mark cannot be read, and then the others cannot be trusted, or what it is about cannot be erased.
    return true;
  }
}

function erase({ storage, secrets }: RecordStores): void {
  for (const key of FORGOTTEN) {
    // In both: a version without a store for secrets may have left it in the other.
    secrets.delete(key);
    storage.delete(key);
  }
  storage.delete(MARK);
}
