import type { CloudEventMap, EventHub } from '../../events.js';
import { MAX_SPELLS, type OfflineStore } from '../../store/offline-store.js';
import type { WriteBatch } from '../../store/write-batch.js';
import type { Access } from '../access.js';
import { ALONE, type Lead } from '../lead.js';
import type { DomainModule } from '../module.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import type { UserView } from '../users.js';

/** How long spells are kept, ms. */
const KEPT_MS = 90 * 86_400_000;
/** What a board says of its last boot (`boot_reason`). */
const BOOT_REASONS: readonly unknown[] = ['power_on', 'brown_out', 'restart', 'crash', 'watchdog'];

/** A time for which a board was away; times are ISO 8601, UTC. */
export interface BlackoutView {
  readonly from: string;
  /** Null while it is away. */
  readonly to: string | null;
  /** What of it the cloud has seen: less than from `from` to `to` where it was not there itself. */
  readonly seconds: number;
  /** That of the board's boot; `connection` where it ran on all the time; `unknown` where it has not told. */
  readonly reason: string;
}

export interface BlackoutStats {
  readonly deviceId: string;
  readonly count: number;
  readonly totalSeconds: number;
  readonly longestSeconds: number;
  /** Since when all of them are known. */
  readonly since: string;
  /** Newest first. */
  readonly blackouts: Page<BlackoutView>;
}

/**
 * When boards were away: the last 100 times of 90 days each, written down when they go and come back. What the cloud does not
 * see it does not claim: a board that is there when the cloud stops has not gone, and the time while the cloud is away counts for nobody.
 */
export class BlackoutService implements DomainModule {
  readonly #store: OfflineStore;
  readonly #access: Access;
  readonly #writes: WriteBatch;
  readonly #now: () => number;
  readonly #lead: Lead;
  /** Boards that have been online, and since when they were last. */
  readonly #onlineAt = new Map<string, number>();
  /** Boards that are back and have not said yet why they were away. */
  readonly #unexplained = new Set<string>();
  readonly #stops: readonly (() => void)[];

  constructor(options: {
    store: OfflineStore;
    access: Access;
    writes: WriteBatch;
    events: EventHub;
    now: () => number;
    /** Who leads writes spells down. */
    lead?: Lead | undefined;
  }) {
    const { events } = options;
    this.#store = options.store;
    this.#access = options.access;
    this.#writes = options.writes;
    this.#now = options.now;
    this.#lead = options.lead ?? ALONE;
    if (this.#lead.isHeld) this.#store.goOn(this.#now());
    this.#stops = [
      events.on('deviceOnline', (event) => this.#online(event)),
      events.on('deviceOffline', (event) => this.#offline(event)),
      events.on('propertyPosted', (event) => this.#posted(event)),
      events.on('deviceDeleted', ({ deviceId }) => {
        this.#onlineAt.delete(deviceId);
        this.#unexplained.delete(deviceId);
      }),
    ];
  }

  /** @throws CloudError `device_not_found` */
  stats(user: UserView, deviceId: string, request: PageRequest): BlackoutStats {
    const device = this.#access.device(user.userId, deviceId);
    const now = this.#now();
    const { count, total_ms, longest_ms, oldest } = this.#store.totals(device.seq, now);
    const since = Math.max(this.#store.since(device.seq) ?? device.created_at, now - KEPT_MS);
    const { limit, offset } = pageOf(request);
    const list = this.#store.list(device.seq, now, limit, offset).map((row) => ({
      from: new Date(row.began_at).toISOString(),
      to: row.ended_at === null ? null : new Date(row.ended_at).toISOString(),
      seconds: Math.round(row.seen_ms / 1_000),
      reason: row.reason,
    }));
    return {
      deviceId,
      count,
      totalSeconds: Math.round(total_ms / 1_000),
      longestSeconds: Math.round(longest_ms / 1_000),
      since: new Date(count < MAX_SPELLS ? since : Math.max(since, oldest!)).toISOString(),
      blackouts: { list, total: count, page: request.page, size: limit },
    };
  }

  /** Forgets them all, also one that goes on. @throws CloudError `device_not_found`, `forbidden` */
  clear(user: UserView, deviceId: string): void {
    const device = this.#access.device(user.userId, deviceId);
    this.#access.checkOwner(user.userId, device.project_id);
    this.#store.forget(device.seq, this.#now());
  }

  prune(): void {
    this.#store.look(this.#now());
    this.#store.prune(this.#now() - KEPT_MS);
  }

  /** Before the boards are: that they go with the cloud says nothing of them. */
  close(): void {
    for (const stop of this.#stops) stop();
    this.#writes.flush();
    if (this.#lead.isHeld) this.#store.look(this.#now());
  }

  #online({ deviceId, at }: CloudEventMap['deviceOnline']): void {
    this.#onlineAt.set(deviceId, at);
    if (!this.#lead.isHeld) return;
    this.#writes.addLed(() => {
      if (this.#store.end(deviceId, at)) this.#unexplained.add(deviceId);
    });
  }

  #offline({ deviceId, at }: CloudEventMap['deviceOffline']): void {
    const onlineAt = this.#onlineAt.get(deviceId) ?? at;
    this.#unexplained.delete(deviceId);
    if (!this.#lead.isHeld) return;
    this.#writes.addLed(() => this.#store.begin(deviceId, onlineAt, at));
  }

  #posted({ deviceId, properties, at }: CloudEventMap['propertyPosted']): void {
    if (!this.#unexplained.has(deviceId) || !this.#lead.isHeld) return;
    const { boot_reason: bootReason, uptime } = properties;
    if (!BOOT_REASONS.includes(bootReason) || typeof uptime !== 'number') return;
    this.#unexplained.delete(deviceId);
    // At the latest: whole seconds are rounded down.
    const bootedAt = at - (uptime + 1) * 1_000;
    this.#writes.addLed(() => this.#store.explain(deviceId, bootedAt, String(bootReason)));
  }
}
