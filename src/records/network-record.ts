import {
  type CloudChoice,
  isSetupProblem,
  readCloudChoice,
  readSetupRequest,
  type SetupRequest,
} from '../core/setup-request.js';
import type { RecordStorage } from '../ports/storage.js';
import type { Text } from '../ports/text.js';
import { JsonRecord } from './json-record.js';

/** Key of the record of what a board was set up with. */
export const NETWORK_RECORD = 'network';

/** What a board has been told: a network and a cloud, or, where its build knows the network, the cloud alone. */
export type Told = CloudChoice & Partial<SetupRequest>;

/** The record of a board's network and of where its cloud is: one atomic write, or none. */
export function networkRecord(secrets: RecordStorage, text: Text): JsonRecord<Told> {
  return new JsonRecord<Told>(secrets, text, NETWORK_RECORD, (value) => {
    const told = value['ssid'] === undefined ? readCloudChoice(value) : readSetupRequest(value);
    return isSetupProblem(told) ? undefined : told;
  });
}
