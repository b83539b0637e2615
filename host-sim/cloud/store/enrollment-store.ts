import type { SqliteDatabase } from './database.js';
import { type TimedRow, TimedRows } from './timed-rows.js';

/** An enrollment as the clock sees it; commands are JSON. */
export interface TimedEnrollment extends TimedRow {
  readonly plan_seq: number;
  readonly device_seq: number;
  readonly max_price: number;
  readonly above: string;
  readonly below: string;
}

export interface EnrollmentRow extends TimedEnrollment {
  readonly device_id: string;
}

export interface NewEnrollment {
  readonly userId: number;
  readonly planSeq: number;
  readonly deviceSeq: number;
  readonly maxPrice: number;
  readonly above: string;
  readonly below: string;
}

export interface DispatchRow {
  readonly plan_id: string;
  readonly device_id: string;
  readonly at: number;
  readonly price: number;
  readonly currency: string;
  /** JSON. */
  readonly params: string;
  readonly result: string;
}

export interface NewDispatch {
  readonly userId: number;
  readonly planId: string;
  readonly deviceId: string;
  readonly at: number;
  readonly price: number;
  readonly currency: string;
  readonly params: string;
  readonly result: string;
}

/** Dispatches that are kept of one user. */
const MAX_DISPATCHES = 200;

const SELECT = 'SELECT e.*, d.device_id FROM enrollments e JOIN devices d ON d.seq = e.device_seq';

/** Boards that follow a price, and what they were sent for it. */
export class EnrollmentStore {
  readonly timed: TimedRows<TimedEnrollment>;
  readonly #database: SqliteDatabase;
  readonly #upsert;
  readonly #bySeq;
  readonly #ofPlan;
  readonly #count;
  readonly #isThere;
  readonly #delete;
  readonly #insertDispatch;
  readonly #trimDispatches;
  readonly #dispatches;
  readonly #countDispatches;
  readonly #pruneDispatches;

  constructor(database: SqliteDatabase) {
    this.timed = new TimedRows(database, 'enrollments');
    this.#database = database;
    this.#upsert = database.prepare<[NewEnrollment], { seq: number }>(
      `INSERT INTO enrollments (user_id, plan_seq, device_seq, max_price, above, below)
       VALUES (@userId, @planSeq, @deviceSeq, @maxPrice, @above, @below)
       ON CONFLICT (plan_seq, device_seq) DO UPDATE SET max_price = excluded.max_price, above = excluded.above,
         below = excluded.below
       RETURNING seq`,
    );
    this.#bySeq = database.prepare<[number], EnrollmentRow>(`${SELECT} WHERE e.seq = ?`);
    this.#ofPlan = database.prepare<[number], EnrollmentRow>(`${SELECT} WHERE e.plan_seq = ?`);
    this.#count = database.prepare<[number], { n: number }>('SELECT count(*) AS n FROM enrollments WHERE user_id = ?');
    this.#isThere = database.prepare<[number, number], { seq: number }>(
      'SELECT seq FROM enrollments WHERE plan_seq = ? AND device_seq = ?',
    );
    this.#delete = database.prepare<[number, string]>(
      'DELETE FROM enrollments WHERE plan_seq = ? AND device_seq = (SELECT seq FROM devices WHERE device_id = ?)',
    );
    // With its user a plan goes, while a dispatch is under way.
    this.#insertDispatch = database.prepare<[NewDispatch]>(
      `INSERT INTO dispatches (user_id, plan_id, device_id, at, price, currency, params, result)
       SELECT user_id, @planId, @deviceId, @at, @price, @currency, @params, @result FROM users WHERE user_id = @userId`,
    );
    this.#trimDispatches = database.prepare<[{ userId: number }]>(
      `DELETE FROM dispatches WHERE user_id = @userId AND seq <=
         (SELECT seq FROM dispatches WHERE user_id = @userId ORDER BY seq DESC LIMIT 1 OFFSET ${MAX_DISPATCHES})`,
    );
    this.#dispatches = database.prepare<[number, number, number], DispatchRow>(
      'SELECT * FROM dispatches WHERE user_id = ? ORDER BY seq DESC LIMIT ? OFFSET ?',
    );
    this.#countDispatches = database.prepare<[number], { n: number }>(
      'SELECT count(*) AS n FROM dispatches WHERE user_id = ?',
    );
    this.#pruneDispatches = database.prepare<[number]>('DELETE FROM dispatches WHERE at < ?');
  }

  /** What a board does for a plan is changed where it does something already; gives the number of the row. */
  put(enrollment: NewEnrollment): number {
    return this.#upsert.get(enrollment)!.seq;
  }

  bySeq(seq: number): EnrollmentRow | undefined {
    return this.#bySeq.get(seq);
  }

  ofPlan(planSeq: number): EnrollmentRow[] {
    return this.#ofPlan.all(planSeq);
  }

  count(userId: number): number {
    return this.#count.get(userId)!.n;
  }

  has(planSeq: number, deviceSeq: number): boolean {
    return this.#isThere.get(planSeq, deviceSeq) !== undefined;
  }

  delete(planSeq: number, deviceId: string): void {
    this.#delete.run(planSeq, deviceId);
  }

  /** The newest {@link MAX_DISPATCHES} of a user stay. */
  addDispatch(dispatch: NewDispatch): void {
    this.#database.transaction(() => {
      this.#insertDispatch.run(dispatch);
      this.#trimDispatches.run({ userId: dispatch.userId });
    })();
  }

  /** Newest first. */
  dispatches(userId: number, limit: number, offset: number): { rows: DispatchRow[]; total: number } {
    return { rows: this.#dispatches.all(userId, limit, offset), total: this.#countDispatches.get(userId)!.n };
  }

  pruneDispatches(before: number): void {
    this.#pruneDispatches.run(before);
  }
}
