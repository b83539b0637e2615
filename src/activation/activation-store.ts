import { type Activation, readStoredActivation } from '../core/activation-answer.js';
import type { RecordStorage } from '../ports/storage.js';
import type { Text } from '../ports/text.js';
import { JsonRecord } from '../records/json-record.js';

/** Key of the record of a board's activation. */
export const ACTIVATION_RECORD = 'activation';

/** The record of a board's activation: one atomic write, or none. */
export function activationRecord(secrets: RecordStorage, text: Text): JsonRecord<Activation> {
  return new JsonRecord<Activation>(secrets, text, ACTIVATION_RECORD, readStoredActivation);
}
