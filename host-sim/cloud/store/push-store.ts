import type { SqliteDatabase } from './database.js';

export interface PushClientRow {
  readonly client_id: string;
  readonly platform: string;
  readonly language: string | null;
  readonly registered_at: number;
}

/** A user, and the topics that he wants to hear of. */
export interface Subscriber {
  readonly userId: number;
  readonly topics: readonly string[];
}

/** The apps of users that want to be told of things, and of what. */
export class PushStore {
  readonly #register;
  readonly #trim;
  readonly #subscribe;
  readonly #subscribers;

  constructor(database: SqliteDatabase) {
    this.#register = database.prepare<[PushClientRow & { userId: number }]>(
      `INSERT OR REPLACE INTO push_clients (user_id, client_id, platform, language, registered_at)
       VALUES (@userId, @client_id, @platform, @language, @registered_at)`,
    );
    this.#trim = database.prepare<[{ userId: number; keep: number }]>(
      `DELETE FROM push_clients WHERE user_id = @userId AND seq <= (
         SELECT seq FROM push_clients WHERE user_id = @userId ORDER BY seq DESC LIMIT 1 OFFSET @keep)`,
    );
    this.#subscribe = database.prepare<[number, string]>(
      'INSERT OR REPLACE INTO subscribers (user_id, topics) VALUES (?, ?)',
    );
    this.#subscribers = database.prepare<[], { user_id: number; topics: string }>('SELECT * FROM subscribers');
  }

  /** Registers a client, again or for the first time; of more than `keep` the one registered longest ago goes. */
  register(userId: number, client: PushClientRow, keep: number): void {
    this.#register.run({ ...client, userId });
    this.#trim.run({ userId, keep });
  }

  /** Sets what a user wants to hear of. */
  subscribe({ userId, topics }: Subscriber): void {
    this.#subscribe.run(userId, JSON.stringify(topics));
  }

  subscribers(): Subscriber[] {
    return this.#subscribers
      .all()
      .map((row) => ({ userId: row.user_id, topics: JSON.parse(row.topics) as readonly string[] }));
  }
}
