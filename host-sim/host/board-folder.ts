import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordStorage } from '../../src/ports/storage.js';
import { makeFolder, writeFileAtomic } from '../files/files.js';
import { FileStorage } from './file-storage.js';
import { MemoryStorage } from './memory-storage.js';

const SERIAL = /^[A-Za-z0-9_-]{1,64}$/;

/** Where simulated boards keep their flash: `boards/<product key>/<serial>` of a data directory, or nowhere. */
export class BoardFolder {
  readonly #folder: string | undefined;

  /** @param dataDir data directory, or `:memory:`. @throws when it cannot be written */
  constructor(dataDir: string, productKey: string) {
    if (dataDir === ':memory:') return;
    this.#folder = join(dataDir, 'boards', productKey);
    makeFolder(this.#folder);
  }

  /** Serial numbers of the first `count` boards: like a station MAC, made at random once and kept. */
  serials(count: number): string[] {
    const serials = this.#read();
    const known = serials.length;
    while (serials.length < count) {
      const serial = randomSerial();
      if (!serials.includes(serial)) serials.push(serial);
    }
    if (serials.length > known) this.#write(serials);
    return serials.slice(0, count);
  }

  /** The records of one board. */
  storage(serial: string): RecordStorage {
    return this.#folder === undefined ? new MemoryStorage() : new FileStorage(join(this.#folder, serial));
  }

  #read(): string[] {
    if (this.#folder === undefined) return [];
    let text: string;
    try {
      text = readFileSync(join(this.#folder, 'serials.json'), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    const serials = parseSerials(text);
    if (serials === undefined) {
      throw new Error(
        `${join(this.#folder, 'serials.json')} is damaged: mend it, or remove it to give the boards new serial numbers.`,
      );
    }
    return serials;
  }

  #write(serials: readonly string[]): void {
    if (this.#folder === undefined) return;
    writeFileAtomic(join(this.#folder, 'serials.json'), `${JSON.stringify(serials)}\n`);
  }
}

function parseSerials(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return undefined;
    return value.every((entry) => typeof entry === 'string' && SERIAL.test(entry)) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A locally administered unicast address, as a station MAC is written: 12 upper-case hex digits. */
function randomSerial(): string {
  const bytes = randomBytes(6);
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return bytes.toString('hex').toUpperCase();
}
