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

/** Points kept of one board. */
export const MAX_POINTS = 10_000;
/** Different property keys kept of one board. */
export const MAX_KEYS = 200;

/** The last value of each property, and a bounded history. */
export class PropertyStore {
  readonly #last;
  readonly #lastOne;
  readonly #countKeys;
  readonly #replace;
  readonly #replaceSampled;
  readonly #insertPoint;
  readonly #takeNumbers;
  readonly #trim;
  readonly #pruneOld;

  constructor(database: SqliteDatabase) {
    this.#last = database.prepare<[number], LastProperty>(
      'SELECT key, value, reported_at FROM device_properties WHERE device_seq = ? ORDER BY key',
    );
    this.#lastOne = database.prepare<[number, string], LastProperty>(
      'SELECT key, value, reported_at FROM device_properties WHERE device_seq = ? AND key = ?',
    );
    this.#countKeys = database.prepare<[number], { n: number }>(
      'SELECT count(*) AS n FROM device_properties WHERE device_seq = ?',
    );
    const upsert = `INSERT INTO device_properties (device_seq, key, value, reported_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (device_seq, key) DO UPDATE SET value = excluded.value, reported_at = excluded.reported_at`;
    this.#replace = database.prepare<[number, string, string, number]>(upsert);
    this.#replaceSampled = database.prepare<[number, string, string, number]>(
      `${upsert} WHERE excluded.reported_at >= reported_at`,
    );
    this.#insertPoint = database.prepare<[number, number, string, string, number, number]>(
      'INSERT INTO property_points (device_seq, point, key, value, reported_at, received_at) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#takeNumbers = database.prepare<[number, number], { next_point: number }>(
      'UPDATE devices SET next_point = next_point + ? WHERE seq = ? RETURNING next_point',
    );
    this.#trim = database.prepare<[number, number]>('DELETE FROM property_points WHERE device_seq = ? AND point < ?');
    this.#pruneOld = database.prepare<[number]>('DELETE FROM property_points WHERE received_at < ?');
  }

  last(deviceSeq: number): LastProperty[] {
    return this.#last.all(deviceSeq);
  }

  lastOf(deviceSeq: number, key: string): LastProperty | undefined {
    return this.#lastOne.get(deviceSeq, key);
  }

  /** Stores one post; keys beyond the board's {@link MAX_KEYS} are left out. Does nothing for a board that is gone. */
  record(deviceSeq: number, points: readonly PropertyPoint[], receivedAt: number): void {
    let room = MAX_KEYS - this.#countKeys.get(deviceSeq)!.n;
    const next = this.#takeNumbers.get(points.length, deviceSeq)?.next_point;
    if (next === undefined) return;
    let number = next - points.length;
    for (const point of points) {
      if (room < points.length && this.#lastOne.get(deviceSeq, point.key) === undefined) {
        if (room <= 0) continue;
        room -= 1;
      }
      const replace = point.sampled ? this.#replaceSampled : this.#replace;
      replace.run(deviceSeq, point.key, point.value, point.reportedAt);
      this.#insertPoint.run(deviceSeq, number, point.key, point.value, point.reportedAt, receivedAt);
      number += 1;
    }
    this.#trim.run(deviceSeq, next - MAX_POINTS);
  }

  prune(before: number): void {
    this.#pruneOld.run(before);
  }
}
