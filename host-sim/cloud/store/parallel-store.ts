import type { SqliteDatabase } from './database.js';
import { VISIBLE_PROJECTS } from './project-store.js';

export interface GroupRow {
  readonly seq: number;
  readonly parallel_id: string;
  readonly name: string;
}

/** A board that is, or could be, in a parallel group. */
export interface ParallelBoardRow {
  readonly device_id: string;
  readonly device_sn: string;
  readonly name: string;
  readonly product_key: string;
  readonly online: number;
  readonly parallel_id: string | null;
  readonly group_name: string | null;
}

interface Candidates {
  readonly userId: number;
  readonly productId: number;
  /** This one is left out. */
  readonly deviceSeq: number;
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

const BOARD = 'd.device_id, d.device_sn, d.name, p.product_key, d.online';
const CANDIDATES = `FROM devices d JOIN products p USING (product_id)
  WHERE d.product_id = @productId AND d.seq <> @deviceSeq AND d.activated_at IS NOT NULL AND d.disabled = 0
    AND +d.project_id IN ${VISIBLE_PROJECTS}
    AND NOT EXISTS (SELECT 1 FROM parallel_members m WHERE m.user_id = @userId AND m.device_seq = d.seq)`;
const GROUPED = `FROM parallel_members m JOIN devices d ON d.seq = m.device_seq JOIN products p USING (product_id)
  JOIN parallel_groups g ON g.seq = m.group_seq
  WHERE m.user_id = @userId AND d.project_id IN ${VISIBLE_PROJECTS}`;

/** Boards that a user commands together. */
export class ParallelStore {
  readonly #database: SqliteDatabase;
  readonly #byId;
  readonly #count;
  readonly #insert;
  readonly #addMember;
  readonly #isMember;
  readonly #members;
  readonly #remove;
  readonly #delete;
  readonly #candidates;
  readonly #countCandidates;
  readonly #grouped;
  readonly #countGrouped;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#byId = database.prepare<[string, number], GroupRow>(
      'SELECT * FROM parallel_groups WHERE parallel_id = ? AND user_id = ?',
    );
    this.#count = database.prepare<[number], { n: number }>(
      'SELECT count(*) AS n FROM parallel_groups WHERE user_id = ?',
    );
    this.#insert = database.prepare<[string, number, string]>(
      'INSERT INTO parallel_groups (parallel_id, user_id, name) VALUES (?, ?, ?)',
    );
    this.#addMember = database.prepare<[number, number, number | bigint]>(
      'INSERT INTO parallel_members (user_id, device_seq, group_seq) VALUES (?, ?, ?)',
    );
    this.#isMember = database.prepare<[number, number], { group_seq: number }>(
      'SELECT group_seq FROM parallel_members WHERE user_id = ? AND device_seq = ?',
    );
    this.#members = database.prepare<[number], { device_id: string }>(
      'SELECT d.device_id FROM parallel_members m JOIN devices d ON d.seq = m.device_seq WHERE m.group_seq = ?',
    );
    this.#remove = database.prepare<[number, string]>(
      'DELETE FROM parallel_members WHERE group_seq = ? AND device_seq = (SELECT seq FROM devices WHERE device_id = ?)',
    );
    this.#delete = database.prepare<[number]>('DELETE FROM parallel_groups WHERE seq = ?');
    this.#candidates = database.prepare<[Candidates & Page], ParallelBoardRow>(
      `SELECT ${BOARD}, NULL AS parallel_id, NULL AS group_name ${CANDIDATES} ORDER BY d.seq LIMIT @limit OFFSET @offset`,
    );
    this.#countCandidates = database.prepare<[Candidates], { n: number }>(`SELECT count(*) AS n ${CANDIDATES}`);
    this.#grouped = database.prepare<[{ userId: number } & Page], ParallelBoardRow>(
      `SELECT ${BOARD}, g.parallel_id, g.name AS group_name ${GROUPED} ORDER BY m.device_seq LIMIT @limit OFFSET @offset`,
    );
    this.#countGrouped = database.prepare<[{ userId: number }], { n: number }>(`SELECT count(*) AS n ${GROUPED}`);
  }

  /** A group of this user. */
  byId(userId: number, parallelId: string): GroupRow | undefined {
    return this.#byId.get(parallelId, userId);
  }

  count(userId: number): number {
    return this.#count.get(userId)!.n;
  }

  isMember(userId: number, deviceSeq: number): boolean {
    return this.#isMember.get(userId, deviceSeq) !== undefined;
  }

  insert(group: { parallelId: string; userId: number; name: string; deviceSeqs: readonly number[] }): void {
    this.#database.transaction(() => {
      const { lastInsertRowid } = this.#insert.run(group.parallelId, group.userId, group.name);
      for (const seq of group.deviceSeqs) this.#addMember.run(group.userId, seq, lastInsertRowid);
    })();
  }

  /** Ids of a group's boards. */
  members(groupSeq: number): string[] {
    return this.#members.all(groupSeq).map((row) => row.device_id);
  }

  /** False where the board is not in the group. With its last board a group goes. */
  remove(groupSeq: number, deviceId: string): boolean {
    return this.#remove.run(groupSeq, deviceId).changes === 1;
  }

  delete(groupSeq: number): void {
    this.#delete.run(groupSeq);
  }

  /** Boards of a product that the user may command and that are in no group of his. */
  candidates(of: Candidates, page: Page): { rows: ParallelBoardRow[]; total: number } {
    return { rows: this.#candidates.all({ ...of, ...page }), total: this.#countCandidates.get(of)!.n };
  }

  /** Boards of the user's groups that he sees. */
  grouped(userId: number, page: Page): { rows: ParallelBoardRow[]; total: number } {
    return { rows: this.#grouped.all({ userId, ...page }), total: this.#countGrouped.get({ userId })!.n };
  }
}
