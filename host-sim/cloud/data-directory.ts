import { chmodSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileAtomic, writeFileFirst } from '../files/files.js';
import { FolderInUseError, FolderLock } from '../files/folder-lock.js';
import { FolderShare } from '../files/folder-share.js';
import { CloudStartError } from './errors.js';

const OWNER_ONLY = 0o600;
const DATABASE_FILE = 'cloud.sqlite';

/** Small files that nobody else may read. */
export interface PrivateFiles {
  /** What a person is told of where a file is. */
  file(name: string): string;
  /** The text of a file, or undefined where there is none. */
  read(name: string): string | undefined;
  /** Writes a file, all or nothing. @throws CloudStartError `data_dir_unwritable` */
  writePrivate(name: string, text: string): void;
  /** The same where there is no such file yet; false: there is one. @throws CloudStartError `data_dir_unwritable` */
  writeFirst(name: string, text: string): boolean;
}

/**
 * One directory with everything a cloud keeps, held by one cloud at a time, or by several that share it; of a cloud that was
 * killed it is taken over.
 */
export class DataDirectory implements PrivateFiles {
  readonly path: string;
  readonly #lock: FolderLock | FolderShare;

  private constructor(path: string, lock: FolderLock | FolderShare) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes the directory if need be (readable by its owner only) and locks it, which proves more than access(2) that it can
   * be written: read-only file systems and full disks show here.
   * @throws CloudStartError `data_dir_unwritable`, `data_dir_in_use`
   */
  static open(path: string): DataDirectory {
    try {
      makeFolder(path);
      return new DataDirectory(path, FolderLock.take(path));
    } catch (error) {
      if (!(error instanceof FolderInUseError)) throw unwritable(path, error);
      const { pid } = error.data;
      throw inUse(
        error,
        path,
        error.isShared
          ? `The cloud of process ${pid} shares the data directory ${path} with others that have --broker: stop them, choose another with --data, or give --broker too.`
          : `Another cloud (process ${pid}) is running on the data directory ${path}: stop it, or choose another with --data.`,
      );
    }
  }

  /**
   * The same for one of several clouds that share it. Each has it to itself until it has opened it ({@link opened}).
   * @throws CloudStartError `data_dir_unwritable`, `data_dir_in_use`
   */
  static async share(path: string): Promise<DataDirectory> {
    try {
      makeFolder(path);
      return new DataDirectory(path, await FolderShare.enter(path));
    } catch (error) {
      if (!(error instanceof FolderInUseError)) throw unwritable(path, error);
      const { pid } = error.data;
      throw inUse(
        error,
        path,
        error.isShared
          ? `The cloud of process ${pid} has been opening the data directory ${path} for more than a minute: stop it, or try again.`
          : `The cloud of process ${pid} has the data directory ${path} to itself, because it runs without --broker: stop it, or choose another with --data.`,
      );
    }
  }

  /** Whether other clouds may have it too. */
  get isShared(): boolean {
    return this.#lock instanceof FolderShare;
  }

  /** Whether no other cloud had it when this one took it. */
  get isFirst(): boolean {
    return !(this.#lock instanceof FolderShare) || this.#lock.isFirst;
  }

  /** Lets the next cloud open it too; does nothing where it is not shared. */
  opened(): void {
    if (this.#lock instanceof FolderShare) this.#lock.opened();
  }

  /** The database's path; the file is made here first, so that it is never readable by others. */
  prepareDatabase(): string {
    const file = join(this.path, DATABASE_FILE);
    try {
      closeSync(openSync(file, 'a', OWNER_ONLY));
      chmodSync(file, OWNER_ONLY);
    } catch (error) {
      throw unwritable(this.path, error);
    }
    return file;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** The text of a file, or undefined where there is none. */
  read(name: string): string | undefined {
    const file = this.file(name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  }

  /** Writes a file readable by its owner only, all or nothing at a power cut. */
  writePrivate(name: string, text: string): void {
    const file = this.file(name);
    try {
      writeFileAtomic(file, text, this.isShared ? `${file}.${process.pid}.next` : undefined);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  writeFirst(name: string, text: string): boolean {
    try {
      return writeFileFirst(this.file(name), text);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Lets another cloud in; a second call does nothing. */
  close(): void {
    this.#lock.release();
  }
}

function inUse(error: FolderInUseError, path: string, sentence: string): CloudStartError {
  return new CloudStartError('data_dir_in_use', sentence, { dataDir: path, pid: error.data.pid });
}

function unwritable(path: string, error: unknown): CloudStartError {
  const reason = String((error as { code?: string }).code ?? (error as Error).message);
  return new CloudStartError(
    'data_dir_unwritable',
    `The data directory ${path} cannot be written (${reason}).`,
    { dataDir: path, reason },
    error,
  );
}
