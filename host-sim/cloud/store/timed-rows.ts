import type { SqliteDatabase } from './database.js';

/** What rows have in common that run by the clock. */
export interface TimedRow {
  readonly seq: number;
  /** Who made it. */
  readonly user_id: number;
  /** ms since 1970; null: never. */
  readonly next_at: number | null;
  /** JSON; null: it has not run. */
  readonly last_run: string | null;
}

/** The clock side of a table whose rows run by the clock. */
export class TimedRows<Row extends TimedRow> {
  readonly #next;
  readonly #due;
  readonly #far;
  readonly #setNext;
  readonly #setLastRun;

  constructor(database: SqliteDatabase, table: 'scenes' | 'work_plans' | 'enrollments') {
    this.#next = database.prepare<[], { next_at: number }>(
      `SELECT next_at FROM ${table} WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1`,
    );
    this.#due = database.prepare<[number, number], Row>(
      `SELECT * FROM ${table} WHERE next_at <= ? ORDER BY next_at LIMIT ?`,
    );
    this.#far = database.prepare<[number, number], Row>(
      `SELECT * FROM ${table} WHERE next_at > ? ORDER BY next_at LIMIT ?`,
    );
    this.#setNext = database.prepare<[number | null, number]>(`UPDATE ${table} SET next_at = ? WHERE seq = ?`);
    this.#setLastRun = database.prepare<[string, number]>(`UPDATE ${table} SET last_run = ? WHERE seq = ?`);
  }

  /** The soonest of all; undefined where none runs. */
  nextAt(): number | undefined {
    return this.#next.get()?.next_at;
  }

  /** Rows whose time has come, the soonest first. */
  due(now: number, limit: number): Row[] {
    return this.#due.all(now, limit);
  }

  /** Rows that run after this time. */
  beyond(time: number, limit: number): Row[] {
    return this.#far.all(time, limit);
  }

  setNext(seq: number, nextAt: number | undefined): void {
    this.#setNext.run(nextAt ?? null, seq);
  }

  /** @param run JSON */
  setLastRun(seq: number, run: string): void {
    this.#setLastRun.run(run, seq);
  }
}
