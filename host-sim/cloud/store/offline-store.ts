import type { SqliteDatabase } from './database.js';

export interface SpellRow {
  readonly began_at: number;
  readonly ended_at: number | null;
  readonly reason: string;
  readonly seen_ms: number;
}

export interface SpellTotals {
  readonly count: number;
  readonly total_ms: number;
  readonly longest_ms: number;
  readonly oldest: number | null;
}

/** Spells kept of one board. */
export const MAX_SPELLS = 100;

const SEEN_MS = 'max(0, coalesce(ended_at, @now) - began_at - unseen_ms)';
const SEQ = '(SELECT seq FROM devices WHERE device_id = @deviceId)';

/** The times for which boards were away, a bounded number of each. Times are ms since 1970. */
export class OfflineStore {
  readonly #begin;
  readonly #trim;
  readonly #end;
  readonly #explain;
  readonly #look;
  readonly #goOn;
  readonly #prune;
  readonly #page;
  readonly #totals;
  readonly #since;
  readonly #forget;
  readonly #setSince;
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#begin = database.prepare<[{ deviceId: string; onlineAt: number; at: number }], { device_seq: number }>(
      `INSERT INTO offline_spells (device_seq, began_at, online_at, seen_at)
       SELECT seq, @at, @onlineAt, @at FROM devices WHERE device_id = @deviceId
       ON CONFLICT (device_seq, began_at) DO UPDATE SET ended_at = NULL RETURNING device_seq`,
    );
    this.#trim = database.prepare<[{ deviceSeq: number }]>(
      `DELETE FROM offline_spells WHERE device_seq = @deviceSeq AND began_at <= (SELECT began_at FROM offline_spells
         WHERE device_seq = @deviceSeq ORDER BY began_at DESC LIMIT 1 OFFSET ${MAX_SPELLS})`,
    );
    this.#end = database.prepare<[{ deviceId: string; at: number }]>(
      `UPDATE offline_spells SET ended_at = @at WHERE device_seq = ${SEQ} AND ended_at IS NULL`,
    );
    this.#explain = database.prepare<[{ deviceId: string; bootedAt: number; bootReason: string }]>(
      `UPDATE offline_spells SET reason = CASE WHEN @bootedAt > online_at THEN @bootReason ELSE 'connection' END
       WHERE device_seq = ${SEQ} AND began_at = (SELECT max(began_at) FROM offline_spells WHERE device_seq = ${SEQ})`,
    );
    this.#look = database.prepare<[number]>('UPDATE offline_spells SET seen_at = ? WHERE ended_at IS NULL');
    this.#goOn = database.prepare<[{ now: number }]>(
      'UPDATE offline_spells SET unseen_ms = unseen_ms + max(0, @now - seen_at), seen_at = @now WHERE ended_at IS NULL',
    );
    this.#prune = database.prepare<[number]>('DELETE FROM offline_spells WHERE began_at < ?');
    this.#page = database.prepare<[{ deviceSeq: number; now: number; limit: number; offset: number }], SpellRow>(
      `SELECT began_at, ended_at, reason, ${SEEN_MS} AS seen_ms FROM offline_spells WHERE device_seq = @deviceSeq
       ORDER BY began_at DESC LIMIT @limit OFFSET @offset`,
    );
    this.#totals = database.prepare<[{ deviceSeq: number; now: number }], SpellTotals>(
      `SELECT count(*) AS count, coalesce(sum(${SEEN_MS}), 0) AS total_ms, coalesce(max(${SEEN_MS}), 0) AS longest_ms,
         min(began_at) AS oldest FROM offline_spells WHERE device_seq = @deviceSeq`,
    );
    this.#since = database.prepare<[number], { since: number }>('SELECT since FROM offline_logs WHERE device_seq = ?');
    this.#forget = database.prepare<[number]>('DELETE FROM offline_spells WHERE device_seq = ?');
    this.#setSince = database.prepare<[number, number]>('INSERT OR REPLACE INTO offline_logs VALUES (?, ?)');
  }

  /** A board has gone. Does nothing for one that does not exist any more. */
  begin(deviceId: string, onlineAt: number, at: number): void {
    const deviceSeq = this.#begin.get({ deviceId, onlineAt, at })?.device_seq;
    if (deviceSeq !== undefined) this.#trim.run({ deviceSeq });
  }

  /** A board has come back; false where it is not known to have been away. */
  end(deviceId: string, at: number): boolean {
    return this.#end.run({ deviceId, at }).changes > 0;
  }

  /** Why a board was away last: for the reason of a boot since it had been online, else for its connection. */
  explain(deviceId: string, bootedAt: number, bootReason: string): void {
    this.#explain.run({ deviceId, bootedAt, bootReason });
  }

  /** Of the boards that are away it is known until now. */
  look(now: number): void {
    this.#look.run(now);
  }

  /** Nobody has looked from then until now. */
  goOn(now: number): void {
    this.#goOn.run({ now });
  }

  prune(before: number): void {
    this.#prune.run(before);
  }

  /** Newest first. */
  list(deviceSeq: number, now: number, limit: number, offset: number): SpellRow[] {
    return this.#page.all({ deviceSeq, now, limit, offset });
  }

  totals(deviceSeq: number, now: number): SpellTotals {
    return this.#totals.get({ deviceSeq, now })!;
  }

  /** Since when spells are known; undefined: since there is the device. */
  since(deviceSeq: number): number | undefined {
    return this.#since.get(deviceSeq)?.since;
  }

  forget(deviceSeq: number, at: number): void {
    this.#database.transaction(() => {
      this.#forget.run(deviceSeq);
      this.#setSince.run(deviceSeq, at);
    })();
  }
}
