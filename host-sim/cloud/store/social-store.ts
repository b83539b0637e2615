import type { SqliteDatabase } from './database.js';

export interface IdentityRow {
  readonly issuer: string;
  readonly subject: string;
  readonly user_id: number;
  readonly provider: string;
  readonly bound_at: number;
}

/** Who users are to identity providers. */
export class SocialStore {
  readonly #insert;
  readonly #find;
  readonly #ofUser;
  readonly #list;
  readonly #count;
  readonly #delete;

  constructor(database: SqliteDatabase) {
    this.#insert = database.prepare<[IdentityRow]>(
      `INSERT INTO social_identities (issuer, subject, user_id, provider, bound_at)
       VALUES (@issuer, @subject, @user_id, @provider, @bound_at)`,
    );
    this.#find = database.prepare<[string, string], IdentityRow>(
      'SELECT * FROM social_identities WHERE issuer = ? AND subject = ?',
    );
    this.#ofUser = database.prepare<[number, string], IdentityRow>(
      'SELECT * FROM social_identities WHERE user_id = ? AND provider = ?',
    );
    this.#list = database.prepare<[number, number, number], IdentityRow>(
      'SELECT * FROM social_identities WHERE user_id = ? ORDER BY provider LIMIT ? OFFSET ?',
    );
    this.#count = database.prepare<[number], { n: number }>(
      'SELECT count(*) AS n FROM social_identities WHERE user_id = ?',
    );
    this.#delete = database.prepare<[number, string]>(
      'DELETE FROM social_identities WHERE user_id = ? AND provider = ?',
    );
  }

  insert(identity: IdentityRow): void {
    this.#insert.run(identity);
  }

  find(issuer: string, subject: string): IdentityRow | undefined {
    return this.#find.get(issuer, subject);
  }

  ofUser(userId: number, provider: string): IdentityRow | undefined {
    return this.#ofUser.get(userId, provider);
  }

  list(userId: number, limit: number, offset: number): { rows: IdentityRow[]; total: number } {
    return { rows: this.#list.all(userId, limit, offset), total: this.#count.get(userId)!.n };
  }

  /** False where there was none. */
  delete(userId: number, provider: string): boolean {
    return this.#delete.run(userId, provider).changes === 1;
  }
}
