import type { EventHub, Logger } from '../events.js';
import type { PropertyStore } from '../store/property-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import { ALONE, type Lead } from './lead.js';
import type { PropertyPost } from './messages.js';
import { type Page, type PageRequest, pageOf } from './paging.js';
import type { BoardLink } from './sessions.js';
import { type TimeRange, timeRange } from './time-range.js';

/** How long points are kept, ms. */
const HISTORY_MS = 7 * 86_400_000;
/** Points of one answer. */
const MAX_HISTORY_SIZE = 1_000;

/** A value as the API shows it. */
export interface PropertyView {
  readonly value: unknown;
  /** ISO 8601, UTC. */
  readonly reportedAt: string;
}

/** One point of the history. */
export interface HistoryPoint extends PropertyView {
  readonly key: string;
}

export interface HistoryRequest extends PageRequest, TimeRange {
  readonly key?: string | undefined;
}

/** What boards reported: last values, and a history of 7 days or 10,000 points a board. */
export class PropertyService {
  readonly #store: PropertyStore;
  readonly #writes: WriteBatch;
  readonly #events: EventHub;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #lead: Lead;

  constructor(options: {
    store: PropertyStore;
    writes: WriteBatch;
    events: EventHub;
    log: Logger;
    now: () => number;
    lead?: Lead | undefined;
  }) {
    this.#lead = options.lead ?? ALONE;
    this.#store = options.store;
    this.#writes = options.writes;
    this.#events = options.events;
    this.#log = options.log;
    this.#now = options.now;
  }

  /** Stores a post; `done` is called when it is on the disk. Who does not lead only tells of it. */
  record(link: BoardLink, post: PropertyPost, done: (error: Error | undefined) => void): void {
    const { deviceId, deviceSeq, productKey, deviceSN } = link.board;
    const at = this.#now();
    if (post.refused.length > 0) this.#log.warn('properties_refused', { deviceId, keys: post.refused.slice(0, 8) });
    const stored = (error: Error | undefined): void => {
      if (!error)
        this.#events.emit('propertyPosted', { deviceId, productKey, deviceSN, properties: post.properties, at });
      done(error);
    };
    if (this.#lead.isHeld) this.#writes.addLed(() => this.#store.record(deviceSeq, post.points, at), stored);
    else stored(undefined);
  }

  /** Stores a post that was told of before, where the process that led then has not. */
  recordMissed({ board }: BoardLink, { points }: PropertyPost): void {
    const at = this.#now();
    this.#writes.addLed(
      () => {
        const missing = points.filter((point) => !this.#store.has(board.deviceSeq, point));
        if (missing.length > 0) this.#store.record(board.deviceSeq, missing, at);
      },
      (error) => {
        if (error) this.#log.error('property_post_not_stored', { deviceId: board.deviceId, why: error.message });
      },
    );
  }

  /** The last value of each property of a device. */
  last(deviceSeq: number): Record<string, PropertyView> {
    this.#writes.flush();
    const properties: [string, PropertyView][] = this.#store
      .last(deviceSeq)
      .map((row) => [
        row.key,
        { value: JSON.parse(row.value) as unknown, reportedAt: new Date(row.reported_at).toISOString() },
      ]);
    return Object.fromEntries(properties);
  }

  /** The points of a device, newest first. @throws CloudError `invalid_parameter`: a time that is none */
  history(deviceSeq: number, request: HistoryRequest): Page<HistoryPoint> {
    this.#writes.flush();
    const { limit, offset } = pageOf(request, MAX_HISTORY_SIZE);
    const { rows, total } = this.#store.history({ deviceSeq, key: request.key, ...timeRange(request) }, limit, offset);
    const list = rows.map((row) => ({
      key: row.key,
      value: JSON.parse(row.value) as unknown,
      reportedAt: new Date(row.reported_at).toISOString(),
    }));
    return { list, total, page: request.page, size: limit };
  }

  /** Drops points that are too old. */
  prune(): void {
    this.#store.prune(this.#now() - HISTORY_MS);
  }
}
