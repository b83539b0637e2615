import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordStorage } from '../../src/ports/storage.js';
import { makeFolder, syncFolder, writeFileAtomic } from '../files/files.js';

const KEY = /^[a-z][a-z0-9-]{0,14}$/;

/** Records as files of one folder, each replaced as a whole. */
export class FileStorage implements RecordStorage {
  readonly #folder: string;

  /** @throws when the folder cannot be made */
  constructor(folder: string) {
    makeFolder(folder);
    this.#folder = folder;
  }

  read(key: string): Uint8Array | undefined {
    try {
      return readFileSync(this.#path(key));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  write(key: string, value: Uint8Array): void {
    writeFileAtomic(this.#path(key), value);
  }

  delete(key: string): void {
    rmSync(this.#path(key), { force: true });
    syncFolder(this.#folder);
  }

  #path(key: string): string {
    if (!KEY.test(key)) throw new RangeError(`record key ${key}`);
    return join(this.#folder, key);
  }
}
