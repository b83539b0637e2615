import type { SqliteDatabase } from './database.js';

/** What of one property's history to read; times in ms since 1970, `from` included, `to` not. */
export interface SeriesFilter {
  readonly deviceSeq: number;
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

export interface SeriesRow {
  /** A number as JSON. */
  readonly value: string;
  readonly reported_at: number;
}

const NUMBERS = "device_seq = @deviceSeq AND key = @key AND json_type(value) IN ('integer', 'real')";

/** Reads what boards have reported as measurements in time. */
export class ReadingStore {
  readonly #series;
  readonly #lastHeard;

  constructor(database: SqliteDatabase) {
    this.#series = database.prepare<[SeriesFilter], SeriesRow>(
      `SELECT value, reported_at FROM property_points WHERE ${NUMBERS} AND reported_at < @to AND reported_at >= coalesce(
         (SELECT reported_at FROM property_points WHERE ${NUMBERS} AND reported_at < @from
          ORDER BY reported_at DESC LIMIT 1), @from)
       ORDER BY reported_at, point`,
    );
    this.#lastHeard = database.prepare<[{ deviceSeq: number }], { at: number }>(
      `SELECT max(
         coalesce((SELECT received_at FROM property_points WHERE device_seq = @deviceSeq ORDER BY point DESC LIMIT 1), 0),
         coalesce((SELECT received_at FROM device_events WHERE device_seq = @deviceSeq ORDER BY number DESC LIMIT 1), 0),
         coalesce((SELECT max(reported_at) FROM device_properties WHERE device_seq = @deviceSeq), 0)) AS at`,
    );
  }

  /** The numbers of a span by their time, one after the other, with the last before it. Nothing may be written meanwhile. */
  series(filter: SeriesFilter): IterableIterator<SeriesRow> {
    return this.#series.iterate(filter);
  }

  /** When a board posted last, ms since 1970; 0 where nothing is known of that. */
  lastHeard(deviceSeq: number): number {
    return this.#lastHeard.get({ deviceSeq })!.at;
  }
}
