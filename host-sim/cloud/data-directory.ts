import { chmodSync, closeSync, existsSync, openSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../files/files.js';
import { CloudStartError } from './errors.js';
import { loadSqlite, type SqliteDatabase } from './store/database.js';

const OWNER_ONLY = 0o600;
const DATABASE_FILE = 'cloud.sqlite';
const LOCK_FILE = 'cloud.lock';

/**
 * One directory with everything a cloud keeps, held by one cloud at a time. The lock is a file lock of the operating
 * system (taken through SQLite, which knows how on every platform), so `kill -9` releases it.
 */
export class DataDirectory {
  readonly path: string;
  readonly #lock: SqliteDatabase;

  private constructor(path: string, lock: SqliteDatabase) {
    this.path = path;
    this.#lock = lock;
  }

  /**
   * Makes the directory if need be (readable by its owner only) and locks it.
   * @throws CloudStartError `data_dir_unwritable`, `data_dir_in_use`, `sqlite_missing`
   */
  static async open(path: string): Promise<DataDirectory> {
    const Sqlite = await loadSqlite();
    const lockPath = join(path, LOCK_FILE);
    try {
      makeFolder(path);
      closeSync(openSync(lockPath, 'a', OWNER_ONLY));
      // Writing a file proves more than access(2): read-only file systems and full disks show here.
      const probe = join(path, '.probe');
      closeSync(openSync(probe, 'w', OWNER_ONLY));
      unlinkSync(probe);
    } catch (error) {
      throw unwritable(path, error);
    }
    const lock = new Sqlite(lockPath, { timeout: 0 });
    try {
      lock.pragma('journal_mode = MEMORY');
      lock.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      lock.close();
      if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY')) {
        throw new CloudStartError('data_dir_in_use', `Another cloud is running on the data directory ${path}.`, {
          dataDir: path,
        });
      }
      throw unwritable(path, error);
    }
    return new DataDirectory(path, lock);
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
    if (this.#lock.open) this.#lock.close();
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
