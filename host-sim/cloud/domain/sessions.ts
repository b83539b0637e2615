import type { BoardName } from '../events.js';
import { type BoardTopics, filterMatches } from './topics.js';

/** What a broker knows of a board after it has shown its password. */
export interface AuthorizedBoard extends BoardName {
  readonly deviceSeq: number;
  /** The hash that its password fitted: a board whose password changed since is no longer welcome. */
  readonly passwordHash: Buffer;
  readonly topics: BoardTopics;
}

export interface PublishOptions {
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** Called when the board has acknowledged this very message on this session (PUBACK); perhaps never. */
  readonly onAcknowledged?: () => void;
}

/** One open MQTT session of a board, as the domain sees it. */
export interface BoardLink {
  readonly board: AuthorizedBoard;
  /** Hands a message to the broker; resolves once it is written to every subscriber's socket. */
  publish(topic: string, payload: string, options: PublishOptions): Promise<void>;
  /**
   * Where nobody acknowledges what a board gets: is told of a command that it has not answered in time; true where the board is to
   * get it again on this session.
   */
  readonly unanswered?: () => boolean;
  close(): void;
}

interface Session {
  readonly link: BoardLink;
  /** Asked for, and not refused. */
  readonly requested: Set<string>;
  /** Acknowledged to the board. */
  readonly filters: Set<string>;
}

/** Topic filters of one session. */
const MAX_FILTERS = 32;

/** The open session of each board: one a device, the newer wins (MQTT 3.1.1, [MQTT-3.1.4-2]). */
export class Sessions {
  readonly #byDevice = new Map<string, Session>();

  /** Makes this the device's session and closes the one before. */
  attach(link: BoardLink): void {
    const { deviceId } = link.board;
    const previous = this.#byDevice.get(deviceId);
    this.#byDevice.set(deviceId, { link, requested: new Set(), filters: new Set() });
    previous?.link.close();
  }

  /** Forgets a session; false where it was not, or no longer, the device's. */
  detach(link: BoardLink): boolean {
    return this.isCurrent(link) && this.#byDevice.delete(link.board.deviceId);
  }

  isCurrent(link: BoardLink): boolean {
    return this.#byDevice.get(link.board.deviceId)?.link === link;
  }

  /** The sessions of all devices. */
  all(): BoardLink[] {
    return [...this.#byDevice.values()].map(({ link }) => link);
  }

  /** The session of a device, or undefined where it has none. */
  get(deviceId: string): BoardLink | undefined {
    return this.#byDevice.get(deviceId)?.link;
  }

  /** Notes that a board asks for a filter; false where it has too many, or is not the device's session. */
  request(link: BoardLink, filter: string): boolean {
    if (!this.isCurrent(link)) return false;
    const { requested } = this.#byDevice.get(link.board.deviceId)!;
    if (requested.size >= MAX_FILTERS && !requested.has(filter)) return false;
    requested.add(filter);
    return true;
  }

  subscribed(link: BoardLink, filter: string): void {
    if (this.isCurrent(link)) this.#byDevice.get(link.board.deviceId)!.filters.add(filter);
  }

  unsubscribed(link: BoardLink, filter: string): void {
    if (!this.isCurrent(link)) return;
    const session = this.#byDevice.get(link.board.deviceId)!;
    session.requested.delete(filter);
    session.filters.delete(filter);
  }

  /** The session of a device that would receive a message on this topic: it is open and has subscribed to it. */
  listening(deviceId: string, topic: string): BoardLink | undefined {
    const session = this.#byDevice.get(deviceId);
    return session && matchesAny(session.filters, topic) ? session.link : undefined;
  }

  /** Whether a board's own session has asked for a topic. */
  hasRequested(link: BoardLink, topic: string): boolean {
    return this.isCurrent(link) && matchesAny(this.#byDevice.get(link.board.deviceId)!.requested, topic);
  }
}

function matchesAny(filters: ReadonlySet<string>, topic: string): boolean {
  for (const filter of filters) if (filterMatches(filter, topic)) return true;
  return false;
}
