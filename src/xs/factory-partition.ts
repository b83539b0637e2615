import flash, { type Partition } from 'embedded:storage/flash';
import { announcedLength, ENVELOPE_BYTES, sealedLength } from '../core/record-envelope.js';

/** Label of the partition (`esp32/partitions.csv`). */
const LABEL = 'factory';
/** Longest record, as for every other. */
const MAX_BYTES = 8_000;

/**
 * The sealed record that the factory wrote at the start of its partition, which nothing here ever writes; `undefined` where the
 * partition is empty or not there, or the record in it is not whole.
 * @throws {Error} when the flash fails
 */
export function readFactoryPartition(): Uint8Array | undefined {
  const partition = openPartition();
  if (partition === undefined) return undefined;
  try {
    const length = announcedLength(new Uint8Array(partition.read(ENVELOPE_BYTES, 0)));
    if (length < 0 || length > MAX_BYTES - ENVELOPE_BYTES) return undefined;
    const record = new Uint8Array(partition.read(ENVELOPE_BYTES + length, 0));
    return sealedLength(record) < 0 ? undefined : record;
  } finally {
    partition.close();
  }
}

function openPartition(): Partition | undefined {
  try {
    return flash.open({ path: LABEL, mode: 'r' });
  } catch {
    // A board whose table is older, or a program without a flash.
    return undefined;
  }
}
