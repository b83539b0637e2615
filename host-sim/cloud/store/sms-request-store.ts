import type { SqliteDatabase } from './database.js';

/** The random texts of signed requests for a code, for as long as such a request could be sent again. */
export class SmsRequestStore {
  readonly #insert;
  readonly #count;
  readonly #prune;

  constructor(database: SqliteDatabase) {
    this.#insert = database.prepare<[string, string, number]>(
      'INSERT INTO sms_requests (user_domain, random, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#count = database.prepare<[], { n: number }>('SELECT count(*) AS n FROM sms_requests');
    this.#prune = database.prepare<[number]>('DELETE FROM sms_requests WHERE expires_at < ?');
  }

  /** False where it was used. @param expiresAt ms since 1970 */
  use(userDomain: string, random: string, expiresAt: number): boolean {
    return this.#insert.run(userDomain, random, expiresAt).changes === 1;
  }

  count(): number {
    return this.#count.get()!.n;
  }

  prune(before: number): void {
    this.#prune.run(before);
  }
}
