import type { EventStore } from '../store/event-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import { ALONE, type Lead } from './lead.js';
import { type Page, type PageRequest, pageOf } from './paging.js';
import { type TimeRange, timeRange } from './time-range.js';

/** How long events are kept, ms. */
const KEPT_MS = 7 * 86_400_000;

/** An event that a board posted. */
export interface PostedEvent {
  /** Its identifier. */
  readonly name: string;
  /** `params` of the post, as they came. */
  readonly params: Readonly<Record<string, unknown>>;
  /** When it happened, by the board's clock where that is plausible, ms since 1970. */
  readonly reportedAt: number;
  readonly receivedAt: number;
}

/** An event as the API shows it; times are ISO 8601, UTC. */
export interface DeviceEventView {
  readonly name: string;
  readonly params: unknown;
  readonly reportedAt: string;
  readonly receivedAt: string;
}

export interface EventsRequest extends PageRequest, TimeRange {
  readonly name?: string | undefined;
}

/** The events that boards posted: those of 7 days, and at most 1,000 a board. */
export class DeviceEventService {
  readonly #store: EventStore;
  readonly #writes: WriteBatch;
  readonly #now: () => number;
  readonly #lead: Lead;

  constructor(options: { store: EventStore; writes: WriteBatch; now: () => number; lead?: Lead | undefined }) {
    this.#lead = options.lead ?? ALONE;
    this.#store = options.store;
    this.#writes = options.writes;
    this.#now = options.now;
  }

  /** Stores an event; `done` is called when it is on the disk, or with why it is not. Who does not lead stores nothing. */
  record(deviceSeq: number, event: PostedEvent, done: (error: Error | undefined) => void): void {
    const params = JSON.stringify(event.params);
    if (this.#lead.isHeld) this.#writes.addLed(() => this.#store.record(deviceSeq, { ...event, params }), done);
    else done(undefined);
  }

  /** Stores an event where the process that led when it came has not; `onStored` is called only then. */
  recordMissed(deviceSeq: number, event: PostedEvent, onStored: () => void): void {
    const stored = { ...event, params: JSON.stringify(event.params) };
    let isMissing = false;
    this.#writes.addLed(
      () => {
        isMissing = !this.#store.has(deviceSeq, stored);
        if (isMissing) this.#store.record(deviceSeq, stored);
      },
      (error) => {
        if (!error && isMissing) onStored();
      },
    );
  }

  /** The events of a device, newest first. @throws CloudError `invalid_parameter`: a time that is none */
  list(deviceSeq: number, request: EventsRequest): Page<DeviceEventView> {
    this.#writes.flush();
    const { limit, offset } = pageOf(request);
    const filter = { deviceSeq, name: request.name ?? null, ...timeRange(request) };
    const { rows, total } = this.#store.list(filter, limit, offset);
    const list = rows.map((row) => ({
      name: row.name,
      params: JSON.parse(row.params) as unknown,
      reportedAt: new Date(row.reported_at).toISOString(),
      receivedAt: new Date(row.received_at).toISOString(),
    }));
    return { list, total, page: request.page, size: limit };
  }

  /** Drops events that are too old. */
  prune(): void {
    this.#store.prune(this.#now() - KEPT_MS);
  }
}
