import type { SqliteDatabase } from './database.js';

/** Which version of which terms a user agreed to, and when. */
export class AgreementStore {
  readonly #insert;

  constructor(database: SqliteDatabase) {
    this.#insert = database.prepare<[number, number, string, number]>(
      `INSERT INTO user_agreements (user_id, protocol_type, version, agreed_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET version = excluded.version, agreed_at = excluded.agreed_at`,
    );
  }

  /** @param at ms since 1970 */
  put(userId: number, protocolType: number, version: string, at: number): void {
    this.#insert.run(userId, protocolType, version, at);
  }
}
