import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Logger } from '../../../host-sim/cloud/events.js';
import { LEASE_MS, Lease } from '../../../host-sim/cloud/processes/lease.js';
import { openDatabase } from '../../../host-sim/cloud/store/database.js';
import { ProcessStore } from '../../../host-sim/cloud/store/process-store.js';
import { onCleanup, temporaryDirectory } from '../support/fixture.js';

async function lease() {
  const path = join(temporaryDirectory(), 'cloud.sqlite');
  const database = await openDatabase(path, { isFirst: true });
  const other = await openDatabase(path, { isFirst: false });
  onCleanup(() => {
    database.close();
    other.close();
  });
  // What others write for too long is refused at once here.
  database.pragma('busy_timeout = 0');
  const time = { ms: 0 };
  const taken: number[] = [];
  const held = new Lease({
    store: new ProcessStore(database),
    slot: 0,
    isGone: () => false,
    mayLead: () => true,
    elapsed: () => time.ms,
    log: new Logger({ log: () => {}, now: () => time.ms }),
  });
  held.onTaken(() => taken.push(time.ms));
  return { held, database, other, time, taken };
}

test('whether a process leads is known without the database, however long others write to it', async () => {
  const { held, other, time } = await lease();
  expect(held.isHeld).toBe(true);
  other.exec('BEGIN IMMEDIATE');
  time.ms = LEASE_MS;
  expect(held.isHeld).toBe(false);
  expect(() => held.look()).toThrow(expect.objectContaining({ code: 'SQLITE_BUSY' }));
  expect(held.isHeld).toBe(false);
  other.exec('ROLLBACK');
});

test('who stood still and was not followed leads again when he has looked, and is told so: what came meanwhile was not stored', async () => {
  const { held, time, taken } = await lease();
  time.ms = 2 * LEASE_MS;
  expect(held.isHeld).toBe(false);
  expect(taken).toEqual([]);
  held.look();
  expect(held.isHeld).toBe(true);
  expect(taken).toEqual([time.ms]);
});
