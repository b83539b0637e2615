import { isSetupProblem, readSetupRequest, type SetupRequest } from '../core/setup-request.js';
import type { RecordStorage } from '../ports/storage.js';
import type { Text } from '../ports/text.js';
import { JsonRecord } from './json-record.js';

/** Key of the record of what a board was set up with. */
export const NETWORK_RECORD = 'network';

/** The record of a board's network: one atomic write, or none. */
export function networkRecord(secrets: RecordStorage, text: Text): JsonRecord<SetupRequest> {
  return new JsonRecord<SetupRequest>(secrets, text, NETWORK_RECORD, (value) => {
    const request = readSetupRequest(value);
    return isSetupProblem(request) ? undefined : request;
  });
}
