import type { SqliteDatabase } from './database.js';
import { type TimedRow, TimedRows } from './timed-rows.js';

export interface PlanRow extends TimedRow {
  readonly plan_id: string;
  readonly device_seq: number;
  readonly device_id: string;
  readonly name: string;
  readonly utc_offset: number;
  /** JSON. */
  readonly entries: string;
}

/** A plan as the clock sees it. */
export type TimedPlan = Omit<PlanRow, 'device_id'>;

export interface NewPlan {
  readonly planId: string;
  readonly userId: number;
  readonly deviceSeq: number;
  readonly name: string;
  readonly utcOffset: number;
  readonly entries: string;
}

const SELECT = 'SELECT p.*, d.device_id FROM work_plans p JOIN devices d ON d.seq = p.device_seq';

/** Plans by which a board is commanded; the one that it follows has a next time. */
export class PlanStore {
  readonly timed: TimedRows<TimedPlan>;
  readonly #upsert;
  readonly #byId;
  readonly #bySeq;
  readonly #of;
  readonly #count;
  readonly #countBeside;
  readonly #followed;
  readonly #unfollow;

  constructor(database: SqliteDatabase) {
    this.timed = new TimedRows(database, 'work_plans');
    this.#upsert = database.prepare<[NewPlan], { seq: number }>(
      `INSERT INTO work_plans (plan_id, user_id, device_seq, name, utc_offset, entries)
       VALUES (@planId, @userId, @deviceSeq, @name, @utcOffset, @entries)
       ON CONFLICT (device_seq, user_id, name) DO UPDATE SET utc_offset = excluded.utc_offset, entries = excluded.entries
       RETURNING seq`,
    );
    this.#byId = database.prepare<[string, number], PlanRow>(`${SELECT} WHERE p.plan_id = ? AND p.device_seq = ?`);
    this.#bySeq = database.prepare<[number], PlanRow>(`${SELECT} WHERE p.seq = ?`);
    this.#of = database.prepare<[number, number], PlanRow>(
      `${SELECT} WHERE p.device_seq = ? AND p.user_id = ? ORDER BY p.name`,
    );
    this.#count = database.prepare<[number, number, string], { n: number }>(
      'SELECT count(*) AS n FROM work_plans WHERE device_seq = ? AND user_id = ? AND name <> ?',
    );
    this.#countBeside = database.prepare<[number, number, string], { n: number }>(
      'SELECT count(*) AS n FROM work_plans WHERE user_id = ? AND NOT (device_seq = ? AND name = ?)',
    );
    this.#followed = database.prepare<[number], PlanRow>(`${SELECT} WHERE p.device_seq = ? AND p.next_at IS NOT NULL`);
    this.#unfollow = database.prepare<[number]>(
      'UPDATE work_plans SET next_at = NULL WHERE device_seq = ? AND next_at IS NOT NULL',
    );
  }

  /** A plan of the same user, board and name is changed. */
  put(plan: NewPlan): PlanRow {
    return this.bySeq(this.#upsert.get(plan)!.seq)!;
  }

  /** A plan of this board, whoever made it. */
  byId(deviceSeq: number, planId: string): PlanRow | undefined {
    return this.#byId.get(planId, deviceSeq);
  }

  bySeq(seq: number): PlanRow | undefined {
    return this.#bySeq.get(seq);
  }

  /** A user's plans for a board, by name. */
  of(deviceSeq: number, userId: number): PlanRow[] {
    return this.#of.all(deviceSeq, userId);
  }

  /** How many of other names he has for the board. */
  countOthers(deviceSeq: number, userId: number, name: string): number {
    return this.#count.get(deviceSeq, userId, name)!.n;
  }

  /** How many he has for all boards, but for this one. */
  countBeside(deviceSeq: number, userId: number, name: string): number {
    return this.#countBeside.get(userId, deviceSeq, name)!.n;
  }

  /** The plan that a board follows, whoever made it. */
  followed(deviceSeq: number): PlanRow | undefined {
    return this.#followed.get(deviceSeq);
  }

  /** The board follows none. */
  unfollow(deviceSeq: number): void {
    this.#unfollow.run(deviceSeq);
  }
}
