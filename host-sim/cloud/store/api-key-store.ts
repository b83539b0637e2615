import type { SqliteDatabase } from './database.js';
import type { UserRow } from './user-store.js';

export interface ApiKeyRow {
  readonly key_id: string;
  readonly description: string;
  readonly created_at: number;
}

/** Hashes are SHA-256 of the two random parts. */
export interface NewApiKey {
  readonly keyId: string;
  readonly userId: number;
  readonly keyHash: Buffer;
  readonly secretHash: Buffer;
  readonly description: string;
  readonly at: number;
}

/** API keys of users; the key is found by its hash, the secret is compared. */
export class ApiKeyStore {
  readonly #insert;
  readonly #list;
  readonly #count;
  readonly #delete;
  readonly #holder;

  constructor(database: SqliteDatabase) {
    this.#insert = database.prepare<[NewApiKey]>(
      `INSERT INTO api_keys (key_id, user_id, key_hash, secret_hash, description, created_at)
       VALUES (@keyId, @userId, @keyHash, @secretHash, @description, @at)`,
    );
    this.#list = database.prepare<[number, number, number], ApiKeyRow>(
      'SELECT key_id, description, created_at FROM api_keys WHERE user_id = ? ORDER BY seq LIMIT ? OFFSET ?',
    );
    this.#count = database.prepare<[number], { n: number }>('SELECT count(*) AS n FROM api_keys WHERE user_id = ?');
    this.#delete = database.prepare<[string, number]>('DELETE FROM api_keys WHERE key_id = ? AND user_id = ?');
    this.#holder = database.prepare<[Buffer], UserRow & { secret_hash: Buffer }>(
      'SELECT u.*, k.secret_hash FROM api_keys k JOIN users u USING (user_id) WHERE k.key_hash = ? AND u.closed_at IS NULL',
    );
  }

  insert(key: NewApiKey): void {
    this.#insert.run(key);
  }

  list(userId: number, limit: number, offset: number): { rows: ApiKeyRow[]; total: number } {
    return { rows: this.#list.all(userId, limit, offset), total: this.count(userId) };
  }

  count(userId: number): number {
    return this.#count.get(userId)!.n;
  }

  /** False where the user has no such key. */
  delete(keyId: string, userId: number): boolean {
    return this.#delete.run(keyId, userId).changes === 1;
  }

  /** Whose key it is, with the hash that the secret has to fit. */
  holder(keyHash: Buffer): (UserRow & { readonly secret_hash: Buffer }) | undefined {
    return this.#holder.get(keyHash);
  }
}
