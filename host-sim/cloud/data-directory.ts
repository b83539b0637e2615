import { chmodSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../files/files.js';
import { FolderInUseError, FolderLock } from '../files/folder-lock.js';
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
}

/** One directory with everything a cloud keeps, held by one cloud at a time; of a cloud that was killed it is taken over. */
export class DataDirectory implements PrivateFiles {
  readonly path: string;
  readonly #lock: FolderLock;

  private constructor(path: string, lock: FolderLock) {
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
      throw new CloudStartError(
        'data_dir_in_use',
        `Another cloud (process ${error.data.pid}) is running on the data directory ${path}: stop it, or choose another with --data.`,
        { dataDir: path, pid: error.data.pid },
      );
    }
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
    try {
      writeFileAtomic(this.file(name), text);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  /** Lets another cloud in; a second call does nothing. */
  close(): void {
    this.#lock.release();
  }
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
