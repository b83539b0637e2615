import type { SqliteDatabase } from './database.js';

/** What a user says about himself; null: nothing. */
export interface ProfileRow {
  readonly nickname: string | null;
  readonly gender: string | null;
  /** YYYY-MM-DD */
  readonly birthday: string | null;
  /** Id of a file. */
  readonly avatar: string | null;
  /** JSON object. */
  readonly extend_info: string;
}

const EMPTY: ProfileRow = {
  nickname: null,
  gender: null,
  birthday: null,
  avatar: null,
  extend_info: '{}',
};

/** The profiles of users; who has said nothing has no row. */
export class ProfileStore {
  readonly #get;
  readonly #set;

  constructor(database: SqliteDatabase) {
    this.#get = database.prepare<[number], ProfileRow>('SELECT * FROM profiles WHERE user_id = ?');
    this.#set = database.prepare<[ProfileRow & { readonly userId: number }]>(
      `INSERT OR REPLACE INTO profiles (user_id, nickname, gender, birthday, avatar, extend_info)
       VALUES (@userId, @nickname, @gender, @birthday, @avatar, @extend_info)`,
    );
  }

  get(userId: number): ProfileRow {
    return this.#get.get(userId) ?? EMPTY;
  }

  change(userId: number, change: Partial<ProfileRow>): void {
    this.#set.run({ ...this.get(userId), ...change, userId });
  }
}
