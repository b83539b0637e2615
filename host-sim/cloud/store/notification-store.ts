import type { SqliteDatabase } from './database.js';

export interface NotificationRow {
  readonly seq: number;
  readonly topic: string;
  /** JSON. */
  readonly data: string;
  readonly created_at: number;
  readonly read_at: number | null;
}

/** What users are told, a bounded number of each. */
export class NotificationStore {
  readonly #insert;
  readonly #trim;
  readonly #page;
  readonly #count;
  readonly #unreadPage;
  readonly #countUnread;
  readonly #read;
  readonly #readAll;
  readonly #delete;
  readonly #prune;
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#insert = database.prepare<[number, string, string, number]>(
      'INSERT INTO notifications (user_id, topic, data, created_at) VALUES (?, ?, ?, ?)',
    );
    this.#trim = database.prepare<[{ userId: number; keep: number }]>(
      `DELETE FROM notifications WHERE user_id = @userId AND seq <= (
         SELECT seq FROM notifications WHERE user_id = @userId ORDER BY seq DESC LIMIT 1 OFFSET @keep)`,
    );
    const page = (condition: string) =>
      database.prepare<[number, number, number], NotificationRow>(
        `SELECT * FROM notifications WHERE user_id = ? ${condition} ORDER BY seq DESC LIMIT ? OFFSET ?`,
      );
    const count = (condition: string) =>
      database.prepare<[number], { n: number }>(
        `SELECT count(*) AS n FROM notifications WHERE user_id = ? ${condition}`,
      );
    this.#page = page('');
    this.#count = count('');
    this.#unreadPage = page('AND read_at IS NULL');
    this.#countUnread = count('AND read_at IS NULL');
    this.#read = database.prepare<[number, number, number]>(
      'UPDATE notifications SET read_at = ? WHERE user_id = ? AND seq = ? AND read_at IS NULL',
    );
    this.#readAll = database.prepare<[number, number]>(
      'UPDATE notifications SET read_at = ? WHERE user_id = ? AND read_at IS NULL',
    );
    this.#delete = database.prepare<[number, number]>('DELETE FROM notifications WHERE user_id = ? AND seq = ?');
    this.#prune = database.prepare<[number]>('DELETE FROM notifications WHERE created_at < ?');
  }

  /**
   * Adds one; of more than `keep` of a user the oldest go.
   * @param notification its data as JSON
   */
  add(userId: number, notification: Omit<NotificationRow, 'seq' | 'read_at'>, keep: number): void {
    const { topic, data, created_at } = notification;
    this.#insert.run(userId, topic, data, created_at);
    this.#trim.run({ userId, keep });
  }

  /** Newest first. */
  list(userId: number, unread: boolean, limit: number, offset: number): { rows: NotificationRow[]; total: number } {
    const page = unread ? this.#unreadPage : this.#page;
    const count = unread ? this.#countUnread : this.#count;
    return { rows: page.all(userId, limit, offset), total: count.get(userId)!.n };
  }

  countUnread(userId: number): number {
    return this.#countUnread.get(userId)!.n;
  }

  /** How many of the user's there were that he had not read. @param ids undefined: all */
  markRead(userId: number, ids: readonly number[] | undefined, at: number): number {
    if (ids === undefined) return this.#readAll.run(at, userId).changes;
    return this.#each(ids, (id) => this.#read.run(at, userId, id).changes);
  }

  /** How many of the user's there were. */
  delete(userId: number, ids: readonly number[]): number {
    return this.#each(ids, (id) => this.#delete.run(userId, id).changes);
  }

  prune(before: number): void {
    this.#prune.run(before);
  }

  #each(ids: readonly number[], change: (id: number) => number): number {
    return this.#database.transaction(() => ids.reduce((changes, id) => changes + change(id), 0))();
  }
}
