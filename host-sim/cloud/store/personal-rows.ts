import type { SqliteDatabase } from './database.js';

/** A column that refers to users, and what becomes of its rows when their user goes. */
export interface PersonalColumn {
  readonly table: string;
  readonly column: string;
  readonly onDelete: 'CASCADE' | 'SET NULL';
}

/** Where the schema says what goes with a user. */
export function personalColumns(database: SqliteDatabase): PersonalColumn[] {
  return database
    .prepare<[], PersonalColumn>(
      `SELECT s.name AS "table", k."from" AS "column", k.on_delete AS onDelete
       FROM sqlite_schema s JOIN pragma_foreign_key_list(s.name) k
       WHERE s.type = 'table' AND k."table" = 'users' AND k.on_delete IN ('CASCADE', 'SET NULL')`,
    )
    .all();
}

/** Does to what is a user's own as the deletion of his row would do; the row itself stays, for what else refers to it. */
export function deletePersonalRows(database: SqliteDatabase, userId: number): void {
  for (const { table, column, onDelete } of personalColumns(database)) {
    const change = onDelete === 'CASCADE' ? `DELETE FROM "${table}"` : `UPDATE "${table}" SET "${column}" = NULL`;
    database.prepare<[number]>(`${change} WHERE "${column}" = ?`).run(userId);
  }
}
