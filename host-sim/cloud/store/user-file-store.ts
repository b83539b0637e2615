import type { SqliteDatabase } from './database.js';

/** A file of a user; its bytes are in a file of its id. */
export interface UserFileRow {
  readonly seq: number;
  readonly file_id: string;
  readonly user_id: number;
  readonly name: string;
  readonly content_type: string;
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly created_at: number;
}

export type NewUserFile = Omit<UserFileRow, 'seq'>;

/** A file that a user will send. */
export interface AnnouncedFileRow {
  readonly token_hash: Buffer;
  readonly file_id: string;
  readonly user_id: number;
  readonly name: string;
  readonly content_type: string;
  readonly bytes: number;
  /** Null: any will do. */
  readonly sha256: Buffer | null;
  readonly expires_at: number;
}

/** What a file takes of a disk, which gives out blocks. */
export const BLOCK_BYTES = 4_096;

/** What is known of the files of users, and of those that were announced. */
export class UserFileStore {
  readonly #byId;
  readonly #insert;
  readonly #delete;
  readonly #list;
  readonly #count;
  readonly #blocks;
  readonly #ids;
  readonly #announced;
  readonly #announce;
  readonly #countAnnounced;
  readonly #forget;
  readonly #prune;

  constructor(database: SqliteDatabase) {
    this.#byId = database.prepare<[string], UserFileRow>('SELECT * FROM user_files WHERE file_id = ?');
    this.#insert = database.prepare<[NewUserFile]>(
      `INSERT INTO user_files (file_id, user_id, name, content_type, bytes, sha256, created_at)
       SELECT @file_id, user_id, @name, @content_type, @bytes, @sha256, @created_at
       FROM users WHERE user_id = @user_id AND closed_at IS NULL`,
    );
    this.#delete = database.prepare<[number]>('DELETE FROM user_files WHERE seq = ?');
    this.#list = database.prepare<[number, number, number], UserFileRow>(
      'SELECT * FROM user_files WHERE user_id = ? ORDER BY seq DESC LIMIT ? OFFSET ?',
    );
    this.#count = database.prepare<[number], { n: number }>('SELECT count(*) AS n FROM user_files WHERE user_id = ?');
    this.#blocks = database.prepare<[], { n: number | null }>(
      `SELECT sum((bytes + ${BLOCK_BYTES - 1}) / ${BLOCK_BYTES}) AS n FROM user_files`,
    );
    this.#ids = database.prepare<[], { file_id: string }>('SELECT file_id FROM user_files');
    this.#announced = database.prepare<[Buffer], AnnouncedFileRow>(
      'SELECT * FROM announced_files WHERE token_hash = ?',
    );
    this.#announce = database.prepare<[AnnouncedFileRow]>(
      `INSERT INTO announced_files (token_hash, file_id, user_id, name, content_type, bytes, sha256, expires_at)
       VALUES (@token_hash, @file_id, @user_id, @name, @content_type, @bytes, @sha256, @expires_at)`,
    );
    this.#countAnnounced = database.prepare<[number], { n: number }>(
      'SELECT count(*) AS n FROM announced_files WHERE user_id = ?',
    );
    this.#forget = database.prepare<[string]>('DELETE FROM announced_files WHERE file_id = ?');
    this.#prune = database.prepare<[number]>('DELETE FROM announced_files WHERE expires_at <= ?');
  }

  byId(fileId: string): UserFileRow | undefined {
    return this.#byId.get(fileId);
  }

  /** False where the user's account was closed. */
  insert(row: NewUserFile): boolean {
    return this.#insert.run(row).changes > 0;
  }

  delete(seq: number): void {
    this.#delete.run(seq);
  }

  /** A user's, the newest first. */
  list(userId: number, limit: number, offset: number): UserFileRow[] {
    return this.#list.all(userId, limit, offset);
  }

  /** How many a user has. */
  count(userId: number): number {
    return this.#count.get(userId)!.n;
  }

  /** What all users' files take of a disk. */
  bytes(): number {
    return (this.#blocks.get()!.n ?? 0) * BLOCK_BYTES;
  }

  ids(): string[] {
    return this.#ids.all().map(({ file_id }) => file_id);
  }

  announced(tokenHash: Buffer): AnnouncedFileRow | undefined {
    return this.#announced.get(tokenHash);
  }

  announce(row: AnnouncedFileRow): void {
    this.#announce.run(row);
  }

  /** How many a user has announced that have not come. */
  countAnnounced(userId: number): number {
    return this.#countAnnounced.get(userId)!.n;
  }

  /** Forgets an announcement; says whether it was there. */
  forget(fileId: string): boolean {
    return this.#forget.run(fileId).changes > 0;
  }

  /** Forgets announcements that have ended. */
  prune(now: number): void {
    this.#prune.run(now);
  }
}
