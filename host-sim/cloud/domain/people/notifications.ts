import type { CloudEnvironment } from '../../environment.js';
import type { EventHub, Logger } from '../../events.js';
import type { DeviceStore } from '../../store/device-store.js';
import type { NotificationRow, NotificationStore } from '../../store/notification-store.js';
import type { ProjectStore } from '../../store/project-store.js';
import type { UserStore } from '../../store/user-store.js';
import type { WriteBatch } from '../../store/write-batch.js';
import type { Access } from '../access.js';
import type { Language } from '../devices.js';
import type { Lead } from '../lead.js';
import type { DomainModule } from '../module.js';
import { type Page, type PageRequest, pageOf } from '../paging.js';
import type { UserView } from '../users.js';
import { type NotificationData, type NotificationTopic, notificationText, topicTitle } from './notification-topics.js';
import type { PushService } from './push.js';

/** Notifications kept of one user. */
export const MAX_NOTIFICATIONS = 500;
/** How long notifications are kept, ms. */
const KEPT_MS = 30 * 86_400_000;

/** A notification in its reader's language. Times are ISO 8601, UTC. */
export interface NotificationView {
  readonly notifyId: number;
  readonly topic: NotificationTopic;
  readonly title: string;
  readonly content: string;
  readonly data: NotificationData;
  readonly read: boolean;
  readonly createdAt: string;
}

export interface NotificationsRequest extends PageRequest {
  readonly unread?: boolean | undefined;
}

export interface NotificationOptions {
  readonly store: NotificationStore;
  readonly push: PushService;
  readonly devices: DeviceStore;
  readonly projects: ProjectStore;
  readonly users: UserStore;
  readonly access: Access;
  readonly writes: WriteBatch;
  readonly events: EventHub;
  readonly environment: CloudEnvironment;
  readonly log: Logger;
  /** Who leads writes down what boards do. */
  readonly lead: Lead;
}

/**
 * What users are told: of what happens to a device, each who sees it and is subscribed. Kept for 30 days, and 500 of each user;
 * they wait to be read, because no push service is connected.
 */
export class NotificationService implements DomainModule {
  readonly #options: NotificationOptions;
  readonly #stops: readonly (() => void)[];

  constructor(options: NotificationOptions) {
    this.#options = options;
    const { events } = options;
    this.#stops = [
      events.on('deviceOnline', ({ deviceId, at }) => this.#tellOfDevice('device.online', deviceId, at)),
      events.on('deviceOffline', ({ deviceId, reason, at }) => {
        if (reason !== 'deleted') this.#tellOfDevice('device.offline', deviceId, at);
      }),
      events.on('eventPosted', ({ deviceId, name, at }) =>
        this.#tellOfDevice('device.event', deviceId, at, { event: name }),
      ),
      events.on('updateChanged', ({ deviceId, state, version, detail, at }) => {
        const more = { version, ...(detail !== undefined && { detail }) };
        if (state === 'updated') this.#tellOfDevice('update.done', deviceId, at, more);
        if (state === 'failed') this.#tellOfDevice('update.failed', deviceId, at, more);
      }),
      events.on('spaceShared', ({ userId, spaceId, by, at }) => this.#tellOfSpace(userId, spaceId, by, at)),
    ];
  }

  /** Newest first. */
  list(user: UserView, request: NotificationsRequest, language: Language): Page<NotificationView> {
    const { limit, offset } = pageOf(request);
    const { rows, total } = this.#written().list(user.userId, request.unread ?? false, limit, offset);
    return { list: rows.map((row) => view(row, language)), total, page: request.page, size: limit };
  }

  unreadTotal(user: UserView): number {
    return this.#written().countUnread(user.userId);
  }

  /** How many are read that were not. @param ids undefined: all of his; ids that are none of his change nothing */
  markRead(user: UserView, ids: readonly number[] | undefined): number {
    return this.#written().markRead(user.userId, ids, this.#options.environment.now());
  }

  /** How many are gone. @param ids those that are none of his change nothing */
  delete(user: UserView, ids: readonly number[]): number {
    return this.#written().delete(user.userId, ids);
  }

  prune(): void {
    this.#options.store.prune(this.#options.environment.now() - KEPT_MS);
  }

  /** That a cloud stops is nothing that happens to its devices. */
  close(): void {
    for (const stop of this.#stops) stop();
  }

  /** The store, with all that was to be told so far. */
  #written(): NotificationStore {
    this.#options.writes.flush();
    return this.#options.store;
  }

  #tellOfDevice(topic: NotificationTopic, deviceId: string, at: number, more: NotificationData = {}): void {
    const { push, devices, access, lead } = this.#options;
    if (!lead.isHeld) return;
    const subscribers = push.subscribersOf(topic);
    // Nothing is asked of the database where nobody would be told.
    if (subscribers.size === 0) return;
    this.#write(topic, at, () => {
      const device = devices.byId(deviceId);
      if (!device) return undefined;
      const readers = [...subscribers].filter((userId) => access.seesProject(userId, device.project_id));
      return { readers, data: { deviceId, deviceName: device.name, ...more } };
    });
  }

  #tellOfSpace(userId: number, spaceId: string, by: number, at: number): void {
    const { push, projects, users } = this.#options;
    if (!push.subscribersOf('space.shared').has(userId)) return;
    this.#write('space.shared', at, () => {
      const space = projects.byId(spaceId);
      const owner = users.byId(by);
      if (!space || !owner) return undefined;
      return { readers: [userId], data: { spaceId, spaceName: space.name, sharedBy: owner.name ?? owner.username } };
    });
  }

  /** Tells users with the next commit; what it says is found out by then. */
  #write(
    topic: NotificationTopic,
    at: number,
    compose: () => { readonly readers: readonly number[]; readonly data: NotificationData } | undefined,
  ): void {
    const { writes, store, log } = this.#options;
    writes.add(
      () => {
        const told = compose();
        const notification = { topic, data: JSON.stringify(told?.data), created_at: at };
        for (const userId of told?.readers ?? []) store.add(userId, notification, MAX_NOTIFICATIONS);
      },
      (error) => {
        if (error) log.error('notification_not_stored', { topic, why: error.message });
      },
    );
  }
}

function view(
  { seq, topic: name, data: text, created_at, read_at }: NotificationRow,
  language: Language,
): NotificationView {
  const topic = name as NotificationTopic;
  const data = JSON.parse(text) as NotificationData;
  return {
    notifyId: seq,
    topic,
    title: topicTitle(topic, language),
    content: notificationText(topic, data, language),
    data,
    read: read_at !== null,
    createdAt: new Date(created_at).toISOString(),
  };
}
