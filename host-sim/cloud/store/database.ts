import type Sqlite from 'better-sqlite3';
import { CloudStartError } from '../errors.js';
import { MIGRATIONS } from './migrations.js';

export type SqliteDatabase = Sqlite.Database;

/** Time for another program to close the database, ms. */
const BUSY_TIMEOUT_MS = 2_000;
/** Time for the commits of those that share the database, ms: each is one sync of the disk, and many may wait. */
const SHARED_TIMEOUT_MS = 15_000;

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
 * nor a power cut loses what was answered. While it is open no other program can lock it: a commit stops the whole process, so
 * it must not wait for others. Those that share one do wait, for each other's commits; nobody who reads waits for anybody.
 * @param sharing absent: nobody else has it open; `isFirst`: nobody has so far
 * @throws CloudStartError `database_too_new`, `database_in_use`, `sqlite_missing`
 */
export async function openDatabase(
  path: string,
  sharing?: { readonly isFirst: boolean } | undefined,
): Promise<SqliteDatabase> {
  const isShared = sharing !== undefined;
  const SqliteConstructor = await loadSqlite();
  // Alone it waits here only: another program may be at its last commit.
  const database = new SqliteConstructor(path, { timeout: isShared ? SHARED_TIMEOUT_MS : BUSY_TIMEOUT_MS });
  try {
    if (isShared) beginImmediately(database);
    // Before the first use of the WAL, whose index is in this process's memory then.
    else database.pragma('locking_mode = EXCLUSIVE');
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('foreign_keys = ON');
    if (sharing?.isFirst === false) refuseToMigrate(database, path);
    migrate(database);
  } catch (error) {
    database.close();
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error;
    throw new CloudStartError(
      'database_in_use',
      `Another program has the database ${path} open: close it.`,
      { file: path },
      error,
    );
  }
  return database;
}

/**
 * Has every transaction take its turn to write before it reads: one that read first would have to fail where another process has
 * written meanwhile. Those that only read are single statements.
 */
function beginImmediately(database: SqliteDatabase): void {
  const begin = database.transaction.bind(database);
  database.transaction = ((work: Parameters<typeof begin>[0]) => begin(work).immediate) as typeof begin;
}

/** Those that have it open know nothing of newer tables. @throws CloudStartError `database_in_use` */
function refuseToMigrate(database: SqliteDatabase, path: string): void {
  if (Number(database.pragma('user_version', { simple: true })) >= MIGRATIONS.length) return;
  throw new CloudStartError(
    'database_in_use',
    `Clouds of an older version have the database ${path} open: stop them all, then start the newer ones.`,
    { file: path },
  );
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
