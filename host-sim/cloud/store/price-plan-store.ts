import type { SqliteDatabase } from './database.js';

export interface PricePlanRow {
  readonly seq: number;
  readonly plan_id: string;
  readonly user_id: number;
  readonly name: string;
  readonly currency: string;
  readonly utc_offset: number;
  /** JSON, by their beginnings. */
  readonly periods: string;
  readonly enabled: number;
  readonly updated_at: number;
}

export interface NewPricePlan {
  readonly planId: string;
  readonly userId: number;
  readonly name: string;
  readonly currency: string;
  readonly utcOffset: number;
  readonly periods: string;
  readonly enabled: number;
  readonly at: number;
}

/** What energy costs users, by the time of the day. */
export class PricePlanStore {
  readonly #upsert;
  readonly #byId;
  readonly #bySeq;
  readonly #enabled;
  readonly #disable;
  readonly #list;
  readonly #count;
  readonly #countOthers;

  constructor(database: SqliteDatabase) {
    this.#upsert = database.prepare<[NewPricePlan], PricePlanRow>(
      `INSERT INTO price_plans (plan_id, user_id, name, currency, utc_offset, periods, enabled, updated_at)
       VALUES (@planId, @userId, @name, @currency, @utcOffset, @periods, @enabled, @at)
       ON CONFLICT (user_id, name) DO UPDATE SET currency = excluded.currency, utc_offset = excluded.utc_offset,
         periods = excluded.periods, enabled = excluded.enabled, updated_at = excluded.updated_at
       RETURNING *`,
    );
    this.#byId = database.prepare<[string, number], PricePlanRow>(
      'SELECT * FROM price_plans WHERE plan_id = ? AND user_id = ?',
    );
    this.#bySeq = database.prepare<[number], PricePlanRow>('SELECT * FROM price_plans WHERE seq = ?');
    this.#enabled = database.prepare<[number], PricePlanRow>(
      'SELECT * FROM price_plans WHERE user_id = ? AND enabled = 1',
    );
    this.#disable = database.prepare<[number]>('UPDATE price_plans SET enabled = 0 WHERE seq = ?');
    this.#list = database.prepare<[number, number, number], PricePlanRow>(
      'SELECT * FROM price_plans WHERE user_id = ? ORDER BY seq LIMIT ? OFFSET ?',
    );
    this.#count = database.prepare<[number], { n: number }>('SELECT count(*) AS n FROM price_plans WHERE user_id = ?');
    this.#countOthers = database.prepare<[number, string], { n: number }>(
      'SELECT count(*) AS n FROM price_plans WHERE user_id = ? AND name <> ?',
    );
  }

  /** A plan of the same user and name is changed. */
  put(plan: NewPricePlan): PricePlanRow {
    return this.#upsert.get(plan)!;
  }

  /** A plan of this user. */
  byId(userId: number, planId: string): PricePlanRow | undefined {
    return this.#byId.get(planId, userId);
  }

  bySeq(seq: number): PricePlanRow | undefined {
    return this.#bySeq.get(seq);
  }

  /** The one that counts for a user. */
  enabled(userId: number): PricePlanRow | undefined {
    return this.#enabled.get(userId);
  }

  disable(seq: number): void {
    this.#disable.run(seq);
  }

  list(userId: number, limit: number, offset: number): { rows: PricePlanRow[]; total: number } {
    return { rows: this.#list.all(userId, limit, offset), total: this.#count.get(userId)!.n };
  }

  /** How many of other names a user has. */
  countOthers(userId: number, name: string): number {
    return this.#countOthers.get(userId, name)!.n;
  }
}
