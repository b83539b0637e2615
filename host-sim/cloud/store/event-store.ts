import type { SqliteDatabase } from './database.js';

export interface EventRow {
  readonly number: number;
  readonly name: string;
  /** JSON. */
  readonly params: string;
  readonly reported_at: number;
  readonly received_at: number;
}

/** `params` is JSON. */
export interface NewEvent {
  readonly name: string;
  readonly params: string;
  readonly reportedAt: number;
  readonly receivedAt: number;
}

/** What to list, newest first; times in ms since 1970, `from` included, `to` not. */
export interface EventFilter {
  readonly deviceSeq: number;
  readonly name: string | null;
  readonly from: number;
  readonly to: number;
}

/** Events kept of one board. */
export const MAX_EVENTS = 1_000;

const WHERE = `FROM device_events WHERE device_seq = @deviceSeq AND reported_at >= @from AND reported_at < @to
  AND (@name IS NULL OR name = @name)`;

/** The events that boards posted, a bounded number of each. */
export class EventStore {
  readonly #takeNumber;
  readonly #insert;
  readonly #has;
  readonly #trim;
  readonly #pruneOld;
  readonly #page;
  readonly #count;

  constructor(database: SqliteDatabase) {
    this.#takeNumber = database.prepare<[number], { next_event: number }>(
      'UPDATE devices SET next_event = next_event + 1 WHERE seq = ? RETURNING next_event',
    );
    this.#insert = database.prepare<[NewEvent & { deviceSeq: number; number: number }]>(
      `INSERT INTO device_events (device_seq, number, name, params, reported_at, received_at)
       VALUES (@deviceSeq, @number, @name, @params, @reportedAt, @receivedAt)`,
    );
    this.#has = database.prepare<[Omit<NewEvent, 'receivedAt'> & { deviceSeq: number }]>(
      `SELECT 1 FROM device_events WHERE device_seq = @deviceSeq AND name = @name AND reported_at = @reportedAt
         AND params = @params LIMIT 1`,
    );
    this.#trim = database.prepare<[number, number]>('DELETE FROM device_events WHERE device_seq = ? AND number <= ?');
    this.#pruneOld = database.prepare<[number]>('DELETE FROM device_events WHERE received_at < ?');
    this.#page = database.prepare<[EventFilter & { limit: number; offset: number }], EventRow>(
      `SELECT number, name, params, reported_at, received_at ${WHERE} ORDER BY number DESC LIMIT @limit OFFSET @offset`,
    );
    this.#count = database.prepare<[EventFilter], { n: number }>(`SELECT count(*) AS n ${WHERE}`);
  }

  /** Does nothing for a board that is gone. */
  record(deviceSeq: number, event: NewEvent): void {
    const number = this.#takeNumber.get(deviceSeq)?.next_event;
    if (number === undefined) return;
    this.#insert.run({ ...event, deviceSeq, number });
    this.#trim.run(deviceSeq, number - MAX_EVENTS);
  }

  /** Whether an event of a board is there. */
  has(deviceSeq: number, { name, reportedAt, params }: NewEvent): boolean {
    return this.#has.get({ deviceSeq, name, reportedAt, params }) !== undefined;
  }

  list(filter: EventFilter, limit: number, offset: number): { rows: EventRow[]; total: number } {
    return { rows: this.#page.all({ ...filter, limit, offset }), total: this.#count.get(filter)!.n };
  }

  prune(before: number): void {
    this.#pruneOld.run(before);
  }
}
