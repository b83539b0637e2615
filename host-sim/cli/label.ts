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

/**
 * What is written on a simulated board: one that has not been at the factory yet goes there first.
 * @throws when its flash cannot be written
 */
export function labelOf(serial: string, secrets: RecordStorage): Label {
  const record = factoryRecord(secrets, createNodeText());
  const known = record.read();
  if (known !== undefined) return labelFor(known);
  const made = makeFactoryRecord(serial);
  record.write(made);
  return labelFor(made);
}
