import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, syncFolder } from '../../files/files.js';

/** Files by their ids, of one kind: each is there whole or not at all, whenever the power goes. */
export interface StoredFiles {
  /** Begins a file that nobody sees before it is kept. @throws {NodeJS.ErrnoException} where the disk does not take it */
  begin(): FileDraft;
  /** Up to `length` bytes from `at` on; fewer at the end, none where there is no such file. */
  read(id: string, at: number, length: number): Uint8Array;
  /** Does nothing where there is none. */
  remove(id: string): void;
  /** Removes all but these; drafts stay. */
  keepOnly(ids: ReadonlySet<string>): void;
}

/** A file that is kept, for whoever serves it. */
export interface StoredFile {
  readonly bytes: number;
  /** Lower-case hex: names these very bytes. */
  readonly sha256: string;
  /** Up to `length` bytes from `at` on; none where it was deleted meanwhile. */
  read(at: number, length: number): Uint8Array;
}

/** A file that is being written. */
export interface FileDraft {
  /** Appends. @throws {NodeJS.ErrnoException} where the disk does not take it */
  write(bytes: Uint8Array): void;
  /** Makes it the file of this id; durable when it returns. @throws {NodeJS.ErrnoException} where the disk does not take it */
  keep(id: string): void;
  /** Leaves nothing of it; does nothing to one that is kept. May be called twice. */
  discard(): void;
}

/** Files of a cloud that keeps nothing else either. */
export class MemoryFiles implements StoredFiles {
  readonly #files = new Map<string, Uint8Array>();

  begin(): FileDraft {
    let pieces: Uint8Array[] = [];
    return {
      write: (bytes) => {
        pieces.push(Uint8Array.from(bytes));
      },
      keep: (id) => {
        this.#files.set(id, Buffer.concat(pieces));
        pieces = [];
      },
      discard: () => {
        pieces = [];
      },
    };
  }

  read(id: string, at: number, length: number): Uint8Array {
    return this.#files.get(id)?.subarray(at, at + length) ?? new Uint8Array(0);
  }

  remove(id: string): void {
    this.#files.delete(id);
  }

  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of this.#files.keys()) if (!ids.has(id)) this.#files.delete(id);
  }
}

const DRAFT_ENDING = '.draft';
const OWNER_ONLY = 0o600;

/** Files in a folder. None is held open for a reader, so that the number of readers has no bound. */
export class FolderFiles implements StoredFiles {
  readonly #folder: string;
  readonly #ending: string;
  /** Begins the names of drafts: no other process that has this folder begins them like this. */
  readonly #draft = randomUUID();
  #drafts = 0;

  /**
   * Makes the folder if need be, and removes what runs that were killed had begun.
   * @param ending of their names, as in `.slfw`
   * @param isFirst no other process has this folder
   * @throws {NodeJS.ErrnoException}
   */
  constructor(folder: string, ending: string, isFirst = true) {
    makeFolder(folder);
    this.#folder = folder;
    this.#ending = ending;
    if (!isFirst) return;
    for (const name of readdirSync(folder)) if (name.endsWith(DRAFT_ENDING)) this.#unlink(name);
  }

  begin(): FileDraft {
    this.#drafts += 1;
    const name = `${this.#draft}-${this.#drafts}${DRAFT_ENDING}`;
    let file: number | undefined = openSync(join(this.#folder, name), 'w', OWNER_ONLY);
    const close = () => {
      if (file !== undefined) closeSync(file);
      file = undefined;
    };
    return {
      write: (bytes) => {
        for (let at = 0; at < bytes.length; ) at += writeSync(file!, bytes, at);
      },
      keep: (id) => {
        fsyncSync(file!);
        close();
        renameSync(join(this.#folder, name), this.#path(id));
        syncFolder(this.#folder);
      },
      discard: () => {
        close();
        this.#unlink(name);
      },
    };
  }

  read(id: string, at: number, length: number): Uint8Array {
    let file: number;
    try {
      file = openSync(this.#path(id), 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0);
      throw error;
    }
    try {
      const bytes = Buffer.allocUnsafe(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, at));
    } finally {
      closeSync(file);
    }
  }

  remove(id: string): void {
    this.#unlink(`${id}${this.#ending}`);
  }

  keepOnly(ids: ReadonlySet<string>): void {
    for (const name of readdirSync(this.#folder)) {
      if (name.endsWith(this.#ending) && !ids.has(name.slice(0, -this.#ending.length))) this.#unlink(name);
    }
  }

  #path(id: string): string {
    return join(this.#folder, `${id}${this.#ending}`);
  }

  #unlink(name: string): void {
    rmSync(join(this.#folder, name), { force: true });
  }
}
