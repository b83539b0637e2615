import type { CloudEventMap, EventHub, Logger } from '../events.js';
import type { DeviceStore } from '../store/device-store.js';
import type { WriteBatch } from '../store/write-batch.js';
import { ALONE, type Lead } from './lead.js';
import type { StatusMessage } from './messages.js';
import type { BoardLink, Sessions } from './sessions.js';

type OfflineReason = CloudEventMap['deviceOffline']['reason'];

interface Online {
  /** The `time` of the board's own `online`, if it sent one. */
  readonly since: number | undefined;
}

/**
 * Who is online: a board that said so on its status topic, until it says otherwise, its will does, or its connection
 * ends. Nobody is online when a cloud with an own broker starts, whatever retained messages say; over somebody else's broker boards
 * stay connected meanwhile, and who was online is so until an audit says otherwise.
 */
export class Presence {
  readonly #sessions: Sessions;
  readonly #store: DeviceStore;
  readonly #writes: WriteBatch;
  readonly #events: EventHub;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #lead: Lead;
  readonly #online = new Map<string, Online>();
  /** Boards that came or went while another process led: it should have written that down. */
  readonly #unwritten = new Map<string, BoardLink>();

  constructor(options: {
    sessions: Sessions;
    store: DeviceStore;
    writes: WriteBatch;
    events: EventHub;
    log: Logger;
    now: () => number;
    lead?: Lead | undefined;
    /** Boards are connected to a broker that does not end with this cloud. */
    outlives?: boolean | undefined;
  }) {
    this.#sessions = options.sessions;
    this.#store = options.store;
    this.#writes = options.writes;
    this.#events = options.events;
    this.#log = options.log;
    this.#now = options.now;
    this.#lead = options.lead ?? ALONE;
    if (!options.outlives) this.#store.allOffline();
    this.#lead.onTaken(() => this.#settle());
  }

  /**
   * Takes a status message. False where it must not be passed on, nor retained, because it is not about now: it comes
   * from a session that a newer one replaced, or is an `offline` older than the last `online`. The current session's
   * own will is about now, although its `time` is that of the connect.
   */
  report(link: BoardLink, status: StatusMessage, isWill: boolean): boolean {
    const { deviceId } = link.board;
    if (!this.#sessions.isCurrent(link)) {
      this.#log.info('status_ignored', { deviceId, why: 'replaced_session' });
      return false;
    }
    if (status.online) {
      this.#setOnline(link, status.time);
      return true;
    }
    const since = this.#online.get(deviceId)?.since;
    if (!isWill && since !== undefined && status.time !== undefined && status.time < since) {
      this.#log.info('status_ignored', { deviceId, why: 'older_than_online' });
      return false;
    }
    this.#setOffline(link, isWill ? 'will' : 'message');
    return true;
  }

  /**
   * To be called when the current session of a board has ended. True where the board had not said so: then the retained
   * `online` is wrong and has to be replaced by the cloud.
   */
  connectionEnded(link: BoardLink): boolean {
    return this.#setOffline(link, 'connection');
  }

  /** Believes a session that the former run of the cloud left as online, as the database does. */
  restore(link: BoardLink): void {
    this.#online.set(link.board.deviceId, { since: undefined });
  }

  /** The `time` of the `online` by which a board came, if it sent one. */
  since(deviceId: string): number | undefined {
    return this.#online.get(deviceId)?.since;
  }

  /** To be called before a device is deleted. */
  deleted(link: BoardLink): void {
    this.#setOffline(link, 'deleted');
  }

  isOnline(deviceId: string): boolean {
    return this.#online.has(deviceId);
  }

  #setOnline(link: BoardLink, since: number | undefined): void {
    const { deviceId } = link.board;
    const wasOnline = this.#online.has(deviceId);
    this.#online.set(deviceId, { since });
    if (wasOnline) return;
    const at = this.#now();
    this.#write(link, true, () => this.#events.emit('deviceOnline', { ...named(link), at }));
  }

  #setOffline(link: BoardLink, reason: OfflineReason): boolean {
    const { deviceId } = link.board;
    if (!this.#online.delete(deviceId)) return false;
    const at = this.#now();
    this.#write(link, false, () => this.#events.emit('deviceOffline', { ...named(link), reason, at }));
    if (reason === 'deleted') this.#unwritten.delete(deviceId);
    return true;
  }

  #write(link: BoardLink, online: boolean, written: () => void): void {
    if (!this.#lead.isHeld) {
      this.#unwritten.set(link.board.deviceId, link);
      written();
      return;
    }
    const at = this.#now();
    this.#writes.addLed(
      () => this.#store.setOnline(link.board.deviceSeq, online, at),
      () => {
        // Another process leads by now, and may not have heard of it.
        if (!this.#lead.isHeld) this.#unwritten.set(link.board.deviceId, link);
        written();
      },
    );
  }

  /** What the process that led before has not written down, because it ended, is written now, and what follows from it follows. */
  #settle(): void {
    const links = [...this.#unwritten.values()];
    this.#unwritten.clear();
    const at = this.#now();
    for (const link of links) {
      const { deviceId } = link.board;
      const online = this.isOnline(deviceId);
      const row = this.#store.byId(deviceId);
      if (!row || (row.online === 1) === online) continue;
      this.#write(link, online, () => {
        if (online) this.#events.emit('deviceOnline', { ...named(link), at });
        else this.#events.emit('deviceOffline', { ...named(link), reason: 'connection', at });
      });
    }
  }
}

function named(link: BoardLink): { deviceId: string; productKey: string; deviceSN: string } {
  const { deviceId, productKey, deviceSN } = link.board;
  return { deviceId, productKey, deviceSN };
}
