import { decodeBase64 } from '../core/base64.js';
import { decodeHex } from '../core/bytes.js';
import type { Host } from '../ports/host.js';
import type { Random } from '../ports/random.js';
import type { TlsIdentity } from '../ports/socket.js';
import { FACTORY_RECORD, type FactoryRecord, factoryRecord } from '../records/factory-record.js';

/** Letters and digits that nobody mistakes for others: 5 bits each. */
export const POP_ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
/** 60 bits. */
export const POP_CHARACTERS = 12;

/** Who a board is, from its factory record. */
export interface Identity extends Pick<FactoryRecord, 'serial' | 'pop' | 'selfMade'> {
  /** What it signs its activation with: 32 bytes. */
  readonly boardKey: Uint8Array | undefined;
  /** Who it is on a connection that asks for that. */
  readonly client: TlsIdentity | undefined;
  /** Base64 of the DER of the CAs that it was made for. */
  readonly anchors: readonly string[];
}

/**
 * What the factory record says, which nothing erases. A board that has none makes one at its first boot, of its chip's own serial
 * number; where that cannot be written, or the flash cannot be read at the moment, it counts until the power goes.
 */
export function readIdentity({ secrets, text, random, system }: Host, onFailed: () => void): Identity {
  const record = factoryRecord(secrets, text);
  const stored = record.read();
  if (stored !== undefined) return identityOf(stored);
  const made: FactoryRecord = { serial: system.serial, pop: makeProof(random), selfMade: true };
  try {
    // A flash that fails just now may hold the one that the label says.
    secrets.read(FACTORY_RECORD);
    record.write(made);
  } catch {
    onFailed();
  }
  return identityOf(made);
}

/** A new proof of possession. */
export function makeProof(random: Random): string {
  let pop = '';
  while (pop.length < POP_CHARACTERS) pop += POP_ALPHABET[random.uint32() >>> 27];
  return pop;
}

/** As bytes, which take less memory than the texts of the record, and are wanted at every connect. */
function identityOf({ serial, pop, selfMade, boardKey, certificate, key, anchors = [] }: FactoryRecord): Identity {
  return {
    serial,
    pop,
    ...(selfMade !== undefined && { selfMade }),
    anchors,
    boardKey: boardKey === undefined ? undefined : decodeHex(boardKey),
    client:
      certificate === undefined || key === undefined
        ? undefined
        : { certificates: certificate.map((der) => decodeBase64(der)!), key: decodeBase64(key)! },
  };
}
