import { ALONE, type Lead } from '../domain/lead.js';
import type { SqliteDatabase } from './database.js';

interface Job {
  /** Only who leads may do it. */
  readonly isLed: boolean;
  /** Absent where somebody only waits for the rest. */
  readonly work?: (() => void) | undefined;
  readonly done: (error: Error | undefined) => void;
}

/**
 * Group commit: writes that come together (property posts and presence of many boards) share one transaction and one
 * sync of the disk. `done` is called after the commit, in the order of `add`; a job that fails takes no other with it.
 */
export class WriteBatch {
  readonly #commit: (jobs: readonly Job[]) => void;
  readonly #defer: (callback: () => void) => void;
  #jobs: Job[] = [];
  #scheduled = false;
  #closed = false;

  constructor(options: { database: SqliteDatabase; defer: (callback: () => void) => void; lead?: Lead | undefined }) {
    const { database, lead = ALONE } = options;
    this.#commit = database.transaction((jobs: readonly Job[]) => {
      if (jobs.some(({ isLed }) => isLed) && lead.confirm?.() === false) throw new Error('another process leads');
      for (const job of jobs) job.work?.();
    });
    this.#defer = options.defer;
  }

  add(work: () => void, done: (error: Error | undefined) => void = ignore): void {
    this.#add({ isLed: false, work, done });
  }

  /** What only who leads may write; it fails where another process has taken over meanwhile. */
  addLed(work: () => void, done: (error: Error | undefined) => void = ignore): void {
    this.#add({ isLed: true, work, done });
  }

  /** Calls back when what waits now, and what joins it, was committed; where nothing does, nothing is. */
  afterwards(done: () => void): void {
    this.#add({ isLed: false, done });
  }

  #add(job: Job): void {
    if (this.#closed) {
      this.#defer(() => job.done(new Error('the database is closed')));
      return;
    }
    this.#jobs.push(job);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#defer(() => this.flush());
  }

  /** Commits what is waiting, now: whoever reads calls this first and sees every write that came before. */
  flush(): void {
    this.#scheduled = false;
    if (this.#jobs.length === 0) return;
    const jobs = this.#jobs;
    this.#jobs = [];
    let failures: (Error | undefined)[] | undefined;
    try {
      if (jobs.some(({ work }) => work !== undefined)) this.#commit(jobs);
    } catch {
      failures = jobs.map((job) => this.#commitAlone(job));
    }
    for (let index = 0; index < jobs.length; index += 1) jobs[index]!.done(failures?.[index]);
  }

  /** Commits what is waiting; later jobs are told that the database is closed. */
  close(): void {
    this.flush();
    this.#closed = true;
  }

  #commitAlone(job: Job): Error | undefined {
    try {
      this.#commit([job]);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }
}

function ignore(): void {}
