import type { SqliteDatabase } from './database.js';

export interface BindTokenRow {
  readonly project_id: string;
  /** Who made it. */
  readonly user_id: number;
  readonly expires_at: number;
  /** The device that used it. */
  readonly device_seq: number | null;
}

/** Bind tokens: found by their hash, and marked with the device that used them. */
export class BindTokenStore {
  readonly #insert;
  readonly #get;
  readonly #use;
  readonly #prune;

  constructor(database: SqliteDatabase) {
    this.#insert = database.prepare<[Buffer, string, number, number]>(
      'INSERT INTO bind_tokens (token_hash, project_id, user_id, expires_at) VALUES (?, ?, ?, ?)',
    );
    this.#get = database.prepare<[Buffer], BindTokenRow>(
      'SELECT project_id, user_id, expires_at, device_seq FROM bind_tokens WHERE token_hash = ?',
    );
    this.#use = database.prepare<[number, Buffer]>(
      'UPDATE bind_tokens SET device_seq = ? WHERE token_hash = ? AND device_seq IS NULL',
    );
    this.#prune = database.prepare<[number]>('DELETE FROM bind_tokens WHERE expires_at <= ?');
  }

  insert(tokenHash: Buffer, token: { projectId: string; userId: number; expiresAt: number }): void {
    this.#insert.run(tokenHash, token.projectId, token.userId, token.expiresAt);
  }

  get(tokenHash: Buffer): BindTokenRow | undefined {
    return this.#get.get(tokenHash);
  }

  /** False where it was used already. */
  use(tokenHash: Buffer, deviceSeq: number): boolean {
    return this.#use.run(deviceSeq, tokenHash).changes === 1;
  }

  prune(expiredUntil: number): void {
    this.#prune.run(expiredUntil);
  }
}
