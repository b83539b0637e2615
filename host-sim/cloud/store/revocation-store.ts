import type { SqliteDatabase } from './database.js';

/** The client certificates that hold no more; serial numbers are hex digits in upper case. */
export class RevocationStore {
  readonly #add;
  readonly #find;

  constructor(database: SqliteDatabase) {
    this.#add = database.prepare<[string, number]>(
      'INSERT OR IGNORE INTO revoked_certificates (serial, revoked_at) VALUES (?, ?)',
    );
    this.#find = database.prepare<[string]>('SELECT 1 FROM revoked_certificates WHERE serial = ?');
  }

  add(serial: string, at: number): void {
    this.#add.run(serial, at);
  }

  has(serial: string): boolean {
    return this.#find.get(serial) !== undefined;
  }
}
