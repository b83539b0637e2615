import type { SqliteDatabase } from './database.js';

/** Processes that can share a database. */
export const MAX_SLOTS = 16;
/** Notices that are kept: who is further behind has to look at everything. */
export const MAX_NOTICES = 1_000;

export interface ProcessRow {
  readonly slot: number;
  readonly pid: number;
  readonly start: string;
}

export interface LeadRow {
  readonly slot: number;
  readonly term: number;
  readonly renewals: number;
}

export interface NoticeRow {
  readonly seq: number;
  readonly slot: number;
  readonly kind: string;
  readonly subject: string;
}

/** The processes that share the database, which of them leads, and what they tell each other. */
export class ProcessStore {
  readonly #all;
  readonly #add;
  readonly #remove;
  readonly #setHearing;
  readonly #hearing;
  readonly #lead;
  readonly #leads;
  readonly #renew;
  readonly #takeLead;
  readonly #leaveLead;
  readonly #noticesAfter;
  readonly #lastNotice;
  readonly #addNotice;
  readonly #dropNotices;
  readonly #ownsCommands;
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.#all = database.prepare<[], ProcessRow>('SELECT slot, pid, start FROM processes ORDER BY slot');
    this.#add = database.prepare<[ProcessRow]>('INSERT INTO processes (slot, pid, start) VALUES (@slot, @pid, @start)');
    this.#remove = database.prepare<[ProcessRow]>(
      'DELETE FROM processes WHERE slot = @slot AND pid = @pid AND start = @start',
    );
    this.#setHearing = database.prepare<[{ slot: number; hears: number }]>(
      'UPDATE processes SET hears = @hears WHERE slot = @slot',
    );
    this.#hearing = database.prepare<[], ProcessRow>(
      'SELECT slot, pid, start FROM processes WHERE hears = 1 ORDER BY slot',
    );
    this.#lead = database.prepare<[], LeadRow>('SELECT slot, term, renewals FROM lead');
    this.#leads = database.prepare<[{ slot: number; term: number }]>(
      'SELECT 1 FROM lead WHERE slot = @slot AND term = @term',
    );
    this.#renew = database.prepare<[{ slot: number; term: number }]>(
      'UPDATE lead SET renewals = renewals + 1 WHERE slot = @slot AND term = @term',
    );
    this.#takeLead = database.prepare<[{ slot: number; term: number; renewals: number }], { term: number }>(
      `INSERT INTO lead (one, slot, term, renewals) VALUES (1, @slot, 1, 0)
       ON CONFLICT (one) DO UPDATE SET slot = @slot, term = term + 1, renewals = 0
       WHERE term = @term AND renewals = @renewals RETURNING term`,
    );
    this.#leaveLead = database.prepare<[{ slot: number; term: number }]>(
      'DELETE FROM lead WHERE slot = @slot AND term = @term',
    );
    this.#noticesAfter = database.prepare<[number], NoticeRow>(
      'SELECT seq, slot, kind, subject FROM notices WHERE seq > ? ORDER BY seq',
    );
    this.#lastNotice = database.prepare<[], { seq: number | null }>('SELECT max(seq) AS seq FROM notices');
    this.#addNotice = database.prepare<[{ slot: number; kind: string; subject: string }]>(
      'INSERT INTO notices (slot, kind, subject) VALUES (@slot, @kind, @subject)',
    );
    this.#dropNotices = database.prepare<[number]>(
      'DELETE FROM notices WHERE seq <= (SELECT max(seq) FROM notices) - ?',
    );
    this.#ownsCommands = database.prepare<[number]>('SELECT 1 FROM pending_commands WHERE owner = ? LIMIT 1');
  }

  all(): ProcessRow[] {
    return this.#all.all();
  }

  remove(row: ProcessRow): void {
    this.#remove.run(row);
  }

  setHearing(slot: number, isHearing: boolean): void {
    this.#setHearing.run({ slot, hears: isHearing ? 1 : 0 });
  }

  /** Those that hear the boards. */
  hearing(): ProcessRow[] {
    return this.#hearing.all();
  }

  /** Gives a process the lowest slot that is free; undefined where none is. @param isThere whether the holder of a slot runs */
  add(process: Omit<ProcessRow, 'slot'>, isThere: (row: ProcessRow) => boolean): number | undefined {
    let slot: number | undefined;
    this.#database.transaction(() => {
      const rows = this.#all.all();
      for (const row of rows) if (!isThere(row)) this.#remove.run(row);
      const taken = new Set(rows.filter(isThere).map((row) => row.slot));
      for (let free = 0; free < MAX_SLOTS && slot === undefined; free += 1) if (!taken.has(free)) slot = free;
      if (slot !== undefined) this.#add.run({ ...process, slot });
    })();
    return slot;
  }

  lead(): LeadRow | undefined {
    return this.#lead.get();
  }

  /** To be asked within a transaction that writes: until its end nobody else takes the lead. */
  leads(slot: number, term: number): boolean {
    return this.#leads.get({ slot, term }) !== undefined;
  }

  /** False where another one leads now. */
  renew(slot: number, term: number): boolean {
    return this.#renew.run({ slot, term }).changes === 1;
  }

  /** Takes the lead over from who had it at this number of renewals; the new term, undefined where somebody was faster. */
  takeLead(slot: number, from: LeadRow | undefined): number | undefined {
    return this.#takeLead.get({ slot, term: from?.term ?? -1, renewals: from?.renewals ?? -1 })?.term;
  }

  leaveLead(slot: number, term: number): void {
    this.#leaveLead.run({ slot, term });
  }

  /** In one commit, which is one sync of the disk. */
  addNotices(slot: number, kind: string, subjects: readonly string[]): void {
    this.#database.transaction(() => {
      for (const subject of subjects) this.#addNotice.run({ slot, kind, subject });
      this.#dropNotices.run(MAX_NOTICES);
    })();
  }

  noticesAfter(seq: number): NoticeRow[] {
    return this.#noticesAfter.all(seq);
  }

  /** 0: there has been none. */
  lastNotice(): number {
    return this.#lastNotice.get()?.seq ?? 0;
  }

  /** The slots that nobody has, and whose commands nobody looks after. */
  orphaned(): number[] {
    const taken = new Set(this.#all.all().map(({ slot }) => slot));
    const free = Array.from({ length: MAX_SLOTS }, (_, slot) => slot).filter((slot) => !taken.has(slot));
    return free.filter((slot) => this.#ownsCommands.get(slot) !== undefined);
  }

  /** Changes with every commit of another connection. */
  version(): number {
    return Number(this.#database.pragma('data_version', { simple: true }));
  }
}
