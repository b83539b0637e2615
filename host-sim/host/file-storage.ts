import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordStorage } from '../../src/ports/storage.js';

const KEY = /^[a-z][a-z0-9-]{0,14}$/;

/**
 * Records as files of one folder. A write goes to a second file, is flushed to the disk, and takes the first one's place by
 * a rename: at a power cut there is the old record or the new one, never a mixture.
 */
export class FileStorage implements RecordStorage {
  readonly #folder: string;

  /** @throws when the folder cannot be made */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
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
    const path = this.#path(key);
    const next = `${path}.next`;
    const file = openSync(next, 'w', 0o600);
    try {
      writeSync(file, value);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
    this.#syncFolder();
  }

  delete(key: string): void {
    rmSync(this.#path(key), { force: true });
    this.#syncFolder();
  }

  #path(key: string): string {
    if (!KEY.test(key)) throw new RangeError(`record key ${key}`);
    return join(this.#folder, key);
  }

  /** Makes the rename itself durable. */
  #syncFolder(): void {
    const folder = openSync(this.#folder, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}
