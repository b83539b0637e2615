import type { SqliteDatabase } from './database.js';

export interface MerchantApplicationRow {
  readonly company_name: string;
  readonly contact: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly remark: string | null;
  readonly applied_at: number;
}

/** Applications of users to become a merchant, one of each. */
export class MerchantStore {
  readonly #set;

  constructor(database: SqliteDatabase) {
    this.#set = database.prepare<[MerchantApplicationRow & { userId: number }]>(
      `INSERT OR REPLACE INTO merchant_applications (user_id, company_name, contact, phone, email, remark, applied_at)
       VALUES (@userId, @company_name, @contact, @phone, @email, @remark, @applied_at)`,
    );
  }

  /** Keeps an application, in the place of an earlier one of the user. */
  set(userId: number, application: MerchantApplicationRow): void {
    this.#set.run({ ...application, userId });
  }
}
