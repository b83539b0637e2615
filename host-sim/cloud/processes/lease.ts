import type { Lead } from '../domain/lead.js';
import type { Logger } from '../events.js';
import type { LeadRow, ProcessStore } from '../store/process-store.js';

/** Who leads says so this often, ms. */
export const RENEW_MS = 1_000;
/** Who has not said so for this long leads no more, ms. */
export const LEASE_MS = 3_000;

/**
 * Who leads the processes of one database: a row that its holder renews, and that another takes over which has seen no renewal for
 * three seconds, or knows the holder to be gone. Time is measured by each process for itself, so that no clock has to be right: who
 * holds the lead counts from before his renewal, the others from after they saw it, and so he stops before they begin. Who has stood
 * still longer leads again only when he has renewed it, and is then told as if he had taken it.
 */
export class Lease implements Lead {
  readonly #store: ProcessStore;
  readonly #slot: number;
  readonly #isGone: (slot: number) => boolean;
  readonly #mayLead: () => boolean;
  readonly #elapsed: () => number;
  readonly #log: Logger;
  readonly #listeners: (() => void)[] = [];
  /** That of this process, while it leads. */
  #term: number | undefined;
  #renewedAt = 0;
  /** The row as it was seen last, and when it was first seen so. */
  #seen: LeadRow | undefined;
  #seenAt = 0;

  /** @param options.isGone whether the process of a slot has ended; `mayLead`: whether this one is as fit as any other; `elapsed`: ms, by a clock that nobody sets */
  constructor(options: {
    store: ProcessStore;
    slot: number;
    isGone: (slot: number) => boolean;
    mayLead: () => boolean;
    elapsed: () => number;
    log: Logger;
  }) {
    this.#store = options.store;
    this.#slot = options.slot;
    this.#isGone = options.isGone;
    this.#mayLead = options.mayLead;
    this.#elapsed = options.elapsed;
    this.#log = options.log;
    // Before anybody can be told of it.
    this.#follow();
  }

  get isHeld(): boolean {
    return this.#term !== undefined && this.#elapsed() - this.#renewedAt < LEASE_MS;
  }

  confirm(): boolean {
    if (this.#term === undefined) return false;
    if (!this.#store.leads(this.#slot, this.#term)) this.#lost();
    return this.#term !== undefined;
  }

  onTaken(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** To be called more often than the lease lasts. @throws SqliteError where others write for too long */
  look(): void {
    const hadIt = this.isHeld;
    if (this.#term === undefined) this.#follow();
    else if (!this.#mayLead()) this.leave();
    else if (this.#elapsed() - this.#renewedAt >= RENEW_MS) this.#renew();
    if (!hadIt && this.isHeld) for (const listener of this.#listeners) listener();
  }

  /** Lets another one lead at once. */
  leave(): void {
    if (this.#term !== undefined) this.#store.leaveLead(this.#slot, this.#term);
    this.#term = undefined;
  }

  #renew(): void {
    const now = this.#elapsed();
    if (this.#store.renew(this.#slot, this.#term!)) this.#renewedAt = now;
    else this.#lost();
  }

  #lost(): void {
    this.#term = undefined;
    this.#log.warn('lead_lost', { slot: this.#slot });
  }

  /** Takes the lead where nobody has it any more. */
  #follow(): void {
    const row = this.#store.lead();
    const now = this.#elapsed();
    const { slot, term, renewals } = this.#seen ?? {};
    if (row && (row.slot !== slot || row.term !== term || row.renewals !== renewals)) {
      this.#seen = row;
      this.#seenAt = now;
    }
    // Of its own slot it was a process that is gone.
    if (row && row.slot !== this.#slot && now - this.#seenAt < LEASE_MS && !this.#isGone(row.slot)) return;
    if (!this.#mayLead()) return;
    this.#term = this.#store.takeLead(this.#slot, row);
    if (this.#term === undefined) return;
    this.#renewedAt = now;
    this.#log.info('lead_taken', { slot: this.#slot, from: row?.slot });
  }
}
