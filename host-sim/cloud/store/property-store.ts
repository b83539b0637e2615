import type { Statement } from 'better-sqlite3';
import type { SqliteDatabase } from './database.js';

/** One value as it is stored: `value` is JSON. */
export interface PropertyPoint {
  readonly key: string;
  readonly value: string;
  readonly reportedAt: number;
  /** Whether the value names a time of its own: then an older one does not replace a newer one as the last known. */
  readonly sampled: boolean;
}

export interface LastProperty {
  readonly key: string;
  readonly value: string;
  readonly reported_at: number;
}

/** What of the history to list, newest first; times in ms since 1970, `from` included, `to` not. */
export interface HistoryFilter {
  readonly deviceSeq: number;
  readonly key?: string | undefined;
  readonly from: number;
  readonly to: number;
}

export interface HistoryRow extends LastProperty {
  readonly point: number;
}

/** Points kept of one board. */
export const MAX_POINTS = 10_000;
/** Different property keys kept of one board. */
export const MAX_KEYS = 200;
/** Rows that go in one statement. */
const MAX_ROWS = 16;
const UPDATE = 'ON CONFLICT (device_seq, key) DO UPDATE SET value = excluded.value, reported_at = excluded.reported_at';

type Value = string | number;

/** The last value of each property, and a bounded history. */
export class PropertyStore {
  readonly #database;
  readonly #last;
  readonly #lastOne;
  readonly #has;
  readonly #replace: RowWriter;
  readonly #replaceSampled: RowWriter;
  readonly #insertPoints: RowWriter;
  readonly #takeNumbers;
  readonly #trim;
  readonly #devices;
  readonly #pruneOld;
  readonly #history;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#last = database.prepare<[number], LastProperty>(
      'SELECT key, value, reported_at FROM device_properties WHERE device_seq = ? ORDER BY key',
    );
    this.#lastOne = database.prepare<[number, string], LastProperty>(
      'SELECT key, value, reported_at FROM device_properties WHERE device_seq = ? AND key = ?',
    );
    this.#has = database.prepare<[number, string, number, string]>(
      'SELECT 1 FROM property_points WHERE device_seq = ? AND key = ? AND reported_at = ? AND value = ? LIMIT 1',
    );
    const last = 'device_properties (device_seq, key, value, reported_at)';
    this.#replace = new RowWriter(database, last, 4, UPDATE);
    this.#replaceSampled = new RowWriter(database, last, 4, `${UPDATE} WHERE excluded.reported_at >= reported_at`);
    const points = 'property_points (device_seq, point, key, value, reported_at, received_at)';
    this.#insertPoints = new RowWriter(database, points, 6, '');
    this.#takeNumbers = database.prepare<[number, number], { next_point: number; keys: number }>(
      `UPDATE devices SET next_point = next_point + ? WHERE seq = ?
       RETURNING next_point, (SELECT count(*) FROM device_properties WHERE device_seq = seq) AS keys`,
    );
    this.#trim = database.prepare<[number, number]>('DELETE FROM property_points WHERE device_seq = ? AND point < ?');
    this.#devices = database.prepare<[], number>('SELECT seq FROM devices').pluck();
    // Up to the first that is young enough: no more is read than is deleted.
    this.#pruneOld = database.prepare<[{ deviceSeq: number; before: number }]>(
      `DELETE FROM property_points WHERE device_seq = @deviceSeq AND point < coalesce(
        (SELECT point FROM property_points WHERE device_seq = @deviceSeq AND received_at >= @before ORDER BY point LIMIT 1),
        (SELECT next_point FROM devices WHERE seq = @deviceSeq))`,
    );
    const range = 'device_seq = @deviceSeq AND reported_at >= @from AND reported_at < @to';
    const history = (where: string, order: string) => ({
      page: database.prepare<[HistoryFilter & { limit: number; offset: number }], HistoryRow>(
        `SELECT point, key, value, reported_at FROM property_points WHERE ${where} ORDER BY ${order} LIMIT @limit OFFSET @offset`,
      ),
      count: database.prepare<[HistoryFilter], { n: number }>(
        `SELECT count(*) AS n FROM property_points WHERE ${where}`,
      ),
    });
    this.#history = {
      one: history(`${range} AND key = @key`, 'reported_at DESC, point DESC'),
      all: history(range, 'point DESC'),
    };
  }

  last(deviceSeq: number): LastProperty[] {
    return this.#last.all(deviceSeq);
  }

  lastOf(deviceSeq: number, key: string): LastProperty | undefined {
    return this.#lastOne.get(deviceSeq, key);
  }

  /** Whether the history has this point of a board. */
  has(deviceSeq: number, { key, reportedAt, value }: PropertyPoint): boolean {
    return this.#has.get(deviceSeq, key, reportedAt, value) !== undefined;
  }

  /** Stores one post; keys beyond the board's {@link MAX_KEYS} are left out. Does nothing for a board that is gone. */
  record(deviceSeq: number, points: readonly PropertyPoint[], receivedAt: number): void {
    const taken = this.#takeNumbers.get(points.length, deviceSeq);
    if (taken === undefined) return;
    let room = MAX_KEYS - taken.keys;
    let number = taken.next_point - points.length;
    const values: Value[] = [];
    const samples: Value[] = [];
    const history: Value[] = [];
    for (const { key, value, reportedAt, sampled } of points) {
      if (room < points.length && this.#lastOne.get(deviceSeq, key) === undefined) {
        if (room <= 0) continue;
        room -= 1;
      }
      (sampled ? samples : values).push(deviceSeq, key, value, reportedAt);
      history.push(deviceSeq, number, key, value, reportedAt, receivedAt);
      number += 1;
    }
    this.#replace.write(values);
    this.#replaceSampled.write(samples);
    this.#insertPoints.write(history);
    // Until there are so many there is nothing to trim, and a post is a statement cheaper.
    if (taken.next_point > MAX_POINTS) this.#trim.run(deviceSeq, taken.next_point - MAX_POINTS);
  }

  /** A key's points by their time; those of all keys as they arrived. */
  history(filter: HistoryFilter, limit: number, offset: number): { rows: HistoryRow[]; total: number } {
    const { page, count } = filter.key === undefined ? this.#history.all : this.#history.one;
    return { rows: page.all({ ...filter, limit, offset }), total: count.get(filter)!.n };
  }

  /** Drops points that were received before this; those behind a younger one stay (the clock was set back). */
  prune(before: number): void {
    this.#database.transaction(() => {
      for (const deviceSeq of this.#devices.all()) this.#pruneOld.run({ deviceSeq, before });
    })();
  }
}

/** Writes rows to a table, several a statement: what a post costs is its statements. */
class RowWriter {
  readonly #database: SqliteDatabase;
  readonly #columns: number;
  readonly #sql: (rows: number) => string;
  /** By the number of their rows. */
  readonly #statements = new Map<number, Statement<Value[]>>();

  constructor(database: SqliteDatabase, into: string, columns: number, conflict: string) {
    this.#database = database;
    this.#columns = columns;
    const row = `(${new Array(columns).fill('?').join(', ')})`;
    this.#sql = (rows) => `INSERT INTO ${into} VALUES ${new Array(rows).fill(row).join(', ')} ${conflict}`;
  }

  /** @param values those of all rows, one after the other */
  write(values: readonly Value[]): void {
    const most = MAX_ROWS * this.#columns;
    for (let at = 0; at < values.length; at += most) {
      const some = values.slice(at, at + most);
      this.#statement(some.length / this.#columns).run(...some);
    }
  }

  #statement(rows: number): Statement<Value[]> {
    const known = this.#statements.get(rows);
    if (known !== undefined) return known;
    const statement = this.#database.prepare<Value[]>(this.#sql(rows));
    this.#statements.set(rows, statement);
    return statement;
  }
}
