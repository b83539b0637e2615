import type { Host } from '../ports/host.js';
import type { Random } from '../ports/random.js';
import type { RecordStorage } from '../ports/storage.js';
import type { Text } from '../ports/text.js';
import { JsonRecord } from '../records/json-record.js';

/** Key of the factory record. */
export const FACTORY_RECORD = 'factory';
/** Letters and digits that nobody mistakes for others: 5 bits each. */
export const POP_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** 60 bits. */
export const POP_CHARACTERS = 12;

/** What the factory has given a board, or what it has given itself where the factory gave nothing. */
export interface FactoryRecord {
  readonly serial: string;
  /** Proof of possession: what the label says, and the password of the board's access point. */
  readonly pop: string;
  /** True: there is no label, since the board has made this itself. */
  readonly selfMade?: boolean;
}

const SERIAL = /^[A-Za-z0-9_-]{1,64}$/;
const POP = /^[\x21-\x7e]{12,63}$/;

/**
 * The factory record, which nothing erases. A board that has none makes one at its first boot, of its chip's own serial number; where
 * that cannot be written, or the flash cannot be read at the moment, it counts until the power goes.
 */
export function readFactoryRecord({ secrets, text, random, system }: Host, onFailed: () => void): FactoryRecord {
  const record = factoryRecord(secrets, text);
  const stored = record.read();
  if (stored !== undefined) return stored;
  const made: FactoryRecord = { serial: system.serial, pop: makeProof(random), selfMade: true };
  try {
    // A flash that fails just now may hold the one that the label says.
    secrets.read(FACTORY_RECORD);
    record.write(made);
  } catch {
    onFailed();
  }
  return made;
}

/** The record itself, for whoever makes one. */
export function factoryRecord(secrets: RecordStorage, text: Text): JsonRecord<FactoryRecord> {
  return new JsonRecord<FactoryRecord>(secrets, text, FACTORY_RECORD, checkFactoryRecord);
}

/** A new proof of possession. */
export function makeProof(random: Random): string {
  let pop = '';
  while (pop.length < POP_CHARACTERS) pop += POP_ALPHABET[random.uint32() >>> 27];
  return pop;
}

function checkFactoryRecord({ serial, pop, selfMade }: Record<string, unknown>): FactoryRecord | undefined {
  if (typeof serial !== 'string' || !SERIAL.test(serial)) return undefined;
  if (typeof pop !== 'string' || !POP.test(pop)) return undefined;
  return { serial, pop, ...(selfMade === true && { selfMade }) };
}
