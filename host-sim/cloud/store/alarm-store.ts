import type { SqliteDatabase } from './database.js';
import { VISIBLE_PROJECTS } from './project-store.js';

export interface AlarmRow {
  readonly device_id: string;
  readonly device_name: string;
  readonly number: number;
  readonly name: string;
  readonly level: string;
  /** JSON. */
  readonly params: string;
  readonly reported_at: number;
  readonly received_at: number;
  readonly handled_at: number | null;
  readonly handled_by: number | null;
  readonly remark: string | null;
}

/** What to list, newest first; `handled` is 0, 1, or null for both; times in ms since 1970, `from` included, `to` not. */
export interface AlarmFilter {
  /** Only of devices that this user sees. */
  readonly userId: number;
  readonly deviceSeq: number | null;
  readonly handled: 0 | 1 | null;
  readonly from: number;
  readonly to: number;
}

export interface HandledAlarm {
  readonly deviceSeq: number;
  readonly number: number;
  readonly userId: number;
  readonly remark: string | null;
  readonly at: number;
}

const COLUMNS = `d.device_id, d.name AS device_name, e.number, e.name, e.level, e.params, e.reported_at, e.received_at,
  h.handled_at, h.user_id AS handled_by, h.remark`;
// In this order: from the newest event on, until a page is full.
const FROM = `FROM device_events e CROSS JOIN devices d ON d.seq = e.device_seq
  LEFT JOIN handled_alarms h ON h.device_seq = e.device_seq AND h.number = e.number`;

/** Serious events, and who has handled them. */
export class AlarmStore {
  readonly #one;
  readonly #ofDevice;
  readonly #ofAll;
  readonly #handle;

  /** @param except names of events that are no alarms, whatever their level */
  constructor(database: SqliteDatabase, except: readonly string[]) {
    const names = except.map((name) => `'${name}'`).join(', ');
    const serious = `e.level IN ('warn', 'error') AND e.name NOT IN (${names})`;
    const listed = `${serious} AND e.received_at >= @from AND e.received_at < @to
      AND +d.project_id IN ${VISIBLE_PROJECTS} AND (@handled IS NULL OR (h.handled_at IS NOT NULL) = @handled)`;
    const list = (where: string, order: string) => ({
      page: database.prepare<[AlarmFilter & { limit: number; offset: number }], AlarmRow>(
        `SELECT ${COLUMNS} ${FROM} WHERE ${where} ORDER BY ${order} LIMIT @limit OFFSET @offset`,
      ),
      count: database.prepare<[AlarmFilter], { n: number }>(`SELECT count(*) AS n ${FROM} WHERE ${where}`),
    });
    this.#ofDevice = list(`e.device_seq = @deviceSeq AND ${listed}`, 'e.number DESC');
    this.#ofAll = list(listed, 'e.received_at DESC, e.device_seq DESC, e.number DESC');
    this.#one = database.prepare<[number, number], AlarmRow>(
      `SELECT ${COLUMNS} ${FROM} WHERE e.device_seq = ? AND e.number = ? AND ${serious}`,
    );
    this.#handle = database.prepare<[HandledAlarm]>(
      `INSERT INTO handled_alarms (device_seq, number, user_id, remark, handled_at)
       VALUES (@deviceSeq, @number, @userId, @remark, @at) ON CONFLICT DO NOTHING`,
    );
  }

  list(filter: AlarmFilter, limit: number, offset: number): { rows: AlarmRow[]; total: number } {
    const { page, count } = filter.deviceSeq === null ? this.#ofAll : this.#ofDevice;
    return { rows: page.all({ ...filter, limit, offset }), total: count.get(filter)!.n };
  }

  get(deviceSeq: number, number: number): AlarmRow | undefined {
    return this.#one.get(deviceSeq, number);
  }

  /** Does nothing for one that is handled already. */
  handle(alarm: HandledAlarm): void {
    this.#handle.run(alarm);
  }
}
