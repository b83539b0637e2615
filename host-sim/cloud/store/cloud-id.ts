import type { SqliteDatabase } from './database.js';

/** Six hexadecimal digits that tell the cloud of this database from others: made with it, kept in it. */
export function cloudId(database: SqliteDatabase): string {
  return database.prepare<[], { id: string }>('SELECT id FROM cloud').get()!.id;
}
