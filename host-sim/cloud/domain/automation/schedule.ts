import type { CancelTimer, CloudEnvironment } from '../../environment.js';
import type { Logger } from '../../events.js';
import type { TimedRow, TimedRows } from '../../store/timed-rows.js';
import { ALONE, type Lead } from '../lead.js';
import type { BoardResult } from './board-commands.js';
import { nextRun, type Timetable } from './timetable.js';

/** So late something may run, ms: what the cloud was down for longer is not made up for. */
const LATE_MS = 60_000;
/** The clock is looked at this often while anything is to run, ms: it may have been set. */
const LOOK_MS = 60_000;
/** A timetable is a week's: what lies further ahead was written by a clock that was wrong, ms. */
const FAR_MS = 8 * 86_400_000;
/** A database that takes nothing is tried again after this time, ms: before what is due is too late. */
const RETRY_MS = 5_000;
/** Rows of a kind that are taken at a time. */
const BATCH = 500;

/** A kind of thing that runs by the clock. */
export interface Timed<Row extends TimedRow = TimedRow> {
  /** For the log. */
  readonly kind: string;
  readonly rows: TimedRows<Row>;
  timetable(row: Row): Timetable;
  /** Does what is due at this time, as the user whose it is. */
  run(row: Row, at: number): Promise<readonly BoardResult[]>;
}

/** The last run as the API shows it. */
export interface LastRunView {
  /** The time that it was for, ISO 8601, UTC. */
  readonly at: string;
  readonly results: readonly Pick<BoardResult, 'deviceId' | 'result' | 'detail'>[];
}

/**
 * Runs what users have timed, to the minute: the next time of each row is in the database and moves on before the row runs,
 * so that nothing runs twice, whatever happens to the clock or the cloud. There is no timer while nothing is to run.
 */
export class Scheduler {
  readonly #kinds: readonly Timed[];
  readonly #environment: CloudEnvironment;
  readonly #transaction: (work: () => void) => void;
  readonly #log: Logger;
  readonly #lead: Lead;
  #state: 'new' | 'running' | 'closed' = 'new';
  #cancel: CancelTimer = () => {};

  constructor(options: {
    kinds: readonly Timed[];
    environment: CloudEnvironment;
    transaction: (work: () => void) => void;
    log: Logger;
    /** Who leads runs what is due. */
    lead?: Lead | undefined;
  }) {
    this.#kinds = options.kinds;
    this.#environment = options.environment;
    this.#transaction = options.transaction;
    this.#log = options.log;
    this.#lead = options.lead ?? ALONE;
    this.#lead.onTaken(() => this.#arm());
  }

  start(): void {
    this.#state = 'running';
    this.#arm();
  }

  /** To be called when another process has changed when something runs. */
  heed(): void {
    this.#arm();
  }

  /** Nothing runs, and nothing is written, afterwards. */
  close(): void {
    this.#state = 'closed';
    this.#cancel();
  }

  /** Sets when a row runs next, from now on. @param timetable undefined: never */
  plan<Row extends TimedRow>(kind: Timed<Row>, seq: number, timetable: Timetable | undefined): void {
    kind.rows.setNext(seq, timetable && nextRun(timetable, this.#environment.now()));
    this.#arm();
  }

  #arm(): void {
    this.#cancel();
    if (this.#state !== 'running' || !this.#lead.isHeld) return;
    const times = this.#kinds.flatMap(({ rows }) => rows.nextAt() ?? []);
    if (times.length === 0) return;
    const delayMs = Math.min(Math.max(0, Math.min(...times) - this.#environment.now()), LOOK_MS);
    this.#cancel = this.#environment.setTimer(() => this.#look(), delayMs);
  }

  #look(): void {
    if (!this.#lead.isHeld) return;
    try {
      const runs = this.#takeDue();
      this.#arm();
      for (const run of runs) void run();
    } catch (error) {
      this.#log.error('automation_failed', { kind: 'clock', why: (error as Error).message });
      this.#cancel = this.#environment.setTimer(() => this.#look(), RETRY_MS);
    }
  }

  /** Moves on what is due, or all of it stays as it is and nothing is to be run. */
  #takeDue(): (() => Promise<void>)[] {
    const now = this.#environment.now();
    const runs: (() => Promise<void>)[] = [];
    this.#transaction(() => {
      for (const kind of this.#kinds) {
        for (const row of kind.rows.due(now, BATCH)) runs.push(...this.#take(kind, row, now));
        for (const row of kind.rows.beyond(now + FAR_MS, BATCH)) {
          kind.rows.setNext(row.seq, nextRun(kind.timetable(row), now));
        }
      }
    });
    return runs;
  }

  /** Moves a row on to its next time; what of the past is not too late is to be run. */
  #take(kind: Timed, row: TimedRow, now: number): (() => Promise<void>)[] {
    const timetable = kind.timetable(row);
    const runs: (() => Promise<void>)[] = [];
    let next: number | undefined = row.next_at!;
    while (next !== undefined && next <= now) {
      const at = next;
      if (now - at <= LATE_MS) runs.push(() => this.#run(kind, row, at));
      next = nextRun(timetable, Math.max(at, now - LATE_MS - 1));
    }
    kind.rows.setNext(row.seq, next);
    return runs;
  }

  async #run(kind: Timed, row: TimedRow, at: number): Promise<void> {
    try {
      const results = await kind.run(row, at);
      if (this.#state === 'closed') return;
      const said = results.map(({ deviceId, result, detail }) => ({ deviceId, result, detail }));
      kind.rows.setLastRun(row.seq, JSON.stringify({ at: new Date(at).toISOString(), results: said }));
    } catch (error) {
      // What a cloud that stops has under way fails because of that.
      if (this.#state === 'closed') return;
      this.#log.error('automation_failed', { kind: kind.kind, why: (error as Error).message });
    }
  }
}

/** What was kept of a row's last run. */
export function lastRunOf({ last_run: run }: Pick<TimedRow, 'last_run'>): LastRunView | null {
  return run === null ? null : (JSON.parse(run) as LastRunView);
}

/** When a row runs next, ISO 8601, UTC; null: it does not. */
export function nextRunOf({ next_at: at }: Pick<TimedRow, 'next_at'>): string | null {
  return at === null ? null : new Date(at).toISOString();
}
