import type Sqlite from 'better-sqlite3';
import { CloudStartError } from '../errors.js';
import { MIGRATIONS } from './migrations.js';

export type SqliteDatabase = Sqlite.Database;

/**
 * better-sqlite3, an optional dependency because it is compiled where no prebuilt binary fits.
 * @throws CloudStartError `sqlite_missing`, with what to do
 */
export async function loadSqlite(): Promise<typeof Sqlite> {
  try {
    const module = await import('better-sqlite3');
    // The native part is loaded by the first database, not by the import.
    new module.default(':memory:').close();
    return module.default;
  } catch (error) {
    throw new CloudStartError(
      'sqlite_missing',
      'The dev cloud needs the package better-sqlite3, which is not installed or was not built: install a C++ compiler, make and Python 3, then run "npm install better-sqlite3".',
      {},
      error,
    );
  }
}

/**
 * Opens and migrates the database. Commits are on the disk before they return (WAL, synchronous FULL): neither `kill -9`
 * nor a power cut loses what was answered.
 * @throws CloudStartError `database_too_new`, `sqlite_missing`
 */
export async function openDatabase(path: string): Promise<SqliteDatabase> {
  const SqliteConstructor = await loadSqlite();
  const database = new SqliteConstructor(path);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    database.pragma('busy_timeout = 2000');
    migrate(database);
  } catch (error) {
    database.close();
    throw error;
  }
  return database;
}

/** Brings a database to the newest version, each step all or nothing; `user_version` counts the steps done. */
export function migrate(database: SqliteDatabase): void {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > MIGRATIONS.length) {
    throw new CloudStartError(
      'database_too_new',
      `The database is of version ${version}; this program knows versions up to ${MIGRATIONS.length}.`,
      { version, supported: MIGRATIONS.length },
    );
  }
  for (let step = version; step < MIGRATIONS.length; step += 1) {
    database.transaction(() => {
      database.exec(MIGRATIONS[step]!);
      database.pragma(`user_version = ${step + 1}`);
    })();
  }
}
