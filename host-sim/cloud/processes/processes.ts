import { isRunning, startOf } from '../../files/process-identity.js';
import type { NoticeKind, Sharing } from '../domain/sharing.js';
import type { CancelTimer, CloudEnvironment } from '../environment.js';
import { CloudStartError } from '../errors.js';
import type { Logger } from '../events.js';
import type { SqliteDatabase } from '../store/database.js';
import { MAX_SLOTS, type ProcessRow, ProcessStore } from '../store/process-store.js';
import { Lease } from './lease.js';
import { Notices } from './notices.js';

/** How soon what another process has changed is heard of, ms. */
const LOOK_MS = 200;
/** Of what the others are told at a time, and of what waits for that: more at once than are kept would have them look at everything anew. */
const TOLD_AT_ONCE = 200;
const MAX_UNTOLD = 2_000;
/** How often it is looked which processes have ended, ms: that asks the system about each. */
const GONE_MS = 1_000;

export interface ProcessesOptions {
  readonly database: SqliteDatabase;
  readonly environment: CloudEnvironment;
  readonly log: Logger;
  /** By default this process. */
  readonly self?: Omit<ProcessRow, 'slot'> | undefined;
  readonly isThere?: ((process: Omit<ProcessRow, 'slot'>) => boolean) | undefined;
  /** ms, by a clock that nobody sets. */
  readonly elapsed?: (() => number) | undefined;
}

/** This process among those that share a database: its slot, who leads, and what the others have changed. */
export class Processes implements Sharing {
  readonly slot: number;
  readonly lead: Lease;
  readonly #store: ProcessStore;
  readonly #notices: Notices;
  readonly #environment: CloudEnvironment;
  readonly #log: Logger;
  readonly #self: ProcessRow;
  readonly #isThere: (process: Omit<ProcessRow, 'slot'>) => boolean;
  readonly #elapsed: () => number;
  readonly #orphanListeners: ((slot: number) => void)[] = [];
  /** Those that had ended when it was looked. */
  #gone: readonly ProcessRow[] = [];
  #goneAt = Number.NEGATIVE_INFINITY;
  /** Devices that the others are to be told of, each of which left a command unanswered. */
  readonly #unanswered = new Set<string>();
  #isHearing = false;
  /** What of it the others have been told. */
  #toldHearing = false;
  #cancel: CancelTimer = () => {};
  #isClosed = false;

  /** @throws CloudStartError `too_many_clouds` */
  constructor(options: ProcessesOptions) {
    const { database, environment, log } = options;
    const self = options.self ?? { pid: process.pid, start: startOf(process.pid) };
    this.#environment = environment;
    this.#log = log;
    this.#isThere = options.isThere ?? (({ pid, start }) => isRunning(pid, start));
    this.#elapsed = options.elapsed ?? (() => performance.now());
    this.#store = new ProcessStore(database);
    const slot = this.#store.add(self, this.#isThere);
    if (slot === undefined) {
      throw new CloudStartError(
        'too_many_clouds',
        `${MAX_SLOTS} clouds share this data directory already: stop one, or choose another with --data.`,
        { most: MAX_SLOTS },
      );
    }
    this.slot = slot;
    this.#self = { ...self, slot };
    this.#notices = new Notices({ database, store: this.#store, slot });
    this.#lookForGone();
    this.lead = new Lease({
      store: this.#store,
      slot,
      isGone: (of) => this.#isGone(of),
      mayLead: () => this.#isHearing || !this.#othersHear(),
      elapsed: this.#elapsed,
      log,
    });
    log.info('process_joined', { slot, leads: this.lead.isHeld });
    this.#arm();
  }

  setHearing(isHearing: boolean): void {
    this.#isHearing = isHearing;
  }

  onNotice(kind: NoticeKind, listener: (subject: string) => void): void {
    this.#notices.on(kind, listener);
  }

  tell(_kind: 'unanswered', subject: string): void {
    if (this.#unanswered.size < MAX_UNTOLD) this.#unanswered.add(subject);
  }

  onOrphans(listener: (slot: number) => void): void {
    this.#orphanListeners.push(listener);
  }

  /** Leaves the others; whoever leads looks after what is left here. May be called twice. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancel();
    this.#store.remove(this.#self);
    this.lead.leave();
  }

  /** Looks at what has changed; a timer does it otherwise. */
  look(): void {
    this.#attempt(() => this.#lookForGone());
    this.#attempt(() => this.#tellHearing());
    this.#attempt(() => this.lead.look());
    this.#attempt(() => this.#notices.look());
    this.#attempt(() => this.#tellUnanswered());
    this.#attempt(() => this.#lookForOrphans());
  }

  #tellHearing(): void {
    if (this.#isHearing === this.#toldHearing) return;
    this.#store.setHearing(this.slot, this.#isHearing);
    this.#toldHearing = this.#isHearing;
  }

  /** Together: each commit stops the whole process, and boards fall silent by the hundred. */
  #tellUnanswered(): void {
    if (this.#unanswered.size === 0) return;
    const subjects = [...this.#unanswered].slice(0, TOLD_AT_ONCE);
    for (const subject of subjects) this.#unanswered.delete(subject);
    this.#store.addNotices(this.slot, 'unanswered', subjects);
  }

  #othersHear(): boolean {
    return this.#store.hearing().some((row) => row.slot !== this.slot && this.#isThere(row));
  }

  #isGone(slot: number): boolean {
    const row = this.#store.all().find((process) => process.slot === slot);
    // Asked about again: somebody else may have got the slot since.
    return row === undefined || (this.#gone.some((gone) => gone.slot === slot) && !this.#isThere(row));
  }

  #arm(): void {
    this.#cancel = this.#environment.setTimer(() => {
      this.look();
      if (!this.#isClosed) this.#arm();
    }, LOOK_MS);
  }

  #lookForGone(): void {
    if (this.#elapsed() - this.#goneAt < GONE_MS) return;
    this.#goneAt = this.#elapsed();
    this.#gone = this.#store.all().filter((row) => !this.#isThere(row));
  }

  /** What processes that have ended left is for who leads. */
  #lookForOrphans(): void {
    if (!this.lead.isHeld) return;
    for (const row of this.#gone) {
      this.#store.remove(row);
      this.#log.warn('process_gone', { slot: row.slot, pid: row.pid });
    }
    this.#gone = [];
    for (const slot of this.#store.orphaned()) for (const listener of this.#orphanListeners) listener(slot);
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#log.error('processes_failed', { why: (error as Error).message });
    }
  }
}
