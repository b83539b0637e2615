import { isDeepStrictEqual } from 'node:util';
import { makeProof } from '../../src/board/identity.js';
import { accessPointName } from '../../src/core/access-point-name.js';
import type { Label } from '../../src/ports/host.js';
import type { RecordStorage } from '../../src/ports/storage.js';
import { type FactoryRecord, factoryRecord } from '../../src/records/factory-record.js';
import { createNodeRandom } from '../host/node-random.js';
import { createNodeText } from '../host/node-text.js';

/** A factory's record for a serial number, with a new proof of possession. */
export function makeFactoryRecord(serial: string): FactoryRecord {
  return { serial, pop: makeProof(createNodeRandom()) };
}

/** What a board's label says. */
export function labelFor({ serial, pop }: FactoryRecord): Label {
  return { serial, ssid: accessPointName(serial), password: pop };
}

/** What a factory gives a board beside its serial number, and its proof where it is not to be a new one. */
export type FactoryParts = Partial<Omit<FactoryRecord, 'serial' | 'selfMade'>>;

/**
 * What is written on a simulated board: one that has not been at the factory yet goes there first.
 * @param parts what it is to have, whatever it had
 * @throws when its flash cannot be written
 */
export function labelOf(serial: string, secrets: RecordStorage, parts: FactoryParts = {}): Label {
  const record = factoryRecord(secrets, createNodeText());
  const known = record.read();
  const wanted = { ...(known ?? makeFactoryRecord(serial)), ...parts };
  if (!isDeepStrictEqual(known, wanted)) record.write(wanted);
  return labelFor(wanted);
}
